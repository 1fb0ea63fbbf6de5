import { Agent, type IncomingHttpHeaders, request as openRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import autocannon, { type Client, type Result } from 'autocannon'
import type { Work } from './scenarios/scenario.ts'

/** One request that is sent again and again. */
export interface LoadRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Empty: the request has none. */
  readonly body: string
}

/** How long to send: for a time, or until so many answers have come. */
export type LoadSize = { readonly seconds: number } | { readonly requests: number }

export interface LoadResult {
  /** Answers with a status of success, or walks that came to their end. */
  readonly requests: number
  /** Other answers and broken connections. */
  readonly failures: number
  readonly seconds: number
  /** One per answer, in the order of arrival. */
  readonly latenciesMs: readonly number[]
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const requestTimeoutSeconds = 30

const agent = new Agent({ keepAlive: true })

/** Sends a request once. */
export function send({ url, method, headers, body }: LoadRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sizes = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const timeout = requestTimeoutSeconds * 1_000
    const sent = openRequest(url, { method, headers: { ...headers, ...sizes }, agent, timeout }, (answer) => {
      text(answer).then((read) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: read }), reject)
    })
    sent.on('timeout', () => sent.destroy(new Error(`${url}: no answer in ${requestTimeoutSeconds} s`)))
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Sends a request once; the body as text. Throws when the answer is no success. */
export async function answerOf(request: LoadRequest): Promise<string> {
  const { status, body } = await send(request)
  if (status < 200 || status >= 300) throw new Error(`${request.url}: ${status} ${body.slice(0, 200)}`)
  return body
}

/** Does the work over and over on kept-alive connections, one request under way on each. */
export const load = (work: Work, connections: number, size: LoadSize): Promise<LoadResult> =>
  'walk' in work ? walk(work.walk, connections, size) : sendAgain(work.requests, connections, size)

function sendAgain(requests: readonly [LoadRequest, ...LoadRequest[]], connections: number, size: LoadSize): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const extent = 'seconds' in size ? { duration: size.seconds } : { amount: size.requests }
  let clients = 0
  const setupClient = (client: Client): void => {
    const { headers, body } = requests[clients++ % requests.length] ?? requests[0]
    client.setHeadersAndBody(headers, body === '' ? undefined : body)
  }
  const { url, method, headers, body } = requests[0]
  const options = { url, method, headers, ...(body === '' ? {} : { body }), connections, timeout: requestTimeoutSeconds, ...extent }
  return new Promise((resolve, reject) => {
    const several = requests.length === 1 ? {} : { setupClient }
    const run = autocannon({ ...options, ...several }, (error: Error | null, result: Result) => {
      if (error !== null) reject(error)
      else resolve({ requests: result['2xx'], failures: result.non2xx + result.errors, seconds: result.duration, latenciesMs })
    })
    // The tool's own histogram counts whole milliseconds, too coarse for a server that answers in less.
    run.on('response', (_client: unknown, _status: number, _bytes: number, latencyMs: number) => latenciesMs.push(latencyMs))
  })
}

/** The load generator knows single requests only; a walk sends what the answer before told it. */
async function walk(once: () => Promise<void>, walkers: number, size: LoadSize): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const begunMs = performance.now()
  let failures = 0
  let begun = 0
  const goesOn = (): boolean => ('seconds' in size ? performance.now() - begunMs < size.seconds * 1_000 : begun < size.requests)
  const walker = async (): Promise<void> => {
    while (goesOn()) {
      begun++
      const startMs = performance.now()
      try {
        await once()
        latenciesMs.push(performance.now() - startMs)
      } catch {
        failures++
      }
    }
  }
  await Promise.all(Array.from({ length: walkers }, walker))
  return { requests: latenciesMs.length, failures, seconds: (performance.now() - begunMs) / 1_000, latenciesMs }
}
