/** Test support: an authenticator in software (attestation `none`) that makes what a browser would send. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { Jwk } from '../../src/crypto/jwk.ts'

type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>

/** The subset of CBOR (RFC 8949) that authenticators speak. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, member]) => [cbor(key), cbor(member as Cbor)])])
  }
  const list = value as readonly Cbor[]
  return Buffer.concat([head(4, list.length), ...list.map(cbor)])
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  return length < 256 ? Buffer.from([(major << 5) | 24, length]) : Buffer.from([(major << 5) | 25, length >> 8, length & 255])
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()
const base64 = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')

const coseKey = (alg: 'ES256' | 'RS256', { x, y, n, e }: Jwk): ReadonlyMap<number, Cbor> =>
  alg === 'ES256'
    ? new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, base64(x)],
        [-3, base64(y)],
      ])
    : new Map<number, Cbor>([
        [1, 3],
        [3, -257],
        [-1, base64(n)],
        [-2, base64(e)],
      ])

/** Flags of authenticator data (Web Authentication section 6.1). */
export const flags = { present: 1, verified: 4, attested: 64 } as const

export interface Ceremony {
  readonly challenge: string
  readonly origin?: string
  readonly rpId?: string
  readonly flags?: number
  /** The next one unless given. */
  readonly counter?: number
}

const place = { origin: 'https://id.example', rpId: 'id.example' }

function keysOf(alg: 'ES256' | 'RS256', key: Jwk | undefined) {
  if (key === undefined)
    return alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateKey = createPrivateKey({ key, format: 'jwk' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** @param key a key that exists already; a new one unless given */
export function virtualAuthenticator(alg: 'ES256' | 'RS256', id: string | Buffer = `credential of ${alg}`, key?: Jwk) {
  const { publicKey, privateKey } = keysOf(alg, key)
  const rawId = Buffer.from(id)
  let uses = 0
  const data = ({ rpId = place.rpId, counter }: Ceremony, bits: number, attested: Buffer): Buffer => {
    uses = counter ?? uses + 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(uses)
    return Buffer.concat([sha256(rpId), Buffer.from([bits]), count, attested])
  }
  const clientData = (type: string, { challenge, origin = place.origin }: Ceremony): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  return {
    id: rawId.toString('base64url'),
    /** The fields of the registration form. */
    register(ceremony: Ceremony): Record<string, string> {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(rawId.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, rawId, cbor(coseKey(alg, publicKey.export({ format: 'jwk' })))])
      const bits = (ceremony.flags ?? flags.present | flags.verified) | flags.attested
      const object = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data(ceremony, bits, attested)],
      ])
      return {
        clientDataJSON: clientData('webauthn.create', ceremony).toString('base64url'),
        attestationObject: cbor(object).toString('base64url'),
        publicKeyCredentialId: rawId.toString('base64url'),
        authenticatorLabel: 'my key',
        transports: 'usb,internal',
        error: '',
      }
    },
    /** The fields of the login form. */
    assert(ceremony: Ceremony, userId = ''): Record<string, string> {
      const client = clientData('webauthn.get', ceremony)
      const authenticatorData = data(ceremony, ceremony.flags ?? flags.present | flags.verified, Buffer.alloc(0))
      const signed = Buffer.concat([authenticatorData, sha256(client)])
      return {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
        credentialId: rawId.toString('base64url'),
        userHandle: Buffer.from(userId).toString('base64url'),
        error: '',
      }
    },
  }
}
