/** The part of autocannon that the bench uses; the package ships no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  function autocannon(options: autocannon.Options, done: (error: Error | null, result: autocannon.Result) => void): EventEmitter

  namespace autocannon {
    interface Options {
      readonly url: string
      readonly method: string
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
      readonly connections: number
      /** Seconds. */
      readonly duration?: number
      /** Requests; takes the place of `duration`. */
      readonly amount?: number
      /** Seconds after which a request counts as failed. */
      readonly timeout?: number
      /** Called once for each connection. */
      readonly setupClient?: (client: Client) => void
    }

    /** One connection. */
    interface Client {
      setHeadersAndBody(headers: Readonly<Record<string, string>>, body: string | undefined): void
    }

    interface Result {
      /** Seconds that the run took. */
      readonly duration: number
      readonly '2xx': number
      readonly non2xx: number
      /** Broken connections, timeouts included. */
      readonly errors: number
    }
  }

  export = autocannon
}
