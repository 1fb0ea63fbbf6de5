import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { Jwk } from './jwk.ts'
import { findSignatureAlgorithm, keyFits } from './jws-algorithms.ts'

/** Keys of one set that are looked at: a set comes from somebody else's server. */
export const keySetKeysMax = 100

/** A key that verifies signatures. */
export interface PublicKey {
  readonly kid: string
  /** The one algorithm that the key is for; undefined when any that fits its kind will do. */
  readonly algorithm: string | undefined
  readonly key: KeyObject
}

/**
 * Reads a JSON Web Key Set (RFC 7517 section 5). Undefined when the text is no key set. Keys for encryption, secret keys and unreadable
 * ones are left out.
 */
export function parseKeySet(text: string): readonly PublicKey[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const keys = typeof value === 'object' && value !== null ? (value as { keys?: unknown }).keys : undefined
  return Array.isArray(keys) ? keys.slice(0, keySetKeysMax).flatMap(keyOfJwk) : undefined
}

function keyOfJwk(value: unknown): PublicKey[] {
  if (typeof value !== 'object' || value === null) return []
  const jwk = value as Jwk & { kid?: unknown }
  if (jwk.kty === 'oct' || (jwk.use ?? 'sig') !== 'sig') return []
  const key = readKey(() => createPublicKey({ key: jwk, format: 'jwk' }))
  if (key === undefined) return []
  return [{ kid: typeof jwk.kid === 'string' ? jwk.kid : keyId(key), algorithm: jwk.alg, key }]
}

/** The key that a signature names. Without a kid it is the first one that fits the algorithm. */
export function pickKey(keys: readonly PublicKey[], kid: string | undefined, algorithm: string): PublicKey | undefined {
  if (kid !== undefined) return keys.find((key) => key.kid === kid)
  const wanted = findSignatureAlgorithm(algorithm)
  if (wanted === undefined) return undefined
  return keys.find((key) => (key.algorithm ?? algorithm) === algorithm && keyFits(key.key, wanted))
}

/** The reference's name for a key without one: the hash of its SubjectPublicKeyInfo. */
export const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64url')

/** Undefined for a key that cannot be read: somebody else wrote it. */
export function readKey(make: () => KeyObject): KeyObject | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
