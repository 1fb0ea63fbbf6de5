import { hash, timingSafeEqual } from 'node:crypto'

/**
 * Compares two secrets of any length. Their digests are compared, so that the time tells neither where the texts differ nor whether
 * their lengths do.
 */
export function secretsEqual(presented: string | Uint8Array, expected: string | Uint8Array): boolean {
  return timingSafeEqual(hash('sha256', presented, 'buffer'), hash('sha256', expected, 'buffer'))
}
