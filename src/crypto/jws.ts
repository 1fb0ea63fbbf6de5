/**
 * crypto/: thin rooms around node:crypto and @node-rs/argon2: JWS, JWK, certificates, password hashes, one-time passwords, random.
 * Keys, tokens and bytes come in as arguments; realms, components and users are unknown here. May call node and its libraries only.
 */
import { createHmac, type KeyObject, sign as nodeSign, verify as nodeVerify, timingSafeEqual } from 'node:crypto'
import { findSignatureAlgorithm, keyFits, nodeOptions, type SignatureAlgorithm } from './jws-algorithms.ts'

/** Signs compact JWS (RFC 7515 section 3.1) with one key and one header. */
export interface Signer {
  /**
   * @param claims the payload: an object, or its JSON text
   * @returns header, payload and signature, each base64url, joined by dots
   */
  sign(claims: object | string): Promise<string>
}

/** Characters of a token. The largest we make (thousands of roles) stay below; what is longer is not worth decoding. */
export const jwsCharactersMax = 512 * 1024

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

/**
 * The hot path: the header is encoded once, and asymmetric signatures are made in libuv's thread pool, so that every core signs.
 * HMAC takes less time than the way to another thread and is made at once.
 *
 * @param header the whole protected header in the order of the wire; its `alg` is the caller's care
 * @throws TypeError when the algorithm is unknown or the key is not of its kind
 */
export function createSigner(key: KeyObject, algorithm: string, header: object): Signer {
  const found = findSignatureAlgorithm(algorithm)
  if (found === undefined) throw new TypeError(`unknown signature algorithm ${algorithm}`)
  if (!keyFits(key, found)) throw new TypeError(`the key does not fit the algorithm ${algorithm}`)
  const head = `${base64url(JSON.stringify(header))}.`
  const input = (claims: object | string): string => head + base64url(typeof claims === 'string' ? claims : JSON.stringify(claims))
  if (found.kind === 'hmac') {
    const { hash } = found
    return {
      sign(claims) {
        const text = input(claims)
        return Promise.resolve(`${text}.${createHmac(hash, key).update(text).digest('base64url')}`)
      },
    }
  }
  const hash = found.kind === 'edwards' ? null : found.hash
  const options = { key, ...nodeOptions(found) }
  return {
    sign(claims) {
      const text = input(claims)
      return new Promise((resolve, reject) => {
        nodeSign(hash, Buffer.from(text, 'latin1'), options, (error, signature) => {
          if (error) reject(error)
          else resolve(`${text}.${signature.toString('base64url')}`)
        })
      })
    },
  }
}

/** A compact JWS taken apart; nothing in it is trusted yet. */
export interface DecodedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What was signed: header and payload as they came, with their dot. */
  readonly signingInput: string
  readonly signature: Buffer
}

/**
 * Takes a compact JWS apart, strictly: exactly three non-empty base64url parts in canonical form, header and payload JSON objects in
 * UTF-8, and no `crit`, since no critical extension is understood (RFC 7515 section 4.1.11).
 *
 * @returns undefined for everything else
 */
export function decodeJws(token: string): DecodedJws | undefined {
  if (token.length > jwsCharactersMax) return undefined
  const parts = token.split('.', 4)
  if (parts.length !== 3) return undefined
  const [head = '', payload = '', tail = ''] = parts
  const header = jsonObject(head)
  if (header === undefined || Object.hasOwn(header, 'crit')) return undefined
  const claims = jsonObject(payload)
  const signature = bytesOf(tail)
  if (claims === undefined || signature === undefined) return undefined
  return { header, claims, signingInput: token.slice(0, head.length + 1 + payload.length), signature }
}

/** The claims of a JWT that nobody has signed (RFC 7519 section 6): `alg` is none and the third part empty. Undefined for everything else. */
export function decodeUnsecuredJwt(token: string): Readonly<Record<string, unknown>> | undefined {
  if (token.length > jwsCharactersMax) return undefined
  const [head = '', payload = '', tail, more] = token.split('.', 4)
  if (tail !== '' || more !== undefined || jsonObject(head)?.['alg'] !== 'none') return undefined
  return jsonObject(payload)
}

/** Two texts for one value would let a token pass a list of refused ones: only the canonical text is taken. */
function bytesOf(part: string): Buffer | undefined {
  if (part === '') return undefined
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

function jsonObject(part: string): Record<string, unknown> | undefined {
  const bytes = bytesOf(part)
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Verifies a signature with the algorithm that belongs to the KEY. What the header says is compared by the caller and never chooses
 * (RFC 8725 section 3.1).
 *
 * @param key the public key, the private key whose public half is meant, or the secret
 * @returns false also for an unknown algorithm and for a key of another kind
 */
export function verifySignature(jws: Pick<DecodedJws, 'signingInput' | 'signature'>, key: KeyObject, algorithm: string): boolean {
  const found = findSignatureAlgorithm(algorithm)
  if (found === undefined || !keyFits(key, found)) return false
  return verifyBytes(found, key, Buffer.from(jws.signingInput, 'latin1'), jws.signature)
}

function verifyBytes(algorithm: SignatureAlgorithm, key: KeyObject, input: Buffer, signature: Buffer): boolean {
  if (algorithm.kind === 'hmac') {
    const expected = createHmac(algorithm.hash, key).update(input).digest()
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  }
  return nodeVerify(algorithm.kind === 'edwards' ? null : algorithm.hash, input, { key, ...nodeOptions(algorithm) }, signature)
}
