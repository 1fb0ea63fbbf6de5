import { hash } from 'node:crypto'
import { publicJwk } from '../crypto/jwk.ts'
import type { RealmKey } from './key.ts'

/**
 * The JWKS document of a realm (RFC 7517 section 5): the public halves of active and passive asymmetric keys, highest priority first,
 * members in the reference server's order.
 */
export const jwksDocument = (keys: readonly RealmKey[]): { keys: object[] } => ({
  keys: keys.flatMap((key) => (key.status === 'DISABLED' || key.publicKey === undefined ? [] : [jwkOf(key, key.publicKey)])),
})

function jwkOf(key: RealmKey, publicKey: NonNullable<RealmKey['publicKey']>): object {
  const { kty, ...members } = publicJwk(publicKey)
  return {
    kid: key.kid,
    kty,
    alg: key.algorithm,
    use: key.use.toLowerCase(),
    ...(key.certificate === undefined ? {} : certificateMembers(key.certificate)),
    // RSA: n, e; curves: crv, x, y.
    ...(kty === 'RSA' ? { n: members.n, e: members.e } : { crv: members.crv, x: members.x, ...(kty === 'EC' ? { y: members.y } : {}) }),
  }
}

/** RFC 7517 sections 4.7 to 4.9: x5c is base64, the thumbprints are base64url. */
const certificateMembers = (certificate: Buffer): object => ({
  x5c: [certificate.toString('base64')],
  x5t: hash('sha1', certificate, 'base64url'),
  'x5t#S256': hash('sha256', certificate, 'base64url'),
})
