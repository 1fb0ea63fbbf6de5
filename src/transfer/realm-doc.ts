import type { RealmRepresentation } from '../representations/realm.ts'

/** Sections of a realm's JSON that have tables of their own. Everything else is kept in the realm's doc, unknown members included. */
const sections = [
  'id',
  'realm',
  'roles',
  'defaultRole',
  'groups',
  'defaultGroups',
  'clients',
  'clientScopes',
  'defaultDefaultClientScopes',
  'defaultOptionalClientScopes',
  'scopeMappings',
  'clientScopeMappings',
  'components',
  'users',
  'authenticationFlows',
  'authenticatorConfig',
  'requiredActions',
  'identityProviders',
  'identityProviderMappers',
  'organizations',
] as const satisfies readonly (keyof RealmRepresentation)[]

/** The text of a realm's doc column. */
export function settingsDoc(realm: RealmRepresentation): string {
  const settings: RealmRepresentation = { ...realm }
  for (const section of sections) delete settings[section]
  return JSON.stringify(settings)
}
