/**
 * The edge: Fastify set up once from the route table, plain request and response values for everybody else, base paths, CORS
 * preflights, security headers, HTML escaping. The only room that knows the HTTP framework. Knows nothing of realms; may call log alone.
 */
import type { OutgoingHttpHeaders, Server } from 'node:http'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify'
import type { Logger } from '../log.ts'
import { basePathStripper } from './base-paths.ts'
import { preflightResponse } from './cors.ts'
import {
  badRequestResponse,
  bodyTooLargeResponse,
  expectedErrorResponse,
  internalErrorResponse,
  methodNotAllowedResponse,
  noSuchResourceResponse,
} from './error-responses.ts'
import { PageError } from './errors.ts'
import { forwardedReader } from './forwarded.ts'
import { limits } from './limits.ts'
import type { MountedRoute } from './routes.ts'
import { securityHeaders } from './security-headers.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from './values.ts'

export interface EdgeOptions {
  readonly routes: readonly MountedRoute[]
  /** '' or '/auth'. */
  readonly canonicalPath: string
  readonly aliasPaths: readonly string[]
  /** The fixed origin and path that clients see; with `host` alone scheme and port follow the request; undefined: all of it does. */
  readonly hostname: { readonly origin: string; readonly path: string; readonly host: string | undefined } | undefined
  readonly proxy: { readonly headers: 'forwarded' | 'xforwarded' | undefined; readonly trustedAddresses: readonly string[] }
  readonly log: Logger
  readonly newRequestId: () => string
  /** Told of every answered request: the route's path, not the request's. */
  readonly onAnswer?: (route: string, method: string, status: number, seconds: number) => void
  /** Answers errors of other rooms that are the sender's fault; undefined for a bug. */
  readonly answerError: (error: unknown) => HttpResponse | undefined
  /** Draws the page of a PageError. */
  readonly errorPage: (error: PageError, request: HttpRequest) => HttpResponse
}

export interface Edge {
  /** Starts to listen and returns the port (useful with port 0). Throws the socket's error, for example EADDRINUSE. */
  listen(address: { host: string; port: number }): Promise<number>
  /** Stops accepting, lets running requests end, then closes idle connections. */
  close(): Promise<void>
  readonly server: Server
}

const answered: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']
/** A name, an IPv4 or a bracketed IPv6 address, perhaps a port (RFC 3986 section 3.2). */
const hostPattern = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i
/** No base path matched: a path that no route can have. */
const nowhere = '/\u0000'

export function createEdge(options: EdgeOptions): Edge {
  const strip = basePathStripper(options.canonicalPath, options.aliasPaths)
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    genReqId: () => options.newRequestId(),
    trustProxy: trustedProxies(options.proxy),
    exposeHeadRoutes: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1_000 },
    frameworkErrors: async (_error, _request, reply) => send(reply, badRequestResponse()),
    rewriteUrl: (request) => strip(request.url ?? '/') ?? nowhere,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const { onAnswer } = options
  if (onAnswer) {
    app.addHook('onResponse', async (request, reply) => {
      onAnswer(request.routeOptions.url ?? 'unknown', request.method, reply.statusCode, reply.elapsedTime / 1_000)
    })
  }
  const toRequest = requestReader(options)
  const paths = Map.groupBy(options.routes, (route) => route.path)
  // Looked through only when nothing answers: a route for every method that a path does not have costs more memory than all others.
  const patterns = Array.from(paths.keys(), (path) => ({ isRest: path.endsWith('/*'), pattern: patternOf(path) }))
  const isKnown = (url: string, rest: boolean): boolean => {
    const path = url.replace(/[?#].*$/s, '')
    return patterns.some(({ isRest, pattern }) => (rest || !isRest) && pattern.test(path))
  }
  for (const [path, rows] of paths) addPath(app, path, rows, { ...options, isOtherMethod: (url) => isKnown(url, false) }, toRequest)
  app.setNotFoundHandler(async (request, reply) => {
    const { method, url } = request
    const wrongMethod = method !== 'HEAD' && (!isAnswered(method) || isKnown(url, true))
    return send(reply, wrongMethod ? methodNotAllowedResponse() : noSuchResourceResponse())
  })
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    if (error.statusCode === 413) return send(reply, bodyTooLargeResponse())
    if (error.statusCode !== undefined && error.statusCode < 500)
      return send(reply, jsonResponse(error.statusCode, { error: `HTTP ${error.statusCode}` }))
    return send(reply, unexpected(error, request, options.log))
  })
  return {
    server: app.server,
    async listen({ host, port }) {
      await app.listen({ host, port })
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address.port : port
    },
    close: () => app.close(),
  }
}

/** Undefined for a request whose host is no host name: without a fixed hostname the issuer would be made of it. */
type ReadRequest = (request: FastifyRequest) => HttpRequest | undefined

