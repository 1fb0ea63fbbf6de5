import autocannon, { type Result } from 'autocannon'

/** One request that is sent again and again. */
export interface LoadRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How long to send: for a time, or until so many answers have come. */
export type LoadSize = { readonly seconds: number } | { readonly requests: number }

export interface LoadResult {
  /** Answers with a status of success. */
  readonly requests: number
  /** Other answers and broken connections. */
  readonly failures: number
  readonly seconds: number
  /** One per answer, in the order of arrival. */
  readonly latenciesMs: readonly number[]
}

const requestTimeoutSeconds = 30

/** Sends the request over and over on kept-alive connections, one request under way on each. */
export function load(request: LoadRequest, connections: number, size: LoadSize): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const extent = 'seconds' in size ? { duration: size.seconds } : { amount: size.requests }
  return new Promise((resolve, reject) => {
    const run = autocannon(
      { ...request, connections, timeout: requestTimeoutSeconds, ...extent },
      (error: Error | null, result: Result) => {
        if (error !== null) reject(error)
        else resolve({ requests: result['2xx'], failures: result.non2xx + result.errors, seconds: result.duration, latenciesMs })
      },
    )
    // The tool's own histogram counts whole milliseconds, too coarse for a server that answers in less.
    run.on('response', (_client: unknown, _status: number, _bytes: number, latencyMs: number) => latenciesMs.push(latencyMs))
  })
}
