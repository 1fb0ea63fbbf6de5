import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Agent as TlsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { ProxyServer, type ProxyServerOptions } from 'httpxy'
import { openAgents } from './client.ts'
import { answerHeaders } from './proxy-headers.ts'

export interface UpstreamLimits {
  /** Bytes of a request's body. */
  readonly bodyBytesMax: number
  /** Time without a byte from or to the upstream, its connection included. */
  readonly upstreamTimeoutMs: number
  /** Time without a byte in a tunnel. */
  readonly tunnelTimeoutMs: number
  /** Connections to one upstream at a time; more requests wait for a free one. */
  readonly connectionsPerUpstreamMax: number
}

/** Where a request goes. */
export interface UpstreamTarget {
  /** Scheme, host and port. */
  readonly origin: URL
  /** Path and query, as the upstream sees them. */
  readonly path: string
  readonly headers: OutgoingHttpHeaders
}

/** Why there is no answer of the upstream. `gone`: its client has left, there is nobody to tell. */
export type UpstreamFault = 'unreachable' | 'timeout' | 'sender too slow' | 'body too large' | 'gone'

export interface Upstreams {
  /** Hands over a request and its answer, both as streams. `failed` is called once when nothing of an answer was written. */
  forward(request: IncomingMessage, response: ServerResponse, target: UpstreamTarget, failed: Failed): void
  /** Makes a tunnel of a connection, when the upstream agrees; `failed` writes an answer to the socket otherwise. */
  tunnel(request: IncomingMessage, socket: Socket, head: Buffer, target: UpstreamTarget, failed: Failed): void
  /** Ends tunnels and idle connections. */
  close(): void
}

export type Failed = (fault: UpstreamFault, error: Error) => void

/** One request on its way. */
interface Exchange {
  readonly failed: Failed
  readonly hasBody: boolean
  timer: NodeJS.Timeout | undefined
  sent: ClientRequest | undefined
  fault: UpstreamFault | undefined
  bodyBytes: number
  /** Bytes that had passed when the timer was last set. */
  passedBytes: number
}

/** Where the library's listeners find the exchange of a request: a weak map of thousands of short lives costs the collector more than all the rest. */
const exchangeOf = Symbol('exchange')

interface Carrier extends IncomingMessage {
  [exchangeOf]?: Exchange
}

/** An idle connection is kept for less than what common servers keep theirs (5 s): one that closes just then fails a request. */
const idleConnectionMs = 4_000

/** The proxy library set up once: it sends, streams and upgrades; which request, with which headers, and what failures mean is ours. */
export function openUpstreams(limits: UpstreamLimits): Upstreams {
  const agents = openAgents({ maxSockets: limits.connectionsPerUpstreamMax, keepAlive: true, timeout: idleConnectionMs })
  const proxy = new ProxyServer<Carrier, ServerResponse>({})
  proxy.on('proxyReq', (sent, request) => {
    const exchange = request[exchangeOf]
    if (exchange !== undefined) watchRequest(exchange, sent, request, limits)
  })
  proxy.on('proxyRes', (answer, request, response) => {
    const exchange = request[exchangeOf]
    if (exchange !== undefined) passAnswer(exchange, answer, response)
  })

  const send = (request: Carrier, response: ServerResponse, options: ProxyServerOptions, exchange: Exchange): void => {
    proxy.web(request, response, options).catch((error: Error) => {
      if (mayRepeat(exchange, error, response)) {
        exchange.sent = undefined
        send(request, response, options, exchange)
      } else fail(exchange, error, response)
    })
  }
  return {
    forward(request: Carrier, response, target, failed) {
      const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
      const exchange: Exchange = { failed, hasBody, timer: undefined, sent: undefined, fault: undefined, bodyBytes: 0, passedBytes: 0 }
      if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytesMax) {
        failed('body too large', new Error('the body is too large'))
        return
      }
      exchange.timer = setTimeout(() => giveUp(exchange, request, response), limits.upstreamTimeoutMs)
      response.once('close', () => clearTimeout(exchange.timer))
      request[exchangeOf] = exchange
      send(request, response, { ...addressed(request, target, agents), selfHandleResponse: true }, exchange)
    },
    tunnel: openTunnels(limits),
    close() {
      agents.plain.destroy()
      agents.tls.destroy()
    },
  }
}

interface Agents {
  readonly plain: Agent
  readonly tls: TlsAgent
}

