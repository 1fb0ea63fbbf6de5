import { createHash, createHmac } from 'node:crypto'
import { der, tags } from './certificate.ts'
import type { KeystoreContents } from './keystore.ts'
import type { Random } from './random.ts'

/** Rounds of hashing between a password and a key; the number that Java's keytool takes. */
const iterations = 10_000
const saltBytes = 20
/** Of SHA-256. */
const hashBlockBytes = 64

const explicit0 = 0xa0
const bmpString = 0x1e

/** Object identifiers with their tag and length. */
const oids = {
  data: Buffer.from('06092a864886f70d010701', 'hex'),
  shroudedKeyBag: Buffer.from('060b2a864886f70d010c0a0102', 'hex'),
  certificateBag: Buffer.from('060b2a864886f70d010c0a0103', 'hex'),
  x509: Buffer.from('060a2a864886f70d01091601', 'hex'),
  friendlyName: Buffer.from('06092a864886f70d010914', 'hex'),
  localKeyId: Buffer.from('06092a864886f70d010915', 'hex'),
  /** Oracle's: a certificate is trusted, and for what. */
  trustedKeyUsage: Buffer.from('060c6086480186f966adca7b0101', 'hex'),
  anyKeyUsage: Buffer.from('0604551d2500', 'hex'),
  sha256: Buffer.from('300d06096086480165030402010500', 'hex'),
} as const

const sequence = (...items: readonly Buffer[]): Buffer => der(tags.sequence, ...items)
const octets = (bytes: Buffer): Buffer => der(tags.octetString, bytes)
const integer = (value: number): Buffer => {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return der(tags.integer, bytes.readUInt8(0) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

/** Big-endian UTF-16, as names and passwords are written here. */
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

const attribute = (oid: Buffer, value: Buffer): Buffer => sequence(oid, der(tags.set, value))
const alias = (name: string): Buffer => attribute(oids.friendlyName, der(bmpString, utf16(name)))
const keyId = attribute(oids.localKeyId, octets(Buffer.of(1)))
const trust = attribute(oids.trustedKeyUsage, oids.anyKeyUsage)

const bag = (type: Buffer, content: Buffer, attributes: readonly Buffer[]): Buffer =>
  sequence(type, der(explicit0, content), der(tags.set, ...attributes))

const certificateBag = (certificate: Buffer, attributes: readonly Buffer[]): Buffer =>
  bag(oids.certificateBag, sequence(oids.x509, der(explicit0, octets(certificate))), attributes)

const dataContent = (content: Buffer): Buffer => sequence(oids.data, der(explicit0, octets(content)))

/** A PKCS #12 file (RFC 7292): the key encrypted with its password, certificates plain, the whole authenticated by the store's password. */
export function pkcs12({ key, trusted, password }: KeystoreContents, random: Random): Buffer {
  const { privateKey } = key
  const keyBags =
    privateKey === undefined
      ? []
      : [
          bag(oids.shroudedKeyBag, privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: key.password }), [
            alias(key.alias),
            keyId,
          ]),
        ]
  const certificates = [
    certificateBag(key.certificate, privateKey === undefined ? [alias(key.alias), trust] : [alias(key.alias), keyId]),
    ...trusted.map((entry) => certificateBag(entry.certificate, [alias(entry.alias), trust])),
  ]
  const safe = sequence(dataContent(sequence(...certificates)), ...keyBags.map((each) => dataContent(sequence(each))))
  const salt = random.bytes(saltBytes)
  const mac = createHmac('sha256', macKey(password, salt)).update(safe).digest()
  return sequence(integer(3), dataContent(safe), sequence(sequence(oids.sha256, octets(mac)), octets(salt), integer(iterations)))
}

/** The key of the authentication (RFC 7292 appendix B.2 with ID 3), which is as long as one hash. */
function macKey(password: string, salt: Buffer): Buffer {
  const filled = (bytes: Buffer): Buffer => {
    const length = hashBlockBytes * Math.ceil(bytes.length / hashBlockBytes)
    return Buffer.alloc(length, bytes)
  }
  let hash = Buffer.concat([Buffer.alloc(hashBlockBytes, 3), filled(salt), filled(utf16(`${password}\0`))])
  for (let round = 0; round < iterations; round++) hash = createHash('sha256').update(hash).digest()
  return hash
}
