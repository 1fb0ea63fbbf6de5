import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto'

/** The kid of an asymmetric key: base64url of SHA-256 over its SubjectPublicKeyInfo, as the reference server makes it. */
export const publicKeyId = (spki: Buffer): string => hash('sha256', spki, 'base64url')

export const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

/** The bytes of a certificate that is given as PEM or as base64 of its DER. */
export const certificateBytes = (text: string): Buffer => Buffer.from(text.replaceAll(/-----[A-Z ]+-----/g, ''), 'base64')

/**
 * A private RSA key given as PEM, or as base64 of PKCS#1 or PKCS#8 DER: generated keys are stored in the former, given ones in any.
 *
 * @throws when it is none of these, or another kind of key
 */
export function rsaPrivateKey(text: string): KeyObject {
  const key = text.includes('-----BEGIN') ? createPrivateKey(text) : derPrivateKey(Buffer.from(text, 'base64'))
  if (key.asymmetricKeyType !== 'rsa') throw new TypeError('not an RSA key')
  return key
}

function derPrivateKey(der: Buffer): KeyObject {
  // Behind the outer header (4 bytes for keys of 1024 bits and more) and the version, PKCS#8 has a SEQUENCE, PKCS#1 the modulus.
  const type = der[7] === 0x30 ? 'pkcs8' : 'pkcs1'
  return createPrivateKey({ key: der, format: 'der', type })
}

/** @throws when it is not base64 of PKCS#8 DER */
export const pkcs8PrivateKey = (text: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })

/** @throws when it is not base64 of SubjectPublicKeyInfo DER */
export const spkiPublicKey = (text: string): KeyObject => createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })

/** The value of a function that may throw, or undefined: what can not be parsed counts as absent. */
export function attempt<V>(parse: () => V): V | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}
