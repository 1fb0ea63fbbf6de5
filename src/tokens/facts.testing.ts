import type { Client, ClientScope, ResolvedScopes, UserFacts } from '../realm/model.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { ClaimsRequest, TokenFacts } from './protocol-mapper.ts'
import { effectiveRoles, resolveScopes, tokenRoles } from './roles.ts'

/** A client `app` for tests of tokens, made as the realm's snapshot makes it. */
export function aClient(
  doc: ClientRepresentation = {},
  scopes: {
    readonly defaults?: readonly ClientScope[]
    readonly optional?: readonly ClientScope[]
    readonly roleIds?: readonly string[]
  } = {},
): Client {
  const values = new Map<unknown, unknown>()
  const client: Client = {
    id: doc.id ?? 'client-1',
    clientId: doc.clientId ?? 'app',
    enabled: true,
    protocol: 'openid-connect',
    publicClient: false,
    bearerOnly: false,
    fullScopeAllowed: doc.fullScopeAllowed ?? true,
    secret: undefined,
    attributes: doc.attributes ?? {},
    mappers: doc.protocolMappers ?? [],
    defaultScopes: scopes.defaults ?? [],
    optionalScopes: scopes.optional ?? [],
    scopeRoleIds: new Set(scopes.roleIds),
    doc,
    derived<V>(build: (client: Client) => V): V {
      if (!values.has(build)) values.set(build, build(client))
      return values.get(build) as V
    },
  }
  return client
}

export const aScope = (name: string, more: Partial<ClientScope> = {}): ClientScope => ({
  id: name,
  name,
  protocol: 'openid-connect',
  attributes: {},
  mappers: [],
  roleIds: new Set(),
  directRoleIds: [],
  doc: {},
  ...more,
})

export const aUser = (more: Partial<UserFacts> = {}): UserFacts => ({
  id: 'user-1',
  username: 'olena',
  email: undefined,
  emailVerified: false,
  firstName: undefined,
  lastName: undefined,
  enabled: true,
  createdAtMs: 0,
  notBefore: 0,
  serviceAccountClientId: undefined,
  attributes: new Map(),
  roles: [],
  groups: [],
  ...more,
})

export function factsOf(
  client: Client,
  user: UserFacts,
  more: {
    readonly sessionId?: string | undefined
    readonly notes?: ReadonlyMap<string, string>
    readonly claimsRequest?: ClaimsRequest | undefined
    readonly scopes?: ResolvedScopes
  } = {},
): TokenFacts {
  const scopes = more.scopes ?? resolveScopes(client, undefined)
  if ('invalid' in scopes) throw new Error('invalid scopes')
  const roles = effectiveRoles(user, scopes)
  return {
    realm: undefined as never,
    client,
    user,
    session: { id: more.sessionId, offline: false, notes: more.notes ?? new Map(), authTime: undefined, acr: '1' },
    scopes,
    effectiveRoles: roles,
    roles: tokenRoles(roles),
    baseUrl: 'http://127.0.0.1:8180/auth',
    claimsRequest: more.claimsRequest,
  }
}
