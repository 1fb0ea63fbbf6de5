import { setting } from '../../keys/config.ts'
import type { KeyConfig } from '../../keys/provider.ts'
import type { ComponentTypeRepresentation } from '../../representations/component.ts'
import type { ComponentProperty } from '../../representations/mask.ts'

/** A mapper that a new LDAP provider gets. */
export interface LdapMapper {
  readonly name: string
  readonly providerId: string
  readonly config: Readonly<Record<string, readonly string[]>>
}

/** Settings that all user storage has, whatever its provider declares (reference behaviour). */
export const userStorageSettings: readonly ComponentProperty[] = [
  'enabled',
  'priority',
  'importEnabled',
  'cachePolicy',
  'maxLifespan',
  'evictionDay',
  'evictionHour',
  'evictionMinute',
  'fullSyncPeriod',
  'changedSyncPeriod',
  'batchSizeForSync',
  'lastSync',
].map((name) => ({ name, secret: false }))

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
  const { username, naming } = namesOf(config)
  const given = (ldap: string): LdapMapper => attribute('first name', ldap, 'firstName', { mandatory: 'true', readOnly, always: fromLdap })
  const times = { mandatory: 'false', readOnly: 'true', always: fromLdap }
  return [
    attribute('username', username, 'username', { mandatory: 'true', readOnly, always: 'false' }),
    ...firstNames(),
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

  /** An entry that is named by its common name: that is the username, must be written with it, or is read as the full name. */
  function firstNames(): LdapMapper[] {
    if (naming.toLowerCase() !== 'cn') return [given('cn')]
    if (username.toLowerCase() === 'cn') return [given('givenName')]
    if (mode === 'WRITABLE')
      return [given('givenName'), attribute('username-cn', 'cn', 'username', { mandatory: 'true', readOnly, always: 'false' })]
    const fullName = { 'ldap.full.name.attribute': ['cn'], 'read.only': [readOnly], 'write.only': ['false'] }
    return [{ name: 'full name', providerId: 'full-name-ldap-mapper', config: fullName }]
  }
}

/** The attributes of an entry that hold the username, and that its own name is made of. */
function namesOf(config: KeyConfig): { readonly username: string; readonly naming: string } {
  const username = setting(config, 'usernameLDAPAttribute') ?? (setting(config, 'vendor') === 'ad' ? 'cn' : 'uid')
  return { username, naming: setting(config, 'rdnLDAPAttribute') ?? username }
}

/** A type of mappers with the form's defaults that follow from the provider it is for. */
export function withLdapDefaults(type: ComponentTypeRepresentation, provider: KeyConfig): ComponentTypeRepresentation {
  const isWritable = setting(provider, 'editMode') === 'WRITABLE'
  const isCertificate = type.id === 'certificate-ldap-mapper'
  const defaults: Readonly<Record<string, string>> = {
    ...(isCertificate ? {} : { 'read.only': String(!isWritable) }),
    'write.only': String(isWritable),
    mode: isWritable ? 'LDAP_ONLY' : 'READ_ONLY',
    'membership.user.ldap.attribute': namesOf(provider).username,
    ...(setting(provider, 'vendor') === 'ad' ? { 'group.object.classes': 'group', 'role.object.classes': 'group' } : {}),
  }
  const { properties } = type
  if (properties === undefined) return type
  return {
    ...type,
    properties: properties.map((property) => {
      const value = defaults[property.name ?? '']
      return value === undefined ? property : { ...property, defaultValue: value }
    }),
  }
}
