import { type Clock, systemClock } from '../clock.ts'
import type { WrittenSettings } from '../config/yaml-file.ts'
import { type Random, systemRandom } from '../crypto/random.ts'
import { createHttpClient, type HttpClient } from '../http/client.ts'
import { type HealthCheck, healthReport, healthRoutes, metricsRoutes } from '../http/management.ts'
import type { Metrics } from '../http/metrics.ts'
import { createProxy, type ProxyDecision, type ProxyLimits, type ProxyRequest } from '../http/proxy.ts'
import { mount } from '../http/routes.ts'
import type { HttpResponse } from '../http/values.ts'
import { createLogger, type Logger } from '../log.ts'
import { refusalResponse } from './answers.ts'
import { clientOf, textOf } from './claims.ts'
import { openIntrospection } from './introspection.ts'
import { openIssuerKeys } from './issuer-keys.ts'
import { createJudge, type Judge, type Judgement } from './judge.ts'
import { openMetadata } from './metadata.ts'
import { readGatewaySettings } from './read-settings.ts'
import { createRoutes } from './routes.ts'
import type { Address, GatewaySettings, IssuerSettings, LimitSettings } from './settings.ts'
import { createVerifier, type Issuer } from './verify-token.ts'

/** What a test may replace. */
export interface GatewayParts {
  readonly clock?: Clock
  readonly random?: Random
  readonly log?: Logger
}

/** A running gateway. */
export interface RunningGateway {
  /** The URL below which its routes are, by the address that it listens on. */
  readonly url: string
  readonly port: number
  /** The port of health and metrics; undefined without `management`. */
  readonly managementPort: number | undefined
  /** Lets running requests end and closes WebSockets. */
  close(): Promise<void>
}

/** The part of a gateway that decides, without its sockets. */
export interface Decider {
  readonly judge: Judge
  readonly checks: readonly HealthCheck[]
  close(): void
}

/** Names that no client may send: the upstream believes them because they are written here. */
const reservedHeaders: ReadonlySet<string> = new Set(['authorization', 'x-access-token', 'x-userinfo'])

/** Opens what a gateway decides with; issuers are asked when the first token comes. Throws ConfigError for a mistake in the settings. */
export function openDecider(settings: GatewaySettings, { clock = systemClock, log = defaultLog() }: GatewayParts = {}): Decider {
  const http = createHttpClient({ keepAlive: true })
  const issuers = settings.issuers.map((issuer) => openIssuer(issuer, { http, clock, log: log.child('gateway') }))
  const verifier = createVerifier({ issuers, clock, clockSkewSeconds: settings.limits.clockSkewSeconds })
  return {
    judge: createJudge({ routes: createRoutes(settings.routes), verifier }),
    checks: issuers.map(({ issuer, isReady }) => ({ name: `Issuer ${issuer}`, run: isReady })),
    close: () => http.close(),
  }
}

const defaultLog = (): Logger => createLogger({ level: 'info', output: 'default' })

interface IssuerParts {
  readonly http: HttpClient
  readonly clock: Clock
  readonly log: Logger
}

function openIssuer(settings: IssuerSettings, { http, clock, log }: IssuerParts): Issuer & { isReady(): Promise<boolean> } {
  const { issuer, jwksUri, introspection } = settings
  const metadata = openMetadata(http, issuer)
  const byKeys = introspection === undefined || jwksUri !== undefined
  const keys = byKeys ? openIssuerKeys({ http, clock, log, metadata, jwksUri }) : undefined
  return {
    issuer,
    keys,
    introspection: introspection && openIntrospection(introspection, { http, clock, metadata }),
    async isReady() {
      await keys?.ready()
      if (introspection !== undefined && introspection.endpoint === undefined) await metadata.url('introspection_endpoint')
      return true
    },
  }
}

/** Starts a gateway and resolves when it listens. Throws ConfigError for a mistake in the settings, the socket's error otherwise. */
export async function startGateway(written: WrittenSettings, parts: GatewayParts = {}): Promise<RunningGateway> {
  const settings = readGatewaySettings(written)
  const { random = systemRandom, log = defaultLog() } = parts
  const decider = openDecider(settings, { ...parts, log })
  const metrics = settings.management === undefined ? undefined : await loadMetrics()
  const denied = metrics?.counter('ostiary_gateway_refused_total', 'Requests that did not pass', ['route', 'check'])
  const faults = metrics?.counter('ostiary_gateway_upstream_faults_total', 'Requests that the upstream did not answer', ['route', 'fault'])
  const context: Context = { ...decider, log: log.child('gateway'), random, ...(denied ? { denied } : {}) }
  const ownsHealth = settings.management === undefined
  const proxy = createProxy({
    decide: (request) => (ownsHealth ? (ownHealth(request, decider.checks) ?? decide(request, context)) : decide(request, context)),
    reservedHeaders,
    limits: proxyLimits(settings.limits),
    trustedProxies: settings.trustedProxies,
    log: log.child('gateway'),
    newRequestId: () => random.uuid(),
    ...(metrics ? { onAnswer: (route, method, status, seconds) => metrics.request(route, method, status, seconds) } : {}),
    ...(faults ? { onFault: (route, fault) => faults(route, fault) } : {}),
  })
  const management = metrics === undefined ? undefined : await openManagement(decider.checks, metrics, { log, random })
  const close = async (): Promise<void> => {
    await proxy.close()
    await management?.close()
    decider.close()
  }
  try {
    const managementPort = settings.management && (await management?.listen(boundTo(settings.management)))
    const port = await proxy.listen(settings.listen)
    return { url: urlOf({ ...settings.listen, port }), port, managementPort, close }
  } catch (error) {
    await close()
    throw error
  }
}

