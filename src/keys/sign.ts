import type { RealmKey } from './key.ts'
import { createJwtSigner } from './realm-key.ts'

/**
 * Signs claims with a key of the realm. The header is `{"alg", "typ", "kid"}` in the reference server's order, made once per key and typ.
 *
 * @param claims in the order of the wire
 * @param typ of the header: `JWT`, `at+jwt`, `logout+jwt`; a word of the program, never of a request
 * @returns compact JWS (RFC 7515 section 3.1)
 * @throws TypeError when the key can not do its algorithm
 */
export const signJwt = async (key: RealmKey, claims: object, typ = 'JWT'): Promise<string> =>
  (key.signer?.(typ) ?? createJwtSigner(key, typ)).sign(claims)
