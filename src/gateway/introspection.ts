import type { Clock } from '../clock.ts'
import { type HttpClient, HttpClientError, type OutgoingResponse } from '../http/client.ts'
import { boundedMap } from '../realm/bounded-map.ts'
import type { Claims } from './claims.ts'
import { IssuerError, type Metadata } from './metadata.ts'

/** How a gateway asks an issuer about tokens. */
export interface IntrospectionSettings {
  /** A confidential client that is in the audience of the tokens. */
  readonly clientId: string
  readonly clientSecret: string
  /** From the issuer's metadata unless given. */
  readonly endpoint: string | undefined
  /** How long an answer counts. 0: each request asks, so that a blocked bearer is refused at once. */
  readonly cacheSeconds: number
}

/** Answers in memory, the latest ones, where they count for a while. */
const answersMax = 1_000

export interface Introspection {
  /** The members of the answer; undefined for a token that is not active. Throws IssuerError when the issuer gives no answer. */
  ask(token: string, digest: string): Promise<Claims | undefined>
}

interface Parts {
  readonly http: Pick<HttpClient, 'send'>
  readonly clock: Clock
  readonly metadata: Metadata
}

/** Token introspection (RFC 7662). */
export function openIntrospection(settings: IntrospectionSettings, { http, clock, metadata }: Parts): Introspection {
  const { clientId, clientSecret, endpoint, cacheSeconds } = settings
  const answers = boundedMap<string, { readonly claims: Claims; readonly untilMs: number }>(answersMax)
  // RFC 6749 section 2.3.1: both parts are form-urlencoded first.
  const credentials = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')
  const headers = {
    authorization: `Basic ${credentials}`,
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  }
  return {
    async ask(token, digest) {
      const kept = cacheSeconds > 0 ? answers.get(digest) : undefined
      if (kept !== undefined && clock.now() < kept.untilMs) return kept.claims
      const url = endpoint ?? (await metadata.url('introspection_endpoint'))
      const askedAtMs = clock.now()
      const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString()
      const claims = claimsOf(await post(http, { method: 'POST', url, headers, body }, url), url)
      if (cacheSeconds > 0) {
        answers.delete(digest)
        if (claims !== undefined) answers.set(digest, { claims, untilMs: askedAtMs + cacheSeconds * 1_000 })
      }
      return claims
    },
  }
}

const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

type Request = Parameters<HttpClient['send']>[0]

async function post(http: Parts['http'], request: Request, url: string): Promise<OutgoingResponse> {
  const asked = (): Promise<OutgoingResponse> => http.send(request)
  const failed = (error: unknown): never => {
    if (error instanceof HttpClientError) throw new IssuerError(`${url} does not answer: ${error.fault}`, { cause: error })
    throw error
  }
  // A kept connection may be closed just when it is used again; asking twice changes nothing.
  const retried = (error: unknown): Promise<OutgoingResponse> =>
    error instanceof HttpClientError && error.fault === 'unreachable' ? asked() : Promise.reject(error)
  return asked().catch(retried).catch(failed)
}

function claimsOf({ status, body }: OutgoingResponse, url: string): Claims | undefined {
  // 401 and the like say something of the gateway's own client, nothing of the token.
  if (status !== 200) throw new IssuerError(`${url} answers with status ${status}`)
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'))
    if (typeof answer === 'object' && answer !== null && 'active' in answer) return answer.active === true ? (answer as Claims) : undefined
  } catch {
    // Told below.
  }
  throw new IssuerError(`${url} answers with no introspection of a token`)
}
