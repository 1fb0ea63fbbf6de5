import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { keyId, type PublicKey, parseKeySet, pickKey, readKey } from '../../crypto/jwk-set.ts'
import { type HttpClient, HttpClientError } from '../../http/client.ts'
import { boundedMap } from '../../realm/bounded-map.ts'
import type { Client } from '../../realm/model.ts'

/** Limits of key sets that are fetched from a client's JWKS URL. */
export const clientKeysLimits = {
  /** An unknown kid makes the set be read again, but not more often than this: strangers can send any kid. */
  refreshIntervalMs: 10_000,
  /** A key that a client has taken out of its set is good for no longer than this. */
  ageMaxMs: 60 * 60 * 1000,
  /** Key sets in memory; the one that was read the longest ago goes first. */
  clientsMax: 1_000,
} as const

export type ClientKey = PublicKey

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
  const fetched = boundedMap<string, FetchedKeys>(clientKeysLimits.clientsMax)
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
      if (url === undefined) return pickKey(client.derived(ownKeys), kid, algorithm)
      const entry = fetched.get(client.id)
      if (entry === undefined || entry.url !== url) return pickKey(await refresh(client.id, url), kid, algorithm)
      const nowMs = clock.now()
      const stale = nowMs - entry.readAtMs >= clientKeysLimits.ageMaxMs
      const found = stale ? undefined : pickKey(entry.keys, kid, algorithm)
      if (found !== undefined || nowMs - entry.triedAtMs < clientKeysLimits.refreshIntervalMs) return found
      const keys = await refresh(client.id, url)
      const readAtMs = fetched.get(client.id)?.readAtMs ?? nowMs
      return clock.now() - readAtMs >= clientKeysLimits.ageMaxMs ? undefined : pickKey(keys, kid, algorithm)
    },
  }
}

function jwksUrl({ attributes, doc }: Client): string | undefined {
  if (attributes['use.jwks.url'] !== 'true') return undefined
  const url = attributes['jwks.url'] ?? ''
  return URL.parse(url, doc.rootUrl === undefined || doc.rootUrl === '' ? undefined : doc.rootUrl)?.href ?? url
}

async function fetchKeys(http: Pick<HttpClient, 'send'>, url: string): Promise<readonly ClientKey[] | undefined> {
  try {
    const { status, body } = await http.send({ method: 'GET', url, headers: { accept: 'application/json' } })
    return status === 200 ? parseKeySet(body.toString('utf8')) : undefined
  } catch (error) {
    if (error instanceof HttpClientError) return undefined
    throw error
  }
}

/** The keys that the client's own attributes hold: a JWKS, a certificate or a public key. */
function ownKeys({ attributes }: Client): readonly ClientKey[] {
  if (attributes['use.jwks.string'] === 'true') return parseKeySet(attributes['jwks.string'] ?? '') ?? []
  const certificate = attributes['jwt.credential.certificate']
  const key = certificate ? certificateKey(certificate) : publicKey(attributes['jwt.credential.public.key'] ?? '')
  if (key === undefined) return []
  return [{ kid: attributes['jwt.credential.kid'] ?? keyId(key), algorithm: undefined, key }]
}

const base64Body = (text: string): Buffer => Buffer.from(text.replace(/-----[^-]*-----/g, ''), 'base64')
const certificateKey = (text: string): KeyObject | undefined => readKey(() => new X509Certificate(base64Body(text)).publicKey)
const publicKey = (text: string): KeyObject | undefined =>
  text === '' ? undefined : readKey(() => createPublicKey({ key: base64Body(text), format: 'der', type: 'spki' }))
