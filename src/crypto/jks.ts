import { createHash } from 'node:crypto'
import { der, tags } from './certificate.ts'
import type { KeystoreContents } from './keystore.ts'
import type { Random } from './random.ts'

/** Sun's keystore: magic number, version, entries, and a hash over them that the password goes into. */
const magic = 0xfeedfeed
const version = 2
const entryTags = { key: 1, certificate: 2 } as const
const hashBytes = 20
const whitener = Buffer.from('Mighty Aphrodite')

/** Sun's protection of keys, which is no encryption that one would choose today; the format knows no other. */
const protectionAlgorithm = Buffer.from('300e060a2b060104012a021101010500', 'hex')

const sha1 = (...parts: readonly Buffer[]): Buffer => {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const passwordBytes = (password: string): Buffer => Buffer.from(password, 'utf16le').swap16()

function number(value: number, bytes: 2 | 4): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

function time(ms: number): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64BE(BigInt(ms))
  return buffer
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([number(bytes.length, 2), bytes])
}
const block = (bytes: Buffer): Buffer => Buffer.concat([number(bytes.length, 4), bytes])
const certificateBlock = (certificate: Buffer): Buffer => Buffer.concat([text('X.509'), block(certificate)])

/** A Java keystore (JKS). Aliases are kept in lower case, as Java does. */
export function jks({ key, trusted, password }: KeystoreContents, random: Random, nowMs: number): Buffer {
  const head = (tag: number, alias: string): Buffer => Buffer.concat([number(tag, 4), text(alias.toLowerCase()), time(nowMs)])
  const trustedEntry = (alias: string, certificate: Buffer): Buffer =>
    Buffer.concat([head(entryTags.certificate, alias), certificateBlock(certificate)])
  const own =
    key.privateKey === undefined
      ? trustedEntry(key.alias, key.certificate)
      : Buffer.concat([
          head(entryTags.key, key.alias),
          block(protectedKey(key.privateKey.export({ type: 'pkcs8', format: 'der' }), key.password, random)),
          number(1, 4),
          certificateBlock(key.certificate),
        ])
  const entries = [own, ...trusted.map((entry) => trustedEntry(entry.alias, entry.certificate))]
  const body = Buffer.concat([number(magic, 4), number(version, 4), number(entries.length, 4), ...entries])
  return Buffer.concat([body, sha1(passwordBytes(password), whitener, body)])
}

/** The key xored with a chain of hashes that begins with a random salt, between that salt and a hash of the plain key. */
function protectedKey(plain: Buffer, password: string, random: Random): Buffer {
  const secret = passwordBytes(password)
  const salt = random.bytes(hashBytes)
  const hidden = Buffer.alloc(plain.length)
  let digest = salt
  for (let at = 0; at < plain.length; at += hashBytes) {
    digest = sha1(secret, digest)
    for (let i = 0; i < hashBytes && at + i < plain.length; i++) hidden[at + i] = plain.readUInt8(at + i) ^ digest.readUInt8(i)
  }
  const content = Buffer.concat([salt, hidden, sha1(secret, plain)])
  return der(tags.sequence, protectionAlgorithm, der(tags.octetString, content))
}
