import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import { type Form, parseParameters } from '../http/parameters.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { singleUse } from '../storage/single-use.ts'
import type { Sql } from '../storage/sql.ts'

interface PushedRequestParts {
  readonly database: Sql
  readonly clock: Clock
  readonly random: Random
}

/** An authorization request that a client has left with the server (RFC 9126). */
export interface PushedRequest {
  /** Internal id of the client that it belongs to. */
  readonly clientId: string
  readonly form: Form
}

const prefix = 'urn:ietf:params:oauth:request_uri:'

/** What is kept of the request with a login, so that its end ends the pushed request too. */
export const pushedRequestNote = 'request_uri'

/** What proves who the client is, is not part of what it asks for. */
const proofs: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type'])

/** True for addresses of pushed requests; others lead elsewhere. */
export const isPushed = (requestUri: string): boolean => requestUri.startsWith(prefix)

const idOf = (requestUri: string): string => `par:${requestUri.slice(prefix.length)}`

/** Keeps a checked request for the realm's time. Returns its address, and for how many seconds it is good. */
export async function pushRequest(
  { database, clock, random }: PushedRequestParts,
  realm: RealmSnapshot,
  client: Client,
  form: Form,
): Promise<{ readonly requestUri: string; readonly expiresInSeconds: number }> {
  const requestUri = `${prefix}${random.uuid()}`
  const expiresInSeconds = Number(realm.attributes['parRequestUriLifespan'] ?? 60)
  const asked = form.names.filter((name) => !proofs.has(name)).map((name) => [name, form.get(name) ?? ''])
  const doc = JSON.stringify({ clientId: client.id, asked: new URLSearchParams(asked).toString() })
  const expiresAtMs = clock.now() + expiresInSeconds * 1_000
  await singleUse(database).put({ id: idOf(requestUri), kind: 'par', realmId: realm.id, expiresAtMs, doc })
  return { requestUri, expiresInSeconds }
}

/** Undefined for one that was never made, is too old, or has led to a login already. */
export async function findPushedRequest(
  { database, clock }: Omit<PushedRequestParts, 'random'>,
  realm: RealmSnapshot,
  requestUri: string,
): Promise<PushedRequest | undefined> {
  const found = await singleUse(database).find(idOf(requestUri), 'par', realm.id, clock.now())
  if (found === undefined) return undefined
  const { clientId, asked } = JSON.parse(found.doc) as { clientId: string; asked: string }
  return { clientId, form: parseParameters(asked) }
}

/** A request is good for reloads and further tabs until a login with it has ended (RFC 9126 section 4). */
export async function endPushedRequest(sql: Sql, clock: Clock, realm: RealmSnapshot, requestUri: string): Promise<void> {
  await singleUse(sql).take(idOf(requestUri), 'par', realm.id, clock.now())
}
