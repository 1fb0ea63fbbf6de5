/**
 * gateway/: a reverse proxy that lets a request through when its token opens the route. Settings, issuers and their keys, the checks in their
 * order, what upstreams are told of the bearer, explain. Not here: sockets, framing and forwarding (http/proxy.ts); nothing of realms or
 * storage, since the issuer may be any server. May call log, clock, crypto, config and http.
 */
import type { IntrospectionSettings } from './introspection.ts'
import type { RouteSettings } from './route-settings.ts'

export interface Address {
  /** Empty for every address of the machine. */
  readonly host: string
  readonly port: number
}

export interface IssuerSettings {
  /** The claim `iss` of its tokens, to the letter. */
  readonly issuer: string
  /** Read from the issuer's metadata unless given. */
  readonly jwksUri: string | undefined
  /** Ask the issuer about each token; signatures are then verified here only when `jwksUri` is given too. */
  readonly introspection: IntrospectionSettings | undefined
}

/** Everything that a gateway is told, checked. */
export interface GatewaySettings {
  readonly listen: Address
  /** Where health and metrics are answered; without it health is answered at `/health/…` of `listen`, and metrics nowhere. */
  readonly management: Address | undefined
  readonly trustedProxies: readonly string[]
  readonly issuers: readonly IssuerSettings[]
  readonly routes: readonly RouteSettings[]
  readonly limits: LimitSettings
}

export interface LimitSettings {
  /** Bytes of a request's body. Bodies are streamed: it protects the upstreams, not this memory. */
  readonly bodyBytesMax: number
  /** Bytes of all headers of a request. */
  readonly headerBytesMax: number
  /** Time for the head of a request to arrive. */
  readonly headTimeoutSeconds: number
  /** Time for a whole request to arrive. */
  readonly requestTimeoutSeconds: number
  /** Idle time of a kept connection. */
  readonly keepAliveTimeoutSeconds: number
  /** Time without a byte from or to an upstream. */
  readonly upstreamTimeoutSeconds: number
  /** Time without a byte in a WebSocket. */
  readonly webSocketTimeoutSeconds: number
  /** Connections to one upstream at a time. */
  readonly connectionsPerUpstreamMax: number
  /** How far clocks of issuers may be off, when `exp` and `nbf` are read. */
  readonly clockSkewSeconds: number
}

/** Default, least and greatest value of each limit. */
export const limitBounds: Readonly<Record<keyof LimitSettings, readonly [otherwise: number, min: number, max: number]>> = {
  bodyBytesMax: [256 * 1024 * 1024, 0, Number.MAX_SAFE_INTEGER],
  headerBytesMax: [16 * 1024, 1024, 1024 * 1024],
  headTimeoutSeconds: [20, 1, 3_600],
  requestTimeoutSeconds: [300, 1, 86_400],
  keepAliveTimeoutSeconds: [72, 1, 3_600],
  upstreamTimeoutSeconds: [60, 0.05, 3_600],
  webSocketTimeoutSeconds: [600, 1, 86_400],
  connectionsPerUpstreamMax: [256, 1, 65_536],
  clockSkewSeconds: [0, 0, 300],
}