/** The library copies path and headers from the request, so that they are put there. */
function addressed(request: IncomingMessage, { origin, path, headers }: UpstreamTarget, agents: Agents | undefined): ProxyServerOptions {
  request.url = path
  request.headers = headers as IncomingMessage['headers']
  if (agents === undefined) return { target: origin, agent: false }
  return { target: origin, agent: origin.protocol === 'https:' ? agents.tls : agents.plain }
}

function watchRequest(exchange: Exchange, sent: ClientRequest, request: IncomingMessage, limits: UpstreamLimits): void {
  exchange.sent = sent
  // It waited for a connection for so long that its client was told so.
  if (exchange.fault !== undefined) sent.destroy()
  exchange.passedBytes = passedBytes(exchange)
  // The size of other bodies was looked at before.
  if (sent.getHeader('transfer-encoding') === undefined) return
  request.on('data', (chunk: Buffer) => {
    exchange.bodyBytes += chunk.length
    if (exchange.bodyBytes <= limits.bodyBytesMax) return
    exchange.fault ??= 'body too large'
    sent.destroy(new Error('the body is too large'))
  })
}

function passAnswer(exchange: Exchange, answer: IncomingMessage, response: ServerResponse): void {
  try {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answerHeaders(answer.headers))
  } catch (error) {
    // A header or a status that no server may write.
    answer.destroy()
    fail(exchange, error instanceof Error ? error : new Error(String(error)), response)
    return
  }
  answer.pipe(response)
}

/** Through the upstream's connection, so far. What is sent counts only where there is more to send than a head. */
const passedBytes = ({ sent, hasBody }: Exchange): number =>
  (sent?.socket?.bytesRead ?? 0) + (hasBody ? (sent?.socket?.bytesWritten ?? 0) : 0)

/** Looking at what has passed once in a while costs less than setting a timer anew with each piece. */
function giveUp(exchange: Exchange, request: IncomingMessage, response: ServerResponse): void {
  const passed = passedBytes(exchange)
  if (passed !== exchange.passedBytes) {
    exchange.passedBytes = passed
    exchange.timer?.refresh()
    return
  }
  exchange.fault ??= request.complete || !exchange.hasBody ? 'timeout' : 'sender too slow'
  const error = new Error('nothing was sent or received for too long')
  // In the queue for a connection nothing can be destroyed yet: the end of the answer does it.
  if (exchange.sent === undefined || response.headersSent) fail(exchange, error, response)
  else exchange.sent.destroy(error)
}

/** A kept connection may be closed by the upstream just when it is used again; a request without a body is then sent once more. */
const mayRepeat = ({ sent, hasBody, fault }: Exchange, error: Error, response: ServerResponse): boolean =>
  sent?.reusedSocket === true && !hasBody && fault === undefined && 'code' in error && error.code === 'ECONNRESET' && isOpen(response)

const isOpen = (response: ServerResponse): boolean => !response.headersSent && !response.destroyed && response.socket?.destroyed === false

function fail(exchange: Exchange, error: Error, response: ServerResponse): void {
  clearTimeout(exchange.timer)
  if (isOpen(response)) exchange.failed(exchange.fault ?? 'unreachable', error)
  else {
    // An answer that stops in its middle must not look like a whole one.
    response.destroy()
    exchange.failed('gone', error)
  }
}

function openTunnels(limits: UpstreamLimits): Upstreams['tunnel'] {
  const proxy = new ProxyServer<IncomingMessage, ServerResponse>({})
  const failures = new WeakMap<IncomingMessage, Failed>()
  proxy.on('proxyReqWs', (sent, _request, socket) => {
    // The library leaves a tunnel half open when one side ends, and open when one is closed without an end.
    sent.once('upgrade', (_answer, upstream: Socket) => {
      socket.once('end', () => upstream.destroySoon())
      upstream.once('end', () => socket.destroySoon())
      socket.once('close', () => upstream.destroy())
      upstream.once('close', () => socket.destroySoon())
    })
    socket.once('close', () => sent.destroy())
  })
  proxy.on('error', (error, request) => {
    const failed = request && failures.get(request)
    if (request === undefined || failed === undefined) return
    failures.delete(request)
    failed('statusCode' in error && error.statusCode === 504 ? 'timeout' : 'unreachable', error)
  })
  return (request, socket, head, target, failed) => {
    failures.set(request, failed)
    const options = { ...addressed(request, target, undefined), upgradeTimeout: limits.upstreamTimeoutMs }
    // Failures are told to the listener above.
    proxy.ws(request, socket, options, head).catch(() => undefined)
    socket.setTimeout(limits.tunnelTimeoutMs, () => socket.destroy())
  }
}
