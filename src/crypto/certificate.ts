import { createPublicKey, type KeyObject, sign } from 'node:crypto'

/** Before the present, for verifiers whose clock is behind; the reference server takes the same. */
const backdatedMs = 100_000
/** Of realm keys. */
const yearsUnlessSaid = 10

/** Universal tags (X.680) that are used here and in keystores. */
export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

const commonName = Buffer.from('0603550403', 'hex')
const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex')
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex')

/**
 * A self-signed X.509 certificate as the reference server makes it for realm keys: version 1, subject and issuer `CN=<name>`, the time in
 * milliseconds as serial number, valid from 100 seconds ago for ten years unless said otherwise, signed with SHA-256.
 *
 * @param privateKey an RSA or EC key
 * @param name any text, usually the realm's name; it is one attribute value and is not parsed
 * @returns DER (RFC 5280 section 4.1)
 * @throws TypeError when the key can not sign with SHA-256 (Edwards curves)
 */
export function selfSignedCertificate(
  privateKey: KeyObject,
  name: string,
  nowMs: number,
  { validityYears = yearsUnlessSaid }: { readonly validityYears?: number } = {},
): Promise<Buffer> {
  const algorithm = signatureAlgorithm(privateKey)
  const distinguishedName = der(tags.sequence, der(tags.set, der(tags.sequence, commonName, der(tags.utf8String, Buffer.from(name)))))
  const validity = der(tags.sequence, time(nowMs - backdatedMs), time(yearsAfter(nowMs, validityYears)))
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const toBeSigned = der(tags.sequence, serialNumber(nowMs), algorithm, distinguishedName, validity, distinguishedName, publicKey)
  return new Promise((resolve, reject) => {
    sign('sha256', toBeSigned, privateKey, (error, signature) => {
      if (error) reject(error)
      else resolve(der(tags.sequence, toBeSigned, algorithm, der(tags.bitString, Buffer.of(0), signature)))
    })
  })
}

function signatureAlgorithm(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'rsa') return sha256WithRsa
  if (key.asymmetricKeyType === 'ec') return ecdsaWithSha256
  throw new TypeError('only RSA and EC keys get a certificate')
}

/** Tag, length, content (X.690 section 8.1); lengths above 127 bytes in the long form. */
export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length < 128) return Buffer.concat([Buffer.of(tag, content.length), content])
  const length = integerBytes(content.length)
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content])
}

function integerBytes(value: number): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}

/** A first byte above 127 would read as a negative number. */
function serialNumber(nowMs: number): Buffer {
  const bytes = integerBytes(nowMs)
  return der(tags.integer, bytes.readUInt8(0) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5). */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return new Date(ms).getUTCFullYear() < 2050
    ? der(tags.utcTime, Buffer.from(digits.slice(2)))
    : der(tags.generalizedTime, Buffer.from(digits))
}

function yearsAfter(nowMs: number, years: number): number {
  const date = new Date(nowMs)
  date.setUTCFullYear(date.getUTCFullYear() + years)
  return date.getTime()
}
