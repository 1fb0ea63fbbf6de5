import { OAuthError } from '../../http/errors.ts'
import type { Client, RealmSnapshot, ResolvedScopes, UserFacts } from '../../realm/model.ts'
import { organizations } from '../../storage/organizations.ts'
import type { Sql } from '../../storage/sql.ts'
import { permittedScopes, resolveScopes } from '../../tokens/roles.ts'

/** Scopes that say everything that there is to say. */
const standingAlone: ReadonlySet<string> = new Set(['all', 'none'])

/** The scopes of a `scope` parameter as a client sent it: `requestedScopes`, and `all` and `none` stand beside no other name (our own rule). */
export function askedScopes(client: Client, parameter: string | undefined): ResolvedScopes {
  const names = new Set(parameter?.split(' ').filter((name) => name !== ''))
  if (names.size > 1 && [...names].some((name) => standingAlone.has(name))) throw invalidScopes(parameter)
  return requestedScopes(client, parameter)
}

/** The scopes that a request may have; throws invalid_scope with the parameter as it was sent. */
export function requestedScopes(client: Client, parameter: string | undefined): ResolvedScopes {
  const scopes = resolveScopes(client, parameter)
  if ('invalid' in scopes) throw invalidScopes(parameter)
  return scopes
}

function invalidScopes(parameter: string | undefined): OAuthError {
  const description = `Invalid scopes: ${parameter ?? ''}`
  return new OAuthError('invalid_scope', description, { event: 'invalid_request', reason: description })
}

/** Throws invalid_scope when the request names an organization that the realm does not have, or has switched off. Reads only for such names. */
export async function requireOrganizations(
  sql: Sql,
  realm: Pick<RealmSnapshot, 'id'>,
  { organizations: asked }: ResolvedScopes,
  parameter: string | undefined,
): Promise<void> {
  if (asked?.kind !== 'some') return
  const found = await organizations(sql).enabledAliases(realm.id, asked.aliases)
  if (found.length < asked.aliases.length) throw invalidScopes(parameter)
}

/** The same, less the scopes that are mapped to roles which the user does not have. */
export const grantedScopes = (client: Client, parameter: string | undefined, user: UserFacts): ResolvedScopes =>
  permittedScopes(requestedScopes(client, parameter), user)
