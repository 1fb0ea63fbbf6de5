import type { IncomingHttpHeaders } from 'node:http'

/** A request as every handler sees it. Parsing of the body is left to the room that knows its form. */
export interface HttpRequest {
  readonly method: string
  /** Path below the base path, still percent-encoded, without the query: `/realms/x/protocol/openid-connect/token`. */
  readonly path: string
  /** Parameters of the route's path, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The query without `?`; empty when there is none. */
  readonly queryText: string
  readonly headers: IncomingHttpHeaders
  /** The whole body; empty when there is none. Never larger than the route's limit. */
  readonly body: Buffer
  /** Scheme, authority and canonical base path that clients see, without a slash at the end: `https://id.example/auth`. */
  readonly baseUrl: string
  /** The client's address: the socket's, or what a trusted proxy says. */
  readonly remoteAddress: string
  /** True when the client speaks TLS to us or to the proxy in front of us. */
  readonly secure: boolean
  readonly requestId: string
  /** False once the client has left: nobody reads the answer. */
  readonly isWanted?: () => boolean
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. A list makes one header line per value (set-cookie). */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer
}

/** Form and query parameters in the order of the wire; names may repeat. */
export type Parameters = URLSearchParams

export function jsonResponse(status: number, value: unknown, headers?: Record<string, string | readonly string[]>): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}
