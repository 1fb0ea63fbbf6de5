/**
 * The edge: Fastify set up once from the route table, plain request and response values for everybody else, base paths, CORS
 * preflights, security headers, HTML escaping. The only room that knows the HTTP framework. Knows nothing of realms; may call log alone.
 */
import type { OutgoingHttpHeaders, Server } from 'node:http'
import fastify, { type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify'
import type { Logger } from '../log.ts'
import { basePathStripper } from './base-paths.ts'
import { readBody } from './body.ts'
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
import { pathFault } from './path-form.ts'
import { createRouter, type Found, type Lookup, type Router } from './router.ts'
import type { MountedRoute } from './routes.ts'
import { securityHeaders } from './security-headers.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from './values.ts'

/** Rows of a surface that is loaded when it is first asked for: code that most servers never run costs memory and start-up time. */
export interface LateRoutes {
  /** True for the paths of its rows; they begin with a word that no other row has in its place. */
  covers(path: string): boolean
  load(): Promise<readonly MountedRoute[]>
}

export interface EdgeOptions {
  readonly routes: readonly MountedRoute[]
  readonly lateRoutes: readonly LateRoutes[]
  /** Rows whose paths begin at the root of the host, whatever the base paths are. They come before all others. */
  readonly hostRoutes?: readonly MountedRoute[]
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
  /** The base URL of a realm that has one of its own, by the realm's name: paths below `/realms/{realm}` are answered as if it were asked for. */
  readonly frontendUrl?: (realm: string) => Promise<string | undefined>
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

/** What HTTP knows and some route could answer; any other method is not allowed anywhere. */
const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']
/** A name, an IPv4 or a bracketed IPv6 address, perhaps a port (RFC 3986 section 3.2). */
const hostPattern = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i
/** No base path matched: a path that no route can have. */
const nowhere = '/\u0000'

export function createEdge(options: EdgeOptions): Edge {
  const strip = basePathStripper(options.canonicalPath, options.aliasPaths)
  const app = fastify({
    logger: false,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    genReqId: () => options.newRequestId(),
    trustProxy: trustedProxies(options.proxy),
    exposeHeadRoutes: false,
    frameworkErrors: async (_error, _request, reply) => send(reply, badRequestResponse()),
    rewriteUrl: (request) => strip(request.url ?? '/') ?? nowhere,
  })
  // Bodies are read once it is known whose they are: the route has the limit.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  const answer = answerer(options)
  // One route for everything: the table of routes is ours, see router.ts.
  app.route({ method: [...methods], url: '*', handler: async (request, reply) => send(reply, await answer(request, reply)) })
  app.setNotFoundHandler(async (_request, reply) => send(reply, methodNotAllowedResponse()))
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
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
type ReadRequest = (request: FastifyRequest, url: string, found: Found, body: Buffer) => HttpRequest | undefined

/** From a request to its answer, by the table of routes. */
function answerer(options: EdgeOptions): (request: FastifyRequest, reply: FastifyReply) => Promise<HttpResponse> {
  const routerFor = routerOf(options)
  const isOfHost = hostRouteFinder(options)
  const toRequest = requestReader(options)
  const { onAnswer } = options
  return async (request, reply) => {
    const { method } = request
    const whole = isOfHost(method, request.originalUrl)
    const url = whole === undefined ? request.url : request.originalUrl
    const path = pathOf(url)
    const fault = pathFault(path)
    if (fault) return jsonResponse(400, fault, { 'content-type': 'application/json; charset=UTF-8' })
    const router = whole ?? routerFor(path)
    const found = (router instanceof Promise ? await router : router).find(method, path)
    const route = found.kind === 'found' ? found.route.path : 'unknown'
    if (onAnswer) reply.raw.once('close', () => onAnswer(route, method, reply.raw.statusCode, reply.elapsedTime / 1_000))
    if (found.kind !== 'found') return refusal(request, found)
    const body = await readBody(request.raw, found.route.bodyBytesMax ?? limits.bodyBytesMax)
    if (body === 'too large') return bodyTooLargeResponse()
    // Nobody is there to read this answer.
    if (body === 'gone') return badRequestResponse()
    const value = toRequest(request, url, found, body)
    return value === undefined ? badRequestResponse() : run(found.route, await atFrontend(found.route, value, options), options)
  }
}

/** A request to a realm at the address at which the realm is reached. */
async function atFrontend({ path }: MountedRoute, request: HttpRequest, { frontendUrl }: EdgeOptions): Promise<HttpRequest> {
  const realm = path.startsWith('/realms/') ? request.params['realm'] : undefined
  const baseUrl = realm === undefined ? undefined : await frontendUrl?.(realm)
  return baseUrl === undefined ? request : { ...request, baseUrl }
}

/** The router for a path, which grows when the first path comes for which something is to be loaded. */
function routerOf({ routes, lateRoutes }: EdgeOptions): (path: string) => Router | Promise<Router> {
  let loaded = routes
  let router = createRouter(loaded)
  const waiting = new Map<LateRoutes, Promise<Router> | undefined>(lateRoutes.map((late) => [late, undefined]))
  return (path) => {
    for (const [late, loading] of waiting) {
      if (!late.covers(path)) continue
      if (loading !== undefined) return loading
      const load = late.load().then((more) => {
        waiting.delete(late)
        loaded = [...loaded, ...more]
        router = createRouter(loaded)
        return router
      })
      waiting.set(late, load)
      return load
    }
    return router
  }
}

/** The router of the rows that begin at the root of the host, for a URL that one of them is for; undefined for all other URLs. */
function hostRouteFinder({ hostRoutes = [] }: EdgeOptions): (method: string, url: string) => Router | undefined {
  if (hostRoutes.length === 0) return () => undefined
  const router = createRouter(hostRoutes)
  const beginnings = new Set(hostRoutes.map(({ path }) => path.split('/', 2)[1]))
  return (method, url) => {
    const path = pathOf(url)
    if (!beginnings.has(path.split('/', 2)[1])) return undefined
    const { kind } = router.find(method, path)
    return kind === 'found' || kind === 'other-method' ? router : undefined
  }
}

/** Without query and fragment. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** What is said of a path that has no row for the method: a browser that asks first (Fetch standard) gets the methods that its rows name. */
function refusal(request: FastifyRequest, lookup: Exclude<Lookup, { kind: 'found' }>): HttpResponse {
  if (lookup.kind === 'malformed') return badRequestResponse()
  if (lookup.kind === 'unknown') return noSuchResourceResponse()
  const preflight = request.method === 'OPTIONS' ? lookup.rows.find((row) => row.preflight !== undefined)?.preflight : undefined
  if (preflight !== undefined) return preflightResponse(request, preflight)
  return request.method === 'HEAD' ? noSuchResourceResponse() : methodNotAllowedResponse()
}

async function run(row: MountedRoute, request: HttpRequest, options: EdgeOptions): Promise<HttpResponse> {
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
  return (request, url, { params }, body) => {
    const mark = url.indexOf('?')
    const origin = forwarded?.(request.headers, request.ip)
    const protocol = origin?.protocol ?? request.protocol
    const host = origin?.host ?? request.host
    if (fixed === undefined && !hostPattern.test(host)) return undefined
    return {
      method: request.method,
      path: mark < 0 ? url : url.slice(0, mark),
      params,
      queryText: mark < 0 ? '' : url.slice(mark + 1),
      headers: request.headers,
      body,
      baseUrl: fixed ?? originOf(protocol, host) + canonicalPath,
      remoteAddress: origin?.address ?? request.ip,
      secure: protocol === 'https',
      requestId: request.id,
      isWanted: () => !request.raw.socket.destroyed,
    }
  }
}

/** `:8080` of a Host header, or nothing for the scheme's own port. */
function portOf(protocol: string, host: string): string {
  const port = /:(\d+)$/.exec(host)?.[1]
  return port === undefined || port === (protocol === 'https' ? '443' : '80') ? '' : `:${port}`
}

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
