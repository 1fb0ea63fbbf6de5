import { lookup as systemLookup } from 'node:dns'
import type { Agent, AgentOptions, IncomingMessage } from 'node:http'
import { request as secureRequest, Agent as TlsAgent } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isInternalAddress } from './addresses.ts'

// Not by an import: the module's ES face reads all of its members, and one of them loads a whole other client (11 MB).
const { Agent: PlainAgent, request: plainRequest } = process.getBuiltinModule('node:http')

/** Limits of outgoing requests, unless a request brings its own. */
export const clientLimits = {
  /** For the whole exchange, redirects included: whoever waits for us must not wait for a stranger. */
  timeoutMs: 5_000,
  /** JWKS documents, token answers and the like are far smaller. */
  responseBytesMax: 1024 * 1024,
  /** Connections to one host at a time; more requests wait for a free one. */
  connectionsPerHostMax: 50,
} as const

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Absolute, http or https. A user name and password in it are refused: they would end up in logs. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
  readonly responseBytesMax?: number
  /** Redirects that a GET follows; 0 unless given. An answer beyond them is handed back as it is. */
  readonly redirectsMax?: number
}

export interface OutgoingResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

export type ClientFault = 'bad url' | 'refused address' | 'timeout' | 'response too large' | 'unreachable'

/** Why there is no answer. The message names the host alone: paths and queries of the outside world may hold secrets. */
export class HttpClientError extends Error {
  readonly fault: ClientFault
  constructor(fault: ClientFault, host: string, options?: ErrorOptions) {
    super(`${host}: ${fault}`, options)
    this.name = 'HttpClientError'
    this.fault = fault
  }
}

/** The only way out: every outgoing HTTP request of the program goes through one of these. */
export interface HttpClient {
  /** Any status is an answer. Throws HttpClientError when there is none. */
  send(request: OutgoingRequest): Promise<OutgoingResponse>
  /** Drops idle connections. */
  close(): void
}

export interface HttpClientOptions {
  /**
   * Refuses to connect to loopback, link-local, private and reserved addresses. The address is checked when the connection is made, so
   * that a name cannot point elsewhere between check and use. For URLs that strangers may choose; an administrator's own may be private.
   */
  readonly refuseInternalAddresses?: boolean
  readonly lookup?: LookupFunction
  /** Keeps connections for the next request: for one host that is asked again and again. */
  readonly keepAlive?: boolean
}

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const refuses = options.refuseInternalAddresses === true
  const resolve: LookupFunction = options.lookup ?? (systemLookup as LookupFunction)
  const lookup = refuses ? guardedLookup(resolve) : resolve
  const agentOptions = { maxSockets: clientLimits.connectionsPerHostMax, lookup, keepAlive: options.keepAlive === true }
  const agents = { plain: new PlainAgent(agentOptions), tls: new TlsAgent(agentOptions) }

  const exchange = (url: URL, request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingResponse> => {
    const { promise, resolve: done, reject } = Promise.withResolvers<OutgoingResponse>()
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // Literal addresses are not looked up, so they are checked here.
    if (refuses && isIP(host) !== 0 && isInternalAddress(host)) throw new HttpClientError('refused address', url.host)
    const { method, body, headers, responseBytesMax = clientLimits.responseBytesMax } = request
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const shared = { method, headers: { ...headers, ...length }, signal }
    const heard = (response: IncomingMessage): void => {
      readBody(response, responseBytesMax).then(
        (read) => done({ status: response.statusCode ?? 0, headers: response.headers, body: read }),
        (error: unknown) => {
          response.destroy()
          reject(error)
        },
      )
    }
    const sent =
      url.protocol === 'https:'
        ? secureRequest(url, { ...shared, agent: agents.tls }, heard)
        : plainRequest(url, { ...shared, agent: agents.plain }, heard)
    sent.on('error', reject)
    sent.end(body)
    return promise
  }

  return {
    async send(request) {
      const signal = AbortSignal.timeout(request.timeoutMs ?? clientLimits.timeoutMs)
      let url = parseUrl(request.url)
      try {
        for (let left = request.redirectsMax ?? 0; ; left -= 1) {
          const response = await exchange(url, request, signal)
          const target = left > 0 && request.method === 'GET' ? redirectOf(response, url) : undefined
          if (target === undefined) return response
          // What was meant for one host is not shown to another one.
          if (target.origin !== url.origin && request.headers?.['authorization'] !== undefined) return response
          url = target
        }
      } catch (error) {
        throw faultOf(error, url, signal)
      }
    },
    close() {
      agents.plain.destroy()
      agents.tls.destroy()
    },
  }
}

/** Agents for the proxy library, which makes its requests itself: with the library's own ones two servers in one process would share connections. */
export const openAgents = (options: AgentOptions): { readonly plain: Agent; readonly tls: TlsAgent } => ({
  plain: new PlainAgent(options),
  tls: new TlsAgent(options),
})

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new HttpClientError('bad url', 'no http address')
  if (url.username !== '' || url.password !== '') throw new HttpClientError('bad url', url.host)
  return url
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function redirectOf({ status, headers }: OutgoingResponse, from: URL): URL | undefined {
  const { location } = headers
  if (!redirects.has(status) || typeof location !== 'string') return undefined
  return parseUrl(URL.parse(location, from)?.href ?? '')
}

async function readBody(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bytesMax) throw new ResponseTooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

class ResponseTooLarge extends Error {}
class RefusedAddress extends Error {}

function faultOf(error: unknown, url: URL, signal: AbortSignal): HttpClientError {
  if (error instanceof HttpClientError) return error
  if (signal.aborted) return new HttpClientError('timeout', url.host)
  if (error instanceof ResponseTooLarge) return new HttpClientError('response too large', url.host)
  if (error instanceof RefusedAddress) return new HttpClientError('refused address', url.host)
  return new HttpClientError('unreachable', url.host, { cause: error })
}

/** Resolves all addresses of a name and refuses it when one of them is internal. */
function guardedLookup(resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : []
      const [first] = addresses
      if (error) callback(error, [])
      else if (first === undefined || addresses.some(({ address }) => isInternalAddress(address))) callback(new RefusedAddress(), [])
      else if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}