const loadMetrics = async (): Promise<Metrics> => (await import('../http/metrics.ts')).openMetrics()

interface Context extends Decider {
  readonly log: Logger
  readonly random: Random
  readonly denied?: (...labels: readonly string[]) => void
}

function decide(request: ProxyRequest, context: Context): ProxyDecision | Promise<ProxyDecision> {
  const judgement = context.judge(request)
  return judgement instanceof Promise ? judgement.then((one) => decisionOf(one, request, context)) : decisionOf(judgement, request, context)
}

function decisionOf(judgement: Judgement, request: ProxyRequest, context: Context): ProxyDecision {
  if (judgement.kind === 'refuse') return refused(judgement, request, context)
  const { route, token, good } = judgement
  const path = route.basePath + (request.path.slice(route.stripPrefix.length) || '/')
  return {
    kind: 'forward',
    route: route.path,
    origin: route.origin,
    path: request.queryText === '' ? path : `${path}?${request.queryText}`,
    headers: { 'x-access-token': token, 'x-userinfo': good.userInfo },
  }
}

function refused(judgement: Extract<Judgement, { kind: 'refuse' }>, request: ProxyRequest, context: Context): ProxyDecision {
  const { refusal, route, claims } = judgement
  const { status, check, reason } = refusal
  const requestId = context.random.uuid()
  const { method, path, remoteAddress } = request
  const bearer = claims === undefined ? {} : { clientId: clientOf(claims), subject: textOf(claims['sub']) }
  const fields = { requestId, status, check, reason, method, path, remoteAddress, ...bearer }
  if (status === 503) context.log.error('request refused', fields)
  else context.log.info('request refused', fields)
  context.denied?.(route?.path ?? 'unknown', check)
  return { kind: 'answer', route: route?.path ?? 'unknown', response: refusalResponse(refusal, requestId) }
}

/** Without a management listener a probe asks here. Issuers are not named to strangers. */
function ownHealth({ method, path }: ProxyRequest, checks: readonly HealthCheck[]): Promise<ProxyDecision> | undefined {
  if (method !== 'GET' || !(path === '/health' || path.startsWith('/health/'))) return undefined
  const answered = (response: HttpResponse): ProxyDecision => ({ kind: 'answer', route: path, response })
  if (path === '/health/live') return healthReport([]).then(answered)
  if (path !== '/health/ready' && path !== '/health') return undefined
  const all = { name: 'Issuers', run: async () => (await Promise.all(checks.map((check) => check.run()))).every(Boolean) }
  return healthReport([all]).then(answered)
}

async function openManagement(
  checks: readonly HealthCheck[],
  metrics: Metrics,
  { log, random }: { log: Logger; random: Random },
): Promise<{ listen(address: Address): Promise<number>; close(): Promise<void> }> {
  const { createEdge } = await import('../http/edge.ts')
  return createEdge({
    routes: mount([...healthRoutes, ...metricsRoutes], { checks, metrics: () => metrics.print() }),
    lateRoutes: [],
    canonicalPath: '',
    aliasPaths: [],
    hostname: undefined,
    proxy: { headers: undefined, trustedAddresses: [] },
    log: log.child('http'),
    newRequestId: () => random.uuid(),
    answerError: () => undefined,
    errorPage: (error) => ({ status: error.status }),
  })
}

/** The edge names its address always; the unspecified IPv6 address is every address of both families. */
const boundTo = ({ host, port }: Address): Address => ({ host: host === '' ? '::' : host, port })

function urlOf({ host, port }: Address): string {
  const name = host === '' || host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function proxyLimits(limits: LimitSettings): ProxyLimits {
  const { bodyBytesMax, headerBytesMax, connectionsPerUpstreamMax } = limits
  return {
    bodyBytesMax,
    headerBytesMax,
    connectionsPerUpstreamMax,
    headTimeoutMs: limits.headTimeoutSeconds * 1_000,
    requestTimeoutMs: limits.requestTimeoutSeconds * 1_000,
    keepAliveTimeoutMs: limits.keepAliveTimeoutSeconds * 1_000,
    upstreamTimeoutMs: limits.upstreamTimeoutSeconds * 1_000,
    tunnelTimeoutMs: limits.webSocketTimeoutSeconds * 1_000,
  }
}
