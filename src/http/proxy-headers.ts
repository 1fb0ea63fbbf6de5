import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** Headers that are about one connection (RFC 9110 section 7.6.1), and what this proxy writes or answers itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Where a request came from, as the upstream is told. */
export interface ForwardedFrom {
  /** Address of the socket. */
  readonly address: string
  /** The Host header. */
  readonly host: string | undefined
  /** What an earlier proxy said counts. */
  readonly isTrusted: boolean
}

export interface UpstreamHeaders {
  /** Names in lower case that no client may send: what the upstream believes because the proxy alone writes it. */
  readonly reserved: ReadonlySet<string>
  /** Written in place of the reserved ones. */
  readonly added: Readonly<Record<string, string>>
  readonly from: ForwardedFrom
  /** Host and port of the upstream. */
  readonly host: string
}

/**
 * The headers of the request to the upstream. Left out: those of the connection and those that its Connection header names, reserved ones
 * in any spelling (`X_Userinfo` is `X-Userinfo` for a CGI-like upstream), and what strangers say of where they come from.
 *
 * @param rawHeaders names and values in turn, as they came; a request of which `headFault` says nothing
 * @param upgrade the protocol to change to, for a request that is to become a tunnel
 */
export function upstreamHeaders(rawHeaders: readonly string[], options: UpstreamHeaders, upgrade?: 'websocket'): OutgoingHttpHeaders {
  const { reserved, added, from, host } = options
  const headers: OutgoingHttpHeaders = { host }
  const nominated = nominatedHeaders(rawHeaders)
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    if (name === 'transfer-encoding') headers[name] = 'chunked'
    if (ownHeaders.has(name) || reserved.has(name) || nominated?.includes(name)) continue
    if (name.startsWith('x-forwarded-') && !(from.isTrusted && trustedHeaders.has(name))) continue
    if (oddName.test(name) && isFolded(name, reserved)) continue
    const before = headers[name]
    if (before === undefined) headers[name] = value
    else headers[name] = Array.isArray(before) ? [...before, value] : [String(before), value]
  }
  addForwarded(headers, from)
  if (upgrade !== undefined) {
    headers['connection'] = 'Upgrade'
    headers['upgrade'] = upgrade
  }
  return Object.assign(headers, added)
}

const trustedHeaders: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'])
const oddName = /[^a-z0-9-]/

/** Upstreams that turn names into variables make one of `x_userinfo`, `x.userinfo` and `x-userinfo`. */
function isFolded(name: string, reserved: ReadonlySet<string>): boolean {
  const folded = name.replace(/[^a-z0-9]/g, '-')
  return reserved.has(folded) || ownHeaders.has(folded) || folded === 'content-length' || folded.startsWith('x-forwarded-')
}

function nominatedHeaders(rawHeaders: readonly string[]): readonly string[] | undefined {
  let names: string[] | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const { length } = rawHeaders[at] ?? ''
    if ((length !== 10 && length !== 16) || !/^(?:proxy-)?connection$/i.test(rawHeaders[at] ?? '')) continue
    const value = rawHeaders[at + 1] ?? ''
    if (value === 'keep-alive' || value === 'close') continue
    names = [...(names ?? []), ...value.split(',').map((name) => name.trim().toLowerCase())]
  }
  return names
}

function addForwarded(headers: OutgoingHttpHeaders, { address, host }: ForwardedFrom): void {
  const before = headers['x-forwarded-for']
  headers['x-forwarded-for'] = before === undefined ? address : `${[before].flat().join(', ')}, ${address}`
  if (host !== undefined) headers['x-forwarded-host'] ??= host
  headers['x-forwarded-proto'] ??= 'http'
}

/** The headers of an upstream's answer without those of its connection. */
export function answerHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const left: OutgoingHttpHeaders = { ...headers }
  const { connection } = headers
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'close')
    for (const name of connection.split(',')) delete left[name.trim().toLowerCase()]
  for (const name of connectionHeaders) delete left[name]
  return left
}

const connectionHeaders = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'] as const
