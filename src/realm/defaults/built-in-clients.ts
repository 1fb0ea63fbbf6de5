import type { Random } from '../../crypto/random.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import { builtInMapper } from './client-scopes.ts'
import { clientDefaults } from './clients.ts'
import { placeholder } from './placeholder.ts'

type BuiltInMapper = readonly [name: string, provider: string, config: Readonly<Record<string, string>>]

interface BuiltInClient extends Omit<ClientRepresentation, 'protocolMappers'> {
  readonly clientId: string
  readonly mappers?: readonly BuiltInMapper[]
}

const page = { publicClient: true, fullScopeAllowed: false }
const back = { bearerOnly: true, fullScopeAllowed: false }
const realmClient = { realm_client: 'true' }
const anyLogout = { realm_client: 'false', 'post.logout.redirect.uris': '+' }
const pkce = { 'pkce.code.challenge.method': 'S256' }
const lightweight = { 'client.use.lightweight.access.token.enabled': 'true' }

const localeMapper: BuiltInMapper = [
  'locale',
  'oidc-usermodel-attribute-mapper',
  {
    'introspection.token.claim': 'true',
    'userinfo.token.claim': 'true',
    'id.token.claim': 'true',
    'access.token.claim': 'true',
    'user.attribute': 'locale',
    'claim.name': 'locale',
    'jsonType.label': 'String',
  },
]

/** The clients of a new realm, `account` and so on. The realm's name stands in their paths. */
export const builtInClients = (realmName: string): readonly BuiltInClient[] => [
  {
    ...page,
    clientId: 'account',
    name: placeholder('client_account'),
    rootUrl: placeholder('authBaseUrl'),
    baseUrl: `/realms/${realmName}/account/`,
    redirectUris: [`/realms/${realmName}/account/*`],
    attributes: anyLogout,
  },
  {
    ...page,
    clientId: 'account-console',
    name: placeholder('client_account-console'),
    rootUrl: placeholder('authBaseUrl'),
    baseUrl: `/realms/${realmName}/account/`,
    redirectUris: [`/realms/${realmName}/account/*`],
    attributes: { ...anyLogout, ...pkce },
    mappers: [['audience resolve', 'oidc-audience-resolve-mapper', {}]],
  },
  {
    clientId: 'admin-cli',
    name: placeholder('client_admin-cli'),
    standardFlowEnabled: false,
    directAccessGrantsEnabled: true,
    publicClient: true,
    attributes: { realm_client: 'false', ...lightweight },
  },
  { ...back, clientId: 'broker', name: placeholder('client_broker'), attributes: realmClient },
  { ...back, clientId: 'realm-management', name: placeholder('client_realm-management'), attributes: realmClient },
  {
    clientId: 'security-admin-console',
    name: placeholder('client_security-admin-console'),
    rootUrl: placeholder('authAdminUrl'),
    baseUrl: `/admin/${realmName}/console/`,
    redirectUris: [`/admin/${realmName}/console/*`],
    webOrigins: ['+'],
    publicClient: true,
    attributes: { ...anyLogout, ...lightweight, ...pkce },
    mappers: [localeMapper],
  },
]

/** The client that stands for a realm in master, `<realm>-realm`: the reference gives it neither protocol nor scopes. */
export const masterRealmClient = (realmName: string): BuiltInClient => ({
  ...back,
  clientId: `${realmName}-realm`,
  name: `${realmName} Realm`,
  attributes: realmClient,
})

/** A built-in client as the reference stores it, with fresh ids. */
export function builtInClient(
  facts: BuiltInClient,
  scopes: Pick<ClientRepresentation, 'defaultClientScopes' | 'optionalClientScopes'>,
  random: Random,
): ClientRepresentation {
  const { mappers, attributes, redirectUris, webOrigins, ...own } = facts
  const client: ClientRepresentation = {
    ...clientDefaults,
    ...own,
    id: random.uuid(),
    redirectUris: [...(redirectUris ?? [])],
    webOrigins: [...(webOrigins ?? [])],
    attributes: { ...attributes },
    authenticationFlowBindingOverrides: {},
    nodeReRegistrationTimeout: 0,
    ...(mappers
      ? { protocolMappers: mappers.map(([n, provider, config]) => builtInMapper(n, provider, 'openid-connect', config, random)) }
      : {}),
    defaultClientScopes: [...(scopes.defaultClientScopes ?? [])],
    optionalClientScopes: [...(scopes.optionalClientScopes ?? [])],
  }
  if (facts.clientId.endsWith('-realm')) delete client.protocol
  return client
}

/** The admin console needs the user's locale in its tokens: a given one that has no mapper `locale` gets it. */
export function withLocale(client: ClientRepresentation, random: Random): ClientRepresentation {
  const own = client.protocolMappers ?? []
  if (own.some((mapper) => mapper.name === localeMapper[0])) return client
  const [name, provider, config] = localeMapper
  return { ...client, protocolMappers: [...own, builtInMapper(name, provider, 'openid-connect', config, random)] }
}
