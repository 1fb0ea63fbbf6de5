import { hash } from 'node:crypto'
import { boundedMap } from '../realm/bounded-map.ts'
import type { RealmKey } from './key.ts'

export const knownSignatureLimits = {
  /** Tokens of one realm that are remembered, the latest ones. */
  tokensMax: 1_000,
} as const

/**
 * Tokens whose signature was verified a moment ago: APIs ask about the same one again and again, and the signature is the dear part of
 * the answer. Only that is remembered, never the claims; times, session and user are looked at anew.
 */
export interface KnownSignatures {
  has(token: string, key: RealmKey): boolean
  add(token: string, key: RealmKey): void
}

/** Few bytes each, and no token lies in memory longer than its request. */
const digest = (token: string): string => hash('sha256', token, 'base64')

/** One per snapshot, `realm.derived(knownSignatures)`: a change of the realm's keys forgets them all. */
export function knownSignatures(): KnownSignatures {
  const keys = boundedMap<string, RealmKey>(knownSignatureLimits.tokensMax)
  return {
    has: (token, key) => keys.get(digest(token)) === key,
    add: (token, key) => keys.set(digest(token), key),
  }
}
