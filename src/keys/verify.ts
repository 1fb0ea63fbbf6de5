import { type DecodedJws, decodeJws, verifySignature } from '../crypto/jws.ts'
import type { RealmKey, RealmKeys } from './key.ts'
import type { KnownSignatures } from './known-signatures.ts'

export interface VerifiedJwt extends Pick<DecodedJws, 'header' | 'claims'> {
  readonly key: RealmKey
}

/** Headers that would let a token bring its own key (RFC 8725 section 3.10); ours never have them. */
const foreignKeyHeaders = ['jku', 'jwk', 'x5u', 'x5c']

/**
 * Verifies a JWT that the realm signed: its `kid` names an active or passive signature key, its `alg` is that key's, the signature is
 * right. Times, issuer and type are not looked at.
 *
 * @param known signatures of these tokens are not computed once more
 * @returns undefined for every other token
 */
export function verifyJwt(keys: Pick<RealmKeys, 'all' | 'byKid'>, token: string, known?: KnownSignatures): VerifiedJwt | undefined {
  const jws = decodeJws(token)
  if (jws === undefined || foreignKeyHeaders.some((name) => Object.hasOwn(jws.header, name))) return undefined
  const { kid, alg } = jws.header
  if (typeof kid !== 'string' || typeof alg !== 'string') return undefined
  const key = signatureKey(keys, kid, alg)
  if (key === undefined) return undefined
  if (known?.has(token, key) !== true) {
    if (!verifySignature(jws, key.publicKey ?? key.privateKey, key.algorithm)) return undefined
    known?.add(token, key)
  }
  return { header: jws.header, claims: jws.claims, key }
}

/** One key pair may be given to several components, for an algorithm each: they share the kid, which is made of the pair. */
function signatureKey(keys: Pick<RealmKeys, 'all' | 'byKid'>, kid: string, alg: string): RealmKey | undefined {
  const fits = (key: RealmKey): boolean => key.algorithm === alg && key.use === 'SIG'
  const first = keys.byKid(kid)
  if (first === undefined || fits(first)) return first
  return keys.all.find((key) => key.kid === kid && key.status !== 'DISABLED' && fits(key))
}
