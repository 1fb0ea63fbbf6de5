import { OAuthError } from '../../http/errors.ts'
import type { ResolvedScopes } from '../../realm/model.ts'

const isOfflineAccess = ({ name }: { readonly name: string }): boolean => name === 'offline_access'

/** True when these scopes have the right to refresh after the browser's session has ended. */
export const hasOfflineAccess = ({ scopes }: ResolvedScopes): boolean => scopes.some(isOfflineAccess)

/** True when offline access was asked for and the user may have it. Throws when he may not: he would wait in vain for the token. */
export function offlineAsked(requested: ResolvedScopes, granted: ResolvedScopes): boolean {
  if (!hasOfflineAccess(requested)) return false
  if (hasOfflineAccess(granted)) return true
  const reason = 'Offline tokens not allowed for the user or client'
  throw new OAuthError('not_allowed', reason, { event: 'not_allowed', reason })
}
