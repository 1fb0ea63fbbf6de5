import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from '../log.ts'
import { addressList } from './forwarded.ts'
import { upstreamHeaders } from './proxy-headers.ts'
import { headFault, readTarget } from './request-form.ts'
import { openUpstreams, type UpstreamFault, type UpstreamLimits, type UpstreamTarget } from './upstream.ts'
import { type HttpResponse, jsonResponse } from './values.ts'

/** The head of a request that can be read in one way only. */
export interface ProxyRequest {
  readonly method: string
  /** Percent-encoded, without the query. */
  readonly path: string
  readonly queryText: string
  readonly authorization: string | undefined
  /** Address of the socket. */
  readonly remoteAddress: string
}

/** What becomes of a request. `route` is the row that it belongs to, for the metrics. */
export type ProxyDecision =
  | { readonly kind: 'answer'; readonly route: string; readonly response: HttpResponse }
  | {
      readonly kind: 'forward'
      readonly route: string
      readonly origin: URL
      /** Path and query at the upstream. */
      readonly path: string
      /** Headers that are written in place of the reserved ones, by names in lower case. */
      readonly headers: Readonly<Record<string, string>>
    }

export interface ProxyLimits extends UpstreamLimits {
  /** Bytes of all headers of a request. */
  readonly headerBytesMax: number
  /** Time for a head to arrive, and for a whole request. */
  readonly headTimeoutMs: number
  readonly requestTimeoutMs: number
  /** Idle time of a kept connection. */
  readonly keepAliveTimeoutMs: number
}

export interface ProxyOptions {
  /** Must not throw. Asked of every request of unambiguous form, of those that want a tunnel too. */
  readonly decide: (request: ProxyRequest) => ProxyDecision | Promise<ProxyDecision>
  /** Names in lower case that clients may not send to upstreams in any spelling. */
  readonly reservedHeaders: ReadonlySet<string>
  readonly limits: ProxyLimits
  /** Addresses and CIDR blocks of proxies in front, whose X-Forwarded-* count. */
  readonly trustedProxies: readonly string[]
  readonly log: Logger
  readonly newRequestId: () => string
  readonly onAnswer?: (route: string, method: string, status: number, seconds: number) => void
  readonly onFault?: (route: string, fault: UpstreamFault) => void
}

export interface Proxy {
  /** Starts to listen and returns the port; an empty host is every address of the machine. Throws the socket's error, for example EADDRINUSE. */
  listen(address: { host: string; port: number }): Promise<number>
  /** Stops accepting, ends tunnels, lets running requests end. */
  close(): Promise<void>
}

/** A body that a refused client has announced is read to its end up to this size, so that it hears the answer and keeps its connection. */
const discardedBodyBytesMax = 64 * 1024

/** How often a stop looks for connections whose last answer has ended. */
const idleCheckMs = 50

const faults: Readonly<Record<Exclude<UpstreamFault, 'gone'>, readonly [status: number, error: string, description: string]>> = {
  unreachable: [502, 'bad_gateway', 'The upstream cannot be reached'],
  timeout: [504, 'gateway_timeout', 'The upstream does not answer in time'],
  'sender too slow': [408, 'request_timeout', 'The request body does not arrive'],
  'body too large': [413, 'content_too_large', 'The request body is too large'],
}

/** A reverse proxy: an HTTP server that asks `decide` about each request and forwards it, streamed both ways, or answers it. */
export function createProxy(options: ProxyOptions): Proxy {
  const { limits, log } = options
  const upstreams = openUpstreams(limits)
  const tunnels = new Set<Duplex>()
  const answering = new WeakMap<Duplex, ServerResponse>()
  const judge = judgement(options)
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Its absence is a fault of form among others.
    requireHostHeader: false,
    // Everybody else who offers a change of protocol (h2c) is served in HTTP/1.1.
    shouldUpgradeCallback: isWebSocket,
  })
  const serve = (request: IncomingMessage, response: ServerResponse, expects: boolean): void => {
    answering.set(request.socket, response)
    const began = performance.now()
    const settle = (decision: ProxyDecision): void => {
      if (options.onAnswer !== undefined) {
        const { onAnswer } = options
        const { method = '' } = request
        response.once('close', () => onAnswer(decision.route, method, response.statusCode, (performance.now() - began) / 1_000))
      }
      if (decision.kind === 'answer') writeAnswer(request, response, decision.response, expects)
      else {
        if (expects) response.writeContinue()
        forward(request, response, decision)
      }
    }
    const decision = judge(request)
    if (decision instanceof Promise) decision.then(settle, (error: unknown) => broken(error, response))
    else settle(decision)
  }
  const broken = (error: unknown, response: ServerResponse): void => {
    log.error('unexpected error', { error })
    response.destroy()
  }
  const targetOf = (request: IncomingMessage, decision: Forward, upgrade?: 'websocket'): UpstreamTarget => ({
    origin: decision.origin,
    path: decision.path,
    headers: upstreamHeaders(
      request.rawHeaders,
      { reserved: options.reservedHeaders, added: decision.headers, from: judge.from(request), host: decision.origin.host },
      upgrade,
    ),
  })
  const told = (decision: Forward, request: IncomingMessage, fault: UpstreamFault, error: Error): HttpResponse | undefined => {
    options.onFault?.(decision.route, fault)
    if (fault === 'gone') return undefined
    const requestId = options.newRequestId()
    log.warn('request not forwarded', {
      requestId,
      method: request.method,
      route: decision.route,
      upstream: decision.origin.origin,
      fault,
      error: error.message,
    })
    const [status, code, description] = faults[fault]
    return jsonResponse(status, { error: code, error_description: description }, { 'x-request-id': requestId })
  }
  const forward = (request: IncomingMessage, response: ServerResponse, decision: Forward): void => {
    upstreams.forward(request, response, targetOf(request, decision), (fault, error) => {
      const answer = told(decision, request, fault, error)
      if (answer !== undefined) writeAnswer(request, response, answer, !request.complete)
    })
  }
  server.on('request', (request, response) => serve(request, response, false))
  server.on('checkContinue', (request, response) => serve(request, response, true))
  server.on('upgrade', async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    tunnels.add(socket)
    socket.once('close', () => tunnels.delete(socket))
    // Whoever leaves while the decision is made.
    socket.on('error', () => socket.destroy())
    const began = performance.now()
    const decision = await judge(request)
    const count = (status: number): void => options.onAnswer?.(decision.route, 'GET', status, (performance.now() - began) / 1_000)
    if (decision.kind === 'answer') {
      count(decision.response.status)
      socket.end(rawAnswer(decision.response))
      return
    }
    upstreams.tunnel(request, socket, head, targetOf(request, decision, 'websocket'), (fault, error) => {
      const answer = socket.bytesWritten === 0 ? told(decision, request, fault, error) : undefined
      if (answer === undefined) return
      count(answer.status)
      socket.end(rawAnswer(answer))
    })
  })
  server.on('clientError', (error: Error & { code?: string }, socket: Duplex) => refuseClient(error, socket, answering.get(socket)))
  return {
    listen: (address) => listen(server, address),
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      for (const socket of tunnels) socket.destroy()
      // Connections become idle one by one, as their answers end.
      const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs)
      server.closeIdleConnections()
      await closed
      clearInterval(idle)
      upstreams.close()
    },
  }
}

