import { createPublicKey, hash, type KeyObject, type webcrypto } from 'node:crypto'

/** A JSON Web Key (RFC 7517); members that nobody reads are left alone. */
export type Jwk = webcrypto.JsonWebKey

/** The members that identify a key of each type, in the order of RFC 7638 section 3.2 (OKP: RFC 8037 appendix A.3). */
const identifying: ReadonlyMap<string, readonly (keyof Jwk & string)[]> = new Map([
  ['RSA', ['e', 'kty', 'n']],
  ['EC', ['crv', 'kty', 'x', 'y']],
  ['OKP', ['crv', 'kty', 'x']],
  ['oct', ['k', 'kty']],
])

/**
 * The thumbprint of a key: base64url of the hash over its required members (RFC 7638).
 *
 * @throws TypeError when `kty` is unknown or a required member is missing
 */
export function jwkThumbprint(jwk: Jwk, algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256'): string {
  const members = identifying.get(jwk.kty ?? '')
  if (members === undefined) throw new TypeError('a thumbprint needs a JWK of kty RSA, EC, OKP or oct')
  const required = members.map((name) => {
    const value = jwk[name]
    if (typeof value !== 'string') throw new TypeError(`the JWK has no ${name}`)
    return [name, value]
  })
  return hash(algorithm, JSON.stringify(Object.fromEntries(required)), 'base64url')
}

/**
 * The public members of an asymmetric key as a JWK (RFC 7517), never a private one, whichever half is given.
 *
 * @throws TypeError for a secret key, which has no public half
 */
export function publicJwk(key: KeyObject): Jwk {
  if (key.type === 'secret') throw new TypeError('a secret key has no public half')
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
}
