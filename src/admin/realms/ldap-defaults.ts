import { setting } from '../../keys/config.ts'
import type { KeyConfig } from '../../keys/provider.ts'

/** A mapper that a new LDAP provider gets. */
export interface LdapMapper {
  readonly name: string
  readonly providerId: string
  readonly config: Readonly<Record<string, readonly string[]>>
}

const principalAttributes: Readonly<Record<string, string>> = { ad: 'userPrincipalName', rhds: 'krbPrincipalName' }

/** What the reference fills in where a new LDAP provider is silent. */
export function ldapSettings(config: KeyConfig): Readonly<Record<string, readonly string[]>> {
  const attribute = principalAttributes[setting(config, 'vendor') ?? ''] ?? 'krb5PrincipalName'
  return setting(config, 'krbPrincipalAttribute') === undefined ? { ...config, krbPrincipalAttribute: [attribute] } : config
}

/** The mappers of a new LDAP provider, by its vendor and edit mode (reference behaviour). */
export function ldapMappers(config: KeyConfig): LdapMapper[] {
  const isActiveDirectory = setting(config, 'vendor') === 'ad'
  const mode = setting(config, 'editMode')
  const readOnly = String(mode !== 'WRITABLE')
  const fromLdap = String(mode !== 'UNSYNCED')
  const attribute = (
    name: string,
    ldap: string,
    user: string,
    more: { mandatory: string; readOnly: string; always: string },
  ): LdapMapper => ({
    name,
    providerId: 'user-attribute-ldap-mapper',
    config: {
      'ldap.attribute': [ldap],
      'user.model.attribute': [user],
      'is.mandatory.in.ldap': [more.mandatory],
      'read.only': [more.readOnly],
      'always.read.value.from.ldap': [more.always],
    },
  })
  const username = setting(config, 'usernameLDAPAttribute') ?? 'uid'
  const times = { mandatory: 'false', readOnly: 'true', always: fromLdap }
  return [
    attribute('username', username, 'username', { mandatory: 'true', readOnly, always: 'false' }),
    attribute('first name', 'cn', 'firstName', { mandatory: 'true', readOnly, always: fromLdap }),
    attribute('last name', 'sn', 'lastName', { mandatory: 'true', readOnly, always: fromLdap }),
    attribute('email', 'mail', 'email', { mandatory: 'false', readOnly, always: 'false' }),
    attribute('creation date', isActiveDirectory ? 'whenCreated' : 'createTimestamp', 'createTimestamp', times),
    attribute('modify date', isActiveDirectory ? 'whenChanged' : 'modifyTimestamp', 'modifyTimestamp', times),
    ...(isActiveDirectory
      ? [
          {
            name: 'MSAD account controls',
            providerId: 'msad-user-account-control-mapper',
            config: { 'always.read.enabled.value.from.ldap': [fromLdap] },
          },
        ]
      : []),
    { name: 'Kerberos principal attribute mapper', providerId: 'kerberos-principal-attribute-mapper', config: {} },
  ]
}
