import type { RealmSnapshot } from '../realm/model.ts'
import type { ClientSession } from './session.ts'

/** stale: a newer token has been used already; reused: used more often than the realm allows. */
export type RefreshTokenState = 'usable' | 'stale' | 'reused'

/** Whether a refresh token of this part of a session can be used (again), in a realm that rotates them (revokeRefreshToken). */
export function refreshTokenState(
  realm: RealmSnapshot,
  known: ClientSession,
  token: { readonly id: string; readonly issuedAtMs: number },
): RefreshTokenState {
  if (known.refreshTokenId === token.id) return known.refreshTokenUses > (realm.settings.refreshTokenMaxReuse ?? 0) ? 'reused' : 'usable'
  return known.refreshTokenId !== undefined && token.issuedAtMs < wholeSeconds(known.lastRefreshMs) ? 'stale' : 'usable'
}

/** Tokens carry whole seconds: a token issued within the second of the last refresh is not older than it. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000
