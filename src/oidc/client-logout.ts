import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import type { Events } from '../events/events.ts'
import { type HttpClient, HttpClientError } from '../http/client.ts'
import type { Logger } from '../log.ts'
import { absoluteClientUrl } from '../realm/client-url.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { ClientLogout, EndedSession } from '../sessions/logout.ts'
import { mintLogoutToken } from '../tokens/logout-token.ts'

export const clientLogoutLimits = {
  /** Clients called at a time by one logout. */
  parallelMax: 20,
  /** For one client's answer. */
  answerMs: 5_000,
  /** For all of one logout: clients that were not called by then are not called any more. */
  wholeMs: 15_000,
  /** Nobody reads the answer. */
  answerBytesMax: 64 * 1024,
} as const

export interface ClientLogoutParts {
  readonly http: Pick<HttpClient, 'send'>
  readonly events: Pick<Events, 'emit'>
  readonly log: Logger
  readonly clock: Clock
  readonly random: Random
}

interface Call {
  readonly client: Client
  readonly url: string
  readonly session: EndedSession
}

/**
 * OpenID Connect Back-Channel Logout 1.0: posts a logout token to every client with a `backchannel.logout.url`. The URL is an
 * administrator's, so it may be a private address. A failure is logged and audited as LOGOUT_ERROR of the client.
 */
export function backchannelLogout(parts: ClientLogoutParts): ClientLogout {
  return {
    async notify(realm, baseUrl, ended) {
      const waiting = ended.flatMap((session) => callsOf(session, baseUrl))
      const deadline = parts.clock.now() + clientLogoutLimits.wholeMs
      const worker = async (): Promise<void> => {
        for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
          const failure = parts.clock.now() < deadline ? await post(parts, realm, baseUrl, call) : 'too many clients to be told in time'
          if (failure !== undefined) report(parts, realm, call, failure)
        }
      }
      await Promise.all(Array.from({ length: Math.min(clientLogoutLimits.parallelMax, waiting.length) }, worker))
    },
  }
}

/** A client with front-channel logout is told by the browser alone (reference behaviour). */
function callsOf(session: EndedSession, baseUrl: string): Call[] {
  return session.clients.flatMap((client) => {
    const url = client.doc.frontchannelLogout ? undefined : absoluteClientUrl(client, baseUrl, client.attributes['backchannel.logout.url'])
    return url === undefined ? [] : [{ client, url, session }]
  })
}

/** Returns what went wrong. */
async function post(
  { http, clock, random }: ClientLogoutParts,
  realm: RealmSnapshot,
  baseUrl: string,
  { client, url, session }: Call,
): Promise<string | undefined> {
  const token = await mintLogoutToken({ realm, client, baseUrl, clock, random }, session)
  if (token === undefined) return 'no key for the signature algorithm of the client'
  try {
    const { status } = await http.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
      timeoutMs: clientLogoutLimits.answerMs,
      responseBytesMax: clientLogoutLimits.answerBytesMax,
    })
    return status >= 200 && status < 300 ? undefined : `status ${status}`
  } catch (error) {
    if (error instanceof HttpClientError) return error.fault
    throw error
  }
}

function report({ events, log }: ClientLogoutParts, realm: RealmSnapshot, { client, session }: Call, reason: string): void {
  log.warn('a client was not told of a logout', { realm: realm.name, clientId: client.clientId, reason })
  events.emit({
    type: 'LOGOUT_ERROR',
    realmId: realm.id,
    realmName: realm.name,
    clientId: client.clientId,
    userId: session.userId,
    sessionId: session.id,
    error: 'logout_failed',
    details: { reason, logout_method: 'backchannel' },
  })
}