const isAnswered = (method: string): boolean => (answered as readonly string[]).includes(method)

/** What matches the paths of a route: `:name` stands for one segment, a last `*` for the rest. */
const patternOf = (path: string): RegExp => new RegExp(`^${path.split('/').map(segmentPattern).join('/')}/?$`)

const segmentPattern = (segment: string): string => {
  if (segment.startsWith(':')) return '[^/]+'
  return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

interface PathOptions extends EdgeOptions {
  /** True when a route that names its whole path answers this URL, so that the method was wrong. */
  isOtherMethod(url: string): boolean
}

/** Registers the methods of one path: its routes and the preflight. */
function addPath(app: FastifyInstance, path: string, rows: readonly MountedRoute[], options: PathOptions, toRequest: ReadRequest): void {
  const own = new Set<string>(rows.map((row) => row.method))
  for (const row of rows) {
    app.route({
      method: row.method,
      url: path,
      ...(row.bodyBytesMax === undefined ? {} : { bodyLimit: row.bodyBytesMax }),
      handler: async (request, reply) => {
        if (path.endsWith('/*') && options.isOtherMethod(request.url)) return send(reply, methodNotAllowedResponse())
        const value = toRequest(request)
        return send(reply, value === undefined ? badRequestResponse() : await answer(row, value, options))
      },
    })
  }
  const preflight = rows.find((row) => row.preflight !== undefined)?.preflight
  if (preflight !== undefined && !own.has('OPTIONS')) {
    app.options(path, async (request, reply) => send(reply, preflightResponse(request, preflight)))
  }
}

async function answer(row: MountedRoute, request: HttpRequest, options: EdgeOptions): Promise<HttpResponse> {
  try {
    return await row.handle(request)
  } catch (error) {
    if (error instanceof PageError) return options.errorPage(error, request)
    const expected = expectedErrorResponse(error) ?? options.answerError(error)
    if (expected) return expected
    options.log.error('unexpected error', { requestId: request.requestId, route: `${row.method} ${row.path}`, error })
    return internalErrorResponse()
  }
}

function unexpected(error: Error, request: FastifyRequest, log: Logger): HttpResponse {
  log.error('unexpected error', { requestId: request.id, error })
  return internalErrorResponse()
}

/** The framework reads X-Forwarded-* alone; with the standard header nobody's X-Forwarded-* counts. */
function trustedProxies({ headers, trustedAddresses }: EdgeOptions['proxy']): boolean | string[] {
  if (headers !== 'xforwarded') return false
  return trustedAddresses.length > 0 ? [...trustedAddresses] : true
}

function requestReader({ hostname, canonicalPath, proxy }: EdgeOptions): ReadRequest {
  const fixed = hostname === undefined || hostname.host !== undefined ? undefined : hostname.origin + hostname.path
  const forwarded = proxy.headers === 'forwarded' ? forwardedReader(proxy.trustedAddresses) : undefined
  const originOf = (protocol: string, host: string): string => {
    if (hostname?.host === undefined) return `${protocol}://${host}`
    return `${protocol}://${hostname.host}${portOf(protocol, host)}`
  }
  return (request) => {
    const url = request.url
    const mark = url.indexOf('?')
    const origin = forwarded?.(request.headers, request.ip)
    const protocol = origin?.protocol ?? request.protocol
    const host = origin?.host ?? request.host
    if (fixed === undefined && !hostPattern.test(host)) return undefined
    return {
      method: request.method,
      path: mark < 0 ? url : url.slice(0, mark),
      params: request.params as Record<string, string>,
      queryText: mark < 0 ? '' : url.slice(mark + 1),
      headers: request.headers,
      body: Buffer.isBuffer(request.body) ? request.body : noBody,
      baseUrl: fixed ?? originOf(protocol, host) + canonicalPath,
      remoteAddress: origin?.address ?? request.ip,
      secure: protocol === 'https',
      requestId: request.id,
    }
  }
}

/** `:8080` of a Host header, or nothing for the scheme's own port. */
function portOf(protocol: string, host: string): string {
  const port = /:(\d+)$/.exec(host)?.[1]
  return port === undefined || port === (protocol === 'https' ? '443' : '80') ? '' : `:${port}`
}

const noBody = Buffer.alloc(0)

/**
 * Writes the answer past the framework: it would add a charset to the content type, and copy every header once more. A body that is a
 * string leaves in one write together with its headers.
 */
function send(reply: FastifyReply, { status, headers, body }: HttpResponse): FastifyReply {
  const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length
  const all: OutgoingHttpHeaders = { ...securityHeaders, ...(headers as OutgoingHttpHeaders | undefined) }
  if (status !== 204) all['content-length'] = length
  reply.hijack()
  reply.raw.writeHead(status, all)
  reply.raw.end(body)
  return reply
}
