import { OAuthError } from '../../http/errors.ts'
import type { Client, ResolvedScopes, UserFacts } from '../../realm/model.ts'
import { permittedScopes, resolveScopes } from '../../tokens/roles.ts'

/** The scopes that a request may have; throws invalid_scope with the parameter as it was sent. */
export function requestedScopes(client: Client, parameter: string | undefined): ResolvedScopes {
  const scopes = resolveScopes(client, parameter)
  if ('invalid' in scopes) {
    const description = `Invalid scopes: ${parameter ?? ''}`
    throw new OAuthError('invalid_scope', description, { event: 'invalid_request', reason: description })
  }
  return scopes
}

/** The same, less the scopes that are mapped to roles which the user does not have. */
export const grantedScopes = (client: Client, parameter: string | undefined, user: UserFacts): ResolvedScopes =>
  permittedScopes(requestedScopes(client, parameter), user)
