import { checkBoolean, checkLong, checkRequired, setting } from '../../keys/config.ts'
import type { KeyConfig } from '../../keys/provider.ts'
import { findKeyProvider } from '../../keys/providers.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { groups as groupRows } from '../../storage/groups.ts'
import { roles as roleRows } from '../../storage/roles.ts'
import type { Sql } from '../../storage/sql.ts'
import { componentKinds } from '../server-info/provider-types.ts'

/** What is wrong with a configuration: a text, or `type` where the reference says that there is no such provider. */
export type ComponentFault = { readonly message: string } | 'type'

/** Where a component stands: its realm and what it is a part of. */
export interface ComponentPlace {
  readonly realm: RealmSnapshot
  readonly sql: Sql
  readonly parentId: string | undefined
}

type Check = (config: KeyConfig, place: ComponentPlace) => Fault | Promise<Fault>
type Fault = ComponentFault | undefined

const fault = (message: string | undefined): Fault => (message === undefined ? undefined : { message })

const missing = (config: KeyConfig, name: string, label: string): Fault =>
  setting(config, name) === undefined ? { message: `Missing configuration for ${label}` } : undefined

const editModes: ReadonlySet<string> = new Set(['READ_ONLY', 'WRITABLE', 'UNSYNCED'])

function filterFault(filter: string | undefined): Fault {
  if (filter === undefined || (filter.startsWith('(') && filter.endsWith(')'))) return undefined
  return { message: 'Custom configured LDAP filter does not start with "(" or does not end with ")".' }
}

const isNumber = (text: string | undefined): boolean => text === undefined || /^[+-]?\d{1,10}$/.test(text)

function ldapFault(config: KeyConfig): Fault {
  const mode = setting(config, 'editMode')
  const isTrue = (name: string): boolean => setting(config, name) === 'true'
  const rules: readonly (readonly [boolean, string])[] = [
    [!isNumber(setting(config, 'connectionTimeout')), 'Connection Timeout must be a number'],
    [!isNumber(setting(config, 'readTimeout')), 'Read Timeout must be a number'],
    [isTrue('startTls') && isTrue('connectionPooling'), 'Can not enable both StartTLS and connection pooling.'],
    [mode === undefined, 'Edit Mode is mandatory'],
    [isTrue('validatePasswordPolicy') && mode !== 'WRITABLE', 'Validate Password Policy is applicable only with WRITABLE edit mode'],
    [
      setting(config, 'importEnabled') === 'false' && mode === 'UNSYNCED',
      'Can not disable Importing users when LDAP provider mode is UNSYNCED',
    ],
  ]
  if (!isNumber(setting(config, 'fullSyncPeriod')) || !isNumber(setting(config, 'changedSyncPeriod'))) return 'type'
  if (mode !== undefined && !editModes.has(mode)) return 'type'
  return filterFault(setting(config, 'customUserSearchFilter')) ?? fault(rules.find(([broken]) => broken)?.[1])
}

const isOn = (config: KeyConfig, name: string): boolean => setting(config, name) === 'true'

function attributeFault(config: KeyConfig): Fault {
  const lacking = missing(config, 'user.model.attribute', 'User Model Attribute') ?? missing(config, 'ldap.attribute', 'LDAP Attribute')
  if (lacking !== undefined) return lacking
  if (isOn(config, 'is.binary.attribute') && !isOn(config, 'always.read.value.from.ldap'))
    return { message: "With Binary attribute enabled, the 'Always read value from LDAP' must be enabled too" }
  return undefined
}

function certificateFault(config: KeyConfig): Fault {
  const wrong = attributeFault(config)
  if (wrong !== undefined) return wrong
  if (isOn(config, 'is.der.formatted') && !isOn(config, 'is.binary.attribute'))
    return { message: "With DER formatted certificate enabled, the 'Is Binary Attribute' option must be enabled too" }
  return undefined
}

const fullNameFault: Check = (config, { realm, parentId }) => {
  const lacking = missing(config, 'ldap.full.name.attribute', 'LDAP Full Name Attribute')
  if (lacking !== undefined || !isOn(config, 'write.only')) return lacking
  const provider = realm.components.find(({ id }) => id === parentId)
  if (provider?.config?.['editMode']?.[0] !== 'WRITABLE')
    return { message: 'Can not set write only when LDAP provider mode is not WRITABLE' }
  return isOn(config, 'read.only') ? { message: 'Can not set write-only and read-only together' } : undefined
}

const mapperModes: ReadonlySet<string> = new Set(['READ_ONLY', 'LDAP_ONLY', 'IMPORT'])

const groupsFault: Check = async (config, { realm, sql }) => {
  const lacking = missing(config, 'groups.dn', 'LDAP Groups DN') ?? missing(config, 'mode', 'Mode')
  if (lacking !== undefined) return lacking
  if (isOn(config, 'preserve.group.inheritance') && setting(config, 'membership.attribute.type') === 'UID')
    return { message: 'Not possible to preserve group inheritance and use UID membership type together.' }
  if (!mapperModes.has(setting(config, 'mode') ?? '')) return 'type'
  const wrongFilter = filterFault(setting(config, 'groups.ldap.filter'))
  if (wrongFilter !== undefined) return wrongFilter
  const path = setting(config, 'groups.path') ?? '/'
  if (path === '/' || (await hasGroup(sql, realm.id, path))) return undefined
  return { message: 'Groups path group does not exist - please create the group on specified path first' }
}

