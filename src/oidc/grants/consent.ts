import { OAuthError } from '../../http/errors.ts'
import type { Client, ResolvedScopes } from '../../realm/model.ts'
import type { OidcServices } from '../services.ts'

/** Tokens need the consent that the login had: it may have been taken back since. One read, for clients that need consent alone. */
export async function requireConsent(
  { consents }: Pick<OidcServices, 'consents'>,
  client: Client,
  userId: string,
  { scopes }: ResolvedScopes,
  event: 'not_allowed' | 'invalid_token' = 'not_allowed',
): Promise<void> {
  if (!client.doc.consentRequired) return
  const given = await consents.find(userId, client.id)
  const asked = scopes.filter((scope) => scope.attributes['display.on.consent.screen'] !== 'false')
  if (given !== undefined && asked.every((scope) => given.has(scope.id))) return
  const reason = 'Client no longer has requested consent from user'
  throw new OAuthError('invalid_scope', reason, { event, reason })
}
