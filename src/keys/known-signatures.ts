import type { RealmKey } from './key.ts'

export const knownSignatureLimits = {
  /** Tokens of one realm that are remembered, the latest ones. */
  tokensMax: 1_000,
  /** Longer ones are verified every time, so that few tokens do not take much memory. */
  charactersMax: 4_096,
} as const

/**
 * Tokens whose signature was verified a moment ago: APIs ask about the same one again and again, and the signature is the dear part of
 * the answer. Only that is remembered, never the claims; times, session and user are looked at anew.
 */
export interface KnownSignatures {
  has(token: string, key: RealmKey): boolean
  add(token: string, key: RealmKey): void
}

/** One per snapshot, `realm.derived(knownSignatures)`: a change of the realm's keys forgets them all. */
export function knownSignatures(): KnownSignatures {
  const keys = new Map<string, RealmKey>()
  return {
    has: (token, key) => keys.get(token) === key,
    add(token, key) {
      if (token.length > knownSignatureLimits.charactersMax) return
      const [oldest] = keys.size >= knownSignatureLimits.tokensMax ? keys.keys() : []
      if (oldest !== undefined) keys.delete(oldest)
      keys.set(token, key)
    },
  }
}