function rolesFault(config: KeyConfig): Fault {
  const lacking = missing(config, 'roles.dn', 'LDAP Roles DN') ?? missing(config, 'mode', 'Mode')
  if (lacking !== undefined) return lacking
  if (!isOn(config, 'use.realm.roles.mapping') && setting(config, 'client.id') === undefined)
    return { message: 'Client ID needs to be provided in config when Realm Roles Mapping is not used.' }
  return filterFault(setting(config, 'roles.ldap.filter'))
}

const requiredFault =
  (...properties: readonly { readonly name: string; readonly label: string }[]): Check =>
  (config) =>
    fault(properties.map((property) => checkRequired(config, property)).find((text) => text !== undefined))

async function hasGroup(sql: Sql, realmId: string, path: string): Promise<boolean> {
  let parent = ''
  for (const name of path.replace(/^\//, '').split('/')) {
    const row = await groupRows(sql).find(realmId, parent, name)
    if (row === undefined) return false
    parent = row.id
  }
  return true
}

const hardcodedGroup: Check = async (config, { realm, sql }) => {
  const path = setting(config, 'group')
  if (path === undefined) return { message: 'Group cant be null' }
  return (await hasGroup(sql, realm.id, path)) ? undefined : { message: 'There is no group corresponding to configured value' }
}

/** `client.role` or the name of a realm role; both may have dots in them. */
const hardcodedRole: Check = async (config, { realm, sql }) => {
  const name = setting(config, 'role')
  if (name === undefined) return { message: 'Role cant be null' }
  if ((await roleRows(sql).find(realm.id, name)) !== undefined) return undefined
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const client = await realm.client(name.slice(0, dot))
    if (client !== undefined && (await roleRows(sql).find(client.id, name.slice(dot + 1))) !== undefined) return undefined
  }
  return { message: 'There is no role corresponding to configured value' }
}

const ldapMappers: Readonly<Record<string, Check>> = {
  'user-attribute-ldap-mapper': attributeFault,
  'certificate-ldap-mapper': certificateFault,
  'full-name-ldap-mapper': fullNameFault,
  'group-ldap-mapper': groupsFault,
  'role-ldap-mapper': rolesFault,
  'hardcoded-attribute-mapper': requiredFault(
    { name: 'user.model.attribute', label: 'Attribute Name' },
    { name: 'attribute.value', label: 'Attribute Value' },
  ),
  'hardcoded-ldap-attribute-mapper': requiredFault(
    { name: 'ldap.attribute.name', label: 'LDAP Attribute Name' },
    { name: 'ldap.attribute.value', label: 'LDAP Attribute Value' },
  ),
  'hardcoded-ldap-group-mapper': hardcodedGroup,
  'hardcoded-ldap-role-mapper': hardcodedRole,
}

const maxClients = { name: 'max-clients', label: 'Max Clients Per Realm' }
const hostMustMatch = { name: 'host-sending-registration-request-must-match', label: 'Host Sending Client Registration Request Must Match' }
const urisMustMatch = { name: 'client-uris-must-match', label: 'Client URIs Must Match' }

const requiredBoolean = (config: KeyConfig, property: typeof hostMustMatch): string | undefined =>
  checkRequired(config, property) ?? checkBoolean(config, property)

function trustedHosts(config: KeyConfig): Fault {
  const wrong = requiredBoolean(config, hostMustMatch) ?? requiredBoolean(config, urisMustMatch)
  if (wrong !== undefined) return { message: wrong }
  const checksNothing = [hostMustMatch, urisMustMatch].every(({ name }) => setting(config, name) === 'false')
  return checksNothing ? { message: 'At least one of hosts verification or client URIs validation must be enabled' } : undefined
}

const allowedScopes: Check = (config, { realm }) => {
  const known = new Set([...realm.clientScopes.map(({ name }) => name), 'openid'])
  const unknown = (config['allowed-client-scopes'] ?? []).filter((name) => !known.has(name))
  return unknown.length === 0 ? undefined : { message: `Client scopes not allowed: [${unknown.join(', ')}]` }
}

const registrationPolicies: Readonly<Record<string, Check>> = {
  'max-clients': (config) => fault(checkRequired(config, maxClients) ?? checkLong(config, maxClients)),
  'trusted-hosts': trustedHosts,
  'allowed-client-templates': allowedScopes,
}

const userProfile: Check = (config) => {
  const text = setting(config, 'kc.user.profile.config')
  if (text === undefined) return undefined
  try {
    const profile: unknown = JSON.parse(text)
    return typeof profile === 'object' && profile !== null ? undefined : { message: 'Cannot parse the JSON' }
  } catch {
    return { message: 'Cannot parse the JSON' }
  }
}

const checks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  [componentKinds.userStorage]: { ldap: ldapFault },
  [componentKinds.ldapMapper]: ldapMappers,
  [componentKinds.registrationPolicy]: registrationPolicies,
  [componentKinds.userProfile]: { 'declarative-user-profile': userProfile },
}

/** The first fault of a component's configuration in the reference's words; undefined when there is none. */
export async function componentFault(kind: string, providerId: string, config: KeyConfig, place: ComponentPlace): Promise<Fault> {
  if (kind === componentKinds.keys) return fault(findKeyProvider(providerId)?.validate(config))
  return checks[kind]?.[providerId]?.(config, place)
}
