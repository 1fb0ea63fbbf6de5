import { constants, type KeyObject } from 'node:crypto'

/** How one JWA signature algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1) is computed. */
export type SignatureAlgorithm =
  | { readonly kind: 'rsa'; readonly hash: string; readonly padding: number }
  | { readonly kind: 'ec'; readonly hash: string; readonly curve: string }
  | { readonly kind: 'edwards' }
  | { readonly kind: 'hmac'; readonly hash: string }

const pkcs1 = (hash: string): SignatureAlgorithm => ({ kind: 'rsa', hash, padding: constants.RSA_PKCS1_PADDING })
const pss = (hash: string): SignatureAlgorithm => ({ kind: 'rsa', hash, padding: constants.RSA_PKCS1_PSS_PADDING })
const ecdsa = (hash: string, curve: string): SignatureAlgorithm => ({ kind: 'ec', hash, curve })
const hmac = (hash: string): SignatureAlgorithm => ({ kind: 'hmac', hash })

/** `none` is not in the table, and what is not in the table is neither signed nor verified. */
const table: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['RS256', pkcs1('sha256')],
  ['RS384', pkcs1('sha384')],
  ['RS512', pkcs1('sha512')],
  ['PS256', pss('sha256')],
  ['PS384', pss('sha384')],
  ['PS512', pss('sha512')],
  ['ES256', ecdsa('sha256', 'prime256v1')],
  ['ES384', ecdsa('sha384', 'secp384r1')],
  ['ES512', ecdsa('sha512', 'secp521r1')],
  ['EdDSA', { kind: 'edwards' }],
  ['HS256', hmac('sha256')],
  ['HS384', hmac('sha384')],
  ['HS512', hmac('sha512')],
])

/** The JWA names that can be signed and verified here. */
export const signatureAlgorithms: readonly string[] = Object.freeze([...table.keys()])

export const findSignatureAlgorithm = (name: string): SignatureAlgorithm | undefined => table.get(name)

/** True when a key is of the kind that the algorithm asks for: an RSA key is never taken for an HMAC secret. */
export function keyFits(key: KeyObject, algorithm: SignatureAlgorithm): boolean {
  switch (algorithm.kind) {
    case 'hmac':
      return key.type === 'secret'
    case 'rsa':
      return key.asymmetricKeyType === 'rsa'
    case 'ec':
      return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === algorithm.curve
    case 'edwards':
      return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448'
  }
}

/** The options that node's one-shot `sign` and `verify` take beside the key. PSS salts are as long as the hash (RFC 7518 section 3.5). */
export function nodeOptions(algorithm: SignatureAlgorithm): { padding?: number; saltLength?: number; dsaEncoding?: 'ieee-p1363' } {
  if (algorithm.kind === 'ec') return { dsaEncoding: 'ieee-p1363' }
  if (algorithm.kind !== 'rsa') return {}
  if (algorithm.padding === constants.RSA_PKCS1_PADDING) return { padding: algorithm.padding }
  return { padding: algorithm.padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}
