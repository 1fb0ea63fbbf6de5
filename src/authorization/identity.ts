import type { UserFacts } from '../realm/model.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'

/** Who wants access: a user as a token describes him. */
export interface Identity {
  /** The user's id, or the client's when the user is a client's service account. */
  readonly id: string
  readonly user: UserFacts
  /** clientId of the client that the token was issued to. */
  readonly clientId: string
  /** The access token's claims: role and scope policies look at these, not at the user. */
  readonly claims: Claims
}

export function identityOf(user: UserFacts, clientId: string, claims: Claims): Identity {
  return { id: user.serviceAccountClientId ?? user.id, user, clientId, claims }
}

/** What else policies may look at: names of the reference's evaluation context and the claims that a request brings. */
export type ContextAttributes = ReadonlyMap<string, readonly string[]>

/** Where a request came from. */
export interface RequestOrigin {
  readonly realmName: string
  readonly ipAddress: string
  readonly userAgent: string | undefined
}

/** What policies may look at beside the identity. Claims that a request brings are added, but never stand in for what the server knows. */
export function contextOf(
  identity: Identity,
  origin: RequestOrigin,
  claims: Readonly<Record<string, readonly string[]>> = {},
): ContextAttributes {
  return new Map([
    ...Object.entries(claims),
    ['kc.client.id', [identity.clientId]],
    ['kc.client.network.ip_address', [origin.ipAddress]],
    ['kc.client.network.host', [origin.ipAddress]],
    ['kc.client.user_agent', origin.userAgent === undefined ? [] : [origin.userAgent]],
    ['kc.realm.name', [origin.realmName]],
  ])
}

/** A claim as a list of texts; empty when it is not there. Objects are texts of JSON. */
export function claimTexts(claims: Claims, name: string): readonly string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  if (value === undefined || value === null) return []
  return [value].flat().map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item)))
}

const rolesIn = (holder: unknown): readonly unknown[] => {
  const roles = typeof holder === 'object' && holder !== null ? (holder as Claims)['roles'] : undefined
  return Array.isArray(roles) ? roles : []
}

/** True when the token names the role. */
export function hasTokenRole({ claims }: Identity, role: { readonly name: string; readonly client?: string | undefined }): boolean {
  if (role.client === undefined) return rolesIn(claims['realm_access']).includes(role.name)
  const access = claims['resource_access']
  if (typeof access !== 'object' || access === null || !Object.hasOwn(access, role.client)) return false
  return rolesIn((access as Claims)[role.client]).includes(role.name)
}
