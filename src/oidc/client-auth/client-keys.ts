import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import type { Jwk } from '../../crypto/jwk.ts'
import { findSignatureAlgorithm, keyFits } from '../../crypto/jws-algorithms.ts'
import { type HttpClient, HttpClientError } from '../../http/client.ts'
import type { Client } from '../../realm/model.ts'

/** Limits of key sets that are fetched from a client's JWKS URL. */
export const clientKeysLimits = {
  /** An unknown kid makes the set be read again, but not more often than this: strangers can send any kid. */
  refreshIntervalMs: 10_000,
  /** A key that a client has taken out of its set is good for no longer than this. */
  ageMaxMs: 60 * 60 * 1000,
  /** Key sets in memory; the one that was read the longest ago goes first. */
  clientsMax: 1_000,
  /** Keys of one set that are looked at. */
  keysMax: 100,
} as const

export interface ClientKey {
  readonly kid: string
  /** The one algorithm that the key is for; undefined when any that fits its kind will do. */
  readonly algorithm: string | undefined
  readonly key: KeyObject
}

/** The public keys by which clients sign. */
export interface ClientKeys {
  /** Undefined when the client has no such key. Without a kid it is the first key that fits the algorithm. */
  find(client: Client, kid: string | undefined, algorithm: string): Promise<ClientKey | undefined>
}

interface FetchedKeys {
  readonly url: string
  readonly keys: readonly ClientKey[]
  /** Of the last set that was really read. */
  readonly readAtMs: number
  readonly triedAtMs: number
}

export function createClientKeys({ http, clock }: { http: Pick<HttpClient, 'send'>; clock: Clock }): ClientKeys {
  const fetched = new Map<string, FetchedKeys>()
  const pending = new Map<string, Promise<readonly ClientKey[]>>()

  const read = async (id: string, url: string): Promise<readonly ClientKey[]> => {
    const before = fetched.get(id)
    const known = before?.url === url ? before : undefined
    const keys = await fetchKeys(http, url)
    const nowMs = clock.now()
    // A set that cannot be read just now does not take away the keys that are known.
    const entry = keys === undefined ? { keys: known?.keys ?? [], readAtMs: known?.readAtMs ?? nowMs } : { keys, readAtMs: nowMs }
    fetched.delete(id)
    fetched.set(id, { ...entry, url, triedAtMs: nowMs })
    const oldest = fetched.size > clientKeysLimits.clientsMax ? fetched.keys().next().value : undefined
    if (oldest !== undefined) fetched.delete(oldest)
    return entry.keys
  }

  const refresh = (id: string, url: string): Promise<readonly ClientKey[]> => {
    const slot = `${id} ${url}`
    const running = pending.get(slot)
    if (running !== undefined) return running
    const started = read(id, url).finally(() => pending.delete(slot))
    pending.set(slot, started)
    return started
  }

  return {
    async find(client, kid, algorithm) {
      const url = jwksUrl(client)
      if (url === undefined) return pick(client.derived(ownKeys), kid, algorithm)
      const entry = fetched.get(client.id)
      if (entry === undefined || entry.url !== url) return pick(await refresh(client.id, url), kid, algorithm)
      const nowMs = clock.now()
      const stale = nowMs - entry.readAtMs >= clientKeysLimits.ageMaxMs
      const found = stale ? undefined : pick(entry.keys, kid, algorithm)
      if (found !== undefined || nowMs - entry.triedAtMs < clientKeysLimits.refreshIntervalMs) return found
      const keys = await refresh(client.id, url)
      const readAtMs = fetched.get(client.id)?.readAtMs ?? nowMs
      return clock.now() - readAtMs >= clientKeysLimits.ageMaxMs ? undefined : pick(keys, kid, algorithm)
    },
  }
}

function jwksUrl({ attributes, doc }: Client): string | undefined {
  if (attributes['use.jwks.url'] !== 'true') return undefined
  const url = attributes['jwks.url'] ?? ''
  return URL.parse(url, doc.rootUrl === undefined || doc.rootUrl === '' ? undefined : doc.rootUrl)?.href ?? url
}

function pick(keys: readonly ClientKey[], kid: string | undefined, algorithm: string): ClientKey | undefined {
  if (kid !== undefined) return keys.find((key) => key.kid === kid)
  const wanted = findSignatureAlgorithm(algorithm)
  if (wanted === undefined) return undefined
  return keys.find((key) => (key.algorithm ?? algorithm) === algorithm && keyFits(key.key, wanted))
}

async function fetchKeys(http: Pick<HttpClient, 'send'>, url: string): Promise<readonly ClientKey[] | undefined> {
  try {
    const { status, body } = await http.send({ method: 'GET', url, headers: { accept: 'application/json' } })
    return status === 200 ? keysOfSet(body.toString('utf8')) : undefined
  } catch (error) {
    if (error instanceof HttpClientError) return undefined
    throw error
  }
}

/** The keys that the client's own attributes hold: a JWKS, a certificate or a public key. */
function ownKeys({ attributes }: Client): readonly ClientKey[] {
  if (attributes['use.jwks.string'] === 'true') return keysOfSet(attributes['jwks.string'] ?? '') ?? []
  const certificate = attributes['jwt.credential.certificate']
  const key = certificate ? certificateKey(certificate) : publicKey(attributes['jwt.credential.public.key'] ?? '')
  if (key === undefined) return []
  return [{ kid: attributes['jwt.credential.kid'] ?? keyId(key), algorithm: undefined, key }]
}

/** Undefined when the text is no key set. Keys for encryption, secret keys and unreadable ones are left out. */
function keysOfSet(text: string): readonly ClientKey[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const keys = typeof value === 'object' && value !== null ? (value as { keys?: unknown }).keys : undefined
  return Array.isArray(keys) ? keys.slice(0, clientKeysLimits.keysMax).flatMap(keyOfJwk) : undefined
}

function keyOfJwk(value: unknown): ClientKey[] {
  if (typeof value !== 'object' || value === null) return []
  const jwk = value as Jwk & { kid?: unknown }
  if (jwk.kty === 'oct' || (jwk.use ?? 'sig') !== 'sig') return []
  const key = attempt(() => createPublicKey({ key: jwk, format: 'jwk' }))
  if (key === undefined) return []
  return [{ kid: typeof jwk.kid === 'string' ? jwk.kid : keyId(key), algorithm: jwk.alg, key }]
}

const base64Body = (text: string): Buffer => Buffer.from(text.replace(/-----[^-]*-----/g, ''), 'base64')
const certificateKey = (text: string): KeyObject | undefined => attempt(() => new X509Certificate(base64Body(text)).publicKey)
const publicKey = (text: string): KeyObject | undefined =>
  text === '' ? undefined : attempt(() => createPublicKey({ key: base64Body(text), format: 'der', type: 'spki' }))

/** The reference's name for a key without one: the hash of its SubjectPublicKeyInfo. */
const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64url')

function attempt(make: () => KeyObject): KeyObject | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
