import type { Random } from '../../crypto/random.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { builtInClient, builtInClients } from './built-in-clients.ts'
import { addComposites, builtInDescription, roleSet } from './role-set.ts'

/** Version 9: people may see and take back what they have allowed applications. */
export function withConsentRoles(realm: RealmRepresentation, random: Random): RealmRepresentation {
  const withRoles = withAccountRoles(realm, ['view-applications', 'view-consent', 'manage-consent'], random)
  for (const role of withRoles.roles?.client?.['account'] ?? [])
    if (role.name === 'manage-consent') addComposites(role, { client: { account: ['view-consent'] } })
  return withRoles
}

/** Version 9: the Account Console has a client of its own. */
export function withAccountConsole(realm: RealmRepresentation, random: Random): RealmRepresentation {
  const { clients = [], clientScopes = [], defaultDefaultClientScopes = [], defaultOptionalClientScopes = [] } = realm
  const facts = builtInClients(realm.realm ?? '').find(({ clientId }) => clientId === 'account-console')
  const has = (clientId: string): boolean => clients.some((client) => client.clientId === clientId)
  if (facts === undefined || !has('account') || has('account-console')) return realm
  const speaking = new Set(clientScopes.filter(({ protocol }) => protocol === 'openid-connect').map(({ name }) => name))
  const lists = {
    defaultClientScopes: defaultDefaultClientScopes.filter((name) => speaking.has(name)),
    optionalClientScopes: defaultOptionalClientScopes.filter((name) => speaking.has(name)),
  }
  return withConsoleScope({ ...realm, clients: [...clients, builtInClient(facts, lists, random)] }, 'manage-account')
}

/** Version 20: people may see their groups. */
export function withGroupsRole(realm: RealmRepresentation, random: Random): RealmRepresentation {
  return withConsoleScope(withAccountRoles(realm, ['view-groups'], random), 'view-groups')
}

/** Version 9: the Admin Console proves that it began the login which it ends. */
export function withConsolePkce(realm: RealmRepresentation): RealmRepresentation {
  const clients = realm.clients?.map((client) =>
    client.clientId === 'security-admin-console'
      ? { ...client, attributes: { ...client.attributes, 'pkce.code.challenge.method': 'S256' } }
      : client,
  )
  return clients ? { ...realm, clients } : realm
}

/** Roles of the client `account` that the realm does not have yet. */
function withAccountRoles(realm: RealmRepresentation, names: readonly string[], random: Random): RealmRepresentation {
  const account = realm.clients?.find(({ clientId }) => clientId === 'account')
  if (account === undefined) return realm
  const client = { ...realm.roles?.client }
  const own = client['account'] ?? []
  const set = roleSet(realm.id ?? '', [account], random)
  for (const name of names) if (!own.some((role) => role.name === name)) set.clientRole('account', name, builtInDescription(name))
  return { ...realm, roles: { ...realm.roles, client: { ...client, account: [...own, ...(set.client['account'] ?? [])] } } }
}

/** Lets the Account Console show a role of `account`. */
function withConsoleScope(realm: RealmRepresentation, role: string): RealmRepresentation {
  if (!realm.clients?.some(({ clientId }) => clientId === 'account-console')) return realm
  const mappings = realm.clientScopeMappings?.['account'] ?? []
  const own = mappings.find(({ client }) => client === 'account-console')
  const roles = [...new Set([...(own?.roles ?? []), role])]
  const account = [...mappings.filter((mapping) => mapping !== own), { ...own, client: 'account-console', roles }]
  return { ...realm, clientScopeMappings: { ...realm.clientScopeMappings, account } }
}