type Forward = Extract<ProxyDecision, { kind: 'forward' }>

interface Judgement {
  (request: IncomingMessage): ProxyDecision | Promise<ProxyDecision>
  from(request: IncomingMessage): { address: string; host: string | undefined; isTrusted: boolean }
}

/** Form first: what could be read in two ways is refused before anybody asks where it should go. */
function judgement({ decide, trustedProxies, log, newRequestId }: ProxyOptions): Judgement {
  const isTrusted = trustedProxies.length === 0 ? () => false : addressList(trustedProxies)
  const refused = (request: IncomingMessage, fault: string): ProxyDecision => {
    const requestId = newRequestId()
    const remoteAddress = request.socket.remoteAddress ?? ''
    log.info('request refused', { requestId, method: request.method, remoteAddress, status: 400, check: 'form', reason: fault })
    const body = { error: 'invalid_request', error_description: `Ambiguous request: ${fault}` }
    return { kind: 'answer', route: 'refused', response: jsonResponse(400, body, { connection: 'close', 'x-request-id': requestId }) }
  }
  const judge = (request: IncomingMessage): ProxyDecision | Promise<ProxyDecision> => {
    const { rawHeaders, httpVersion, headers, method = '', url = '' } = request
    const fault = headFault(rawHeaders, httpVersion)
    if (fault !== undefined) return refused(request, fault)
    const target = readTarget(url, headers.host)
    if ('fault' in target) return refused(request, target.fault)
    const { path, queryText } = target
    return decide({ method, path, queryText, authorization: headers.authorization, remoteAddress: request.socket.remoteAddress ?? '' })
  }
  return Object.assign(judge, {
    from({ socket, headers }: IncomingMessage) {
      const address = socket.remoteAddress ?? ''
      return { address, host: headers.host, isTrusted: isTrusted(address) }
    },
  })
}

/** RFC 6455 section 4.1, without a body: what follows such a head belongs to the tunnel. */
function isWebSocket({ method, headers, httpVersion }: IncomingMessage): boolean {
  if (method !== 'GET' || httpVersion !== '1.1' || headers.upgrade?.toLowerCase() !== 'websocket') return false
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'
}

function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: HttpResponse, isUnfinished: boolean): void {
  const { status, headers, body } = answer
  const announced = request.headers['transfer-encoding'] === undefined ? Number(request.headers['content-length'] ?? 0) : Infinity
  const close = isUnfinished || announced > discardedBodyBytesMax ? { connection: 'close' } : {}
  const length = body === undefined ? 0 : Buffer.byteLength(body)
  response.writeHead(status, { ...answerSecurity, ...headers, ...close, 'content-length': length } as Record<string, string | number>)
  response.end(request.method === 'HEAD' ? undefined : body)
}

const answerSecurity = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** An answer as it is written to a socket on which there is no HTTP any more. */
function rawAnswer({ status, headers = {}, body = '' }: HttpResponse): string {
  const all = { ...answerSecurity, ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}`)
  return `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\n${lines.join('\r\n')}\r\n\r\n${body.toString()}`
}

/** What is no HTTP, too much of it, or too slow. */
function refuseClient(error: Error & { code?: string }, socket: Duplex, current: ServerResponse | undefined): void {
  // In the middle of an answer another one would be taken for its body.
  const isAnswering = current?.headersSent === true && !current.writableFinished
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const description = { 400: 'No well-formed HTTP request', 408: 'The request does not arrive', 431: 'The headers are too large' }[status]
  socket.end(rawAnswer(jsonResponse(status, { error: 'invalid_request', error_description: description })))
}

function listen(server: ReturnType<typeof createServer>, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(host === '' ? { port } : { host, port }, () => {
      server.off('error', failed)
      const address = server.address()
      done(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
