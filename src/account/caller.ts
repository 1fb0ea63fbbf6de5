import { AdminError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { type BearerSubject, bearerIn, readBearer } from '../tokens/bearer-subject.ts'
import { tokenPlans } from '../tokens/plan.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'
import { factsOfToken } from '../tokens/subject.ts'
import type { AccountServices } from './services.ts'

/** Who asks about himself, through which client, with which rights. */
export interface Caller extends BearerSubject {
  /** Roles of the client `account` that the token has. */
  readonly roles: ReadonlySet<string>
}

export const unauthorized = (): AdminError => new AdminError(401, { error: 'HTTP 401 Unauthorized' })
export const forbidden = (): AdminError => new AdminError(403, { error: 'HTTP 403 Forbidden' })

/**
 * Reads the bearer token: one of the realm's own access tokens, meant for the client `account`. Cookies prove nothing here, so that no other
 * site can act in a person's name. Unlike the reference a disabled realm has no callers.
 */
export async function authenticate(
  request: HttpRequest,
  services: Pick<AccountServices, 'sessions' | 'clock'>,
  realm: RealmSnapshot,
  account: Client,
): Promise<Caller> {
  const token = bearerIn(request)
  const subject = token === undefined || !realm.enabled ? undefined : await readBearer(services, realm, request, token)
  if (subject === undefined) throw unauthorized()
  const claims = completeClaims(request, realm, account, subject)
  if (![claims['aud']].flat().includes(account.clientId)) throw unauthorized()
  return { ...subject, claims, roles: new Set(rolesIn(claims, account.clientId)) }
}

function rolesIn({ resource_access: access }: Claims, clientId: string): string[] {
  if (typeof access !== 'object' || access === null || !Object.hasOwn(access, clientId)) return []
  const { roles } = ((access as Claims)[clientId] ?? {}) as Claims
  return Array.isArray(roles) ? roles.map(String) : []
}

/** A lightweight token names neither audience nor roles: the mappers say them, as they would to somebody who introspects it. */
function completeClaims(request: HttpRequest, realm: RealmSnapshot, account: Client, subject: BearerSubject): Claims {
  const { claims, client } = subject
  const access = claims['resource_access']
  const isComplete = claims['aud'] !== undefined && typeof access === 'object' && access !== null && Object.hasOwn(access, account.clientId)
  if (isComplete) return claims
  const { facts, scopes } = factsOfToken({ realm, client, baseUrl: request.baseUrl }, subject, claims)
  const { realm_access: _realm, resource_access: _resource, ...complete } = claims
  tokenPlans(client).plan('introspection', scopes, false)(complete, facts)
  return complete
}
