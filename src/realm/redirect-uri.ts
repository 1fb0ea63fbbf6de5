import type { Client } from './model.ts'

/** A longer one is not looked at; the reference's limit for a parameter. */
export const redirectUriLengthMax = 4_000

/** These run as script, or show what the sender wrote, in the browser that is sent there. No registration makes them right. */
const forbiddenSchemes: ReadonlySet<string> = new Set(['javascript', 'data', 'vbscript', 'blob', 'about', 'filesystem', 'view-source'])

/** Names of our own answer. A redirect URI that brings one could pass it off as ours (parameter pollution). */
const answerParameters: ReadonlySet<string> = new Set([
  ...['code', 'state', 'iss', 'session_state', 'error', 'error_description', 'access_token', 'id_token', 'token_type', 'expires_in'],
  ...['response', 'kc_action', 'kc_action_status'],
])

const portMax = 65_535
/** More rounds of percent-encoding than anybody needs; what is still encoded then is refused. */
const decodingsMax = 5

/** A redirect URI taken apart as far as matching needs it. Every piece is as it was sent. */
interface RedirectUri {
  readonly text: string
  readonly scheme: string
  /** Undefined for `scheme:path`. */
  readonly authority: string | undefined
  readonly hasUserInfo: boolean
  readonly path: string
  readonly query: string
  readonly fragment: string
}

const shape = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const neverInUri = /[\x00-\x20\x7f"<>\\^`{|}]|%(?![\da-f]{2})|%(?:[01][\da-f]|7f|5c)/i
const webAuthority = /^(?:[^@]*@)?(?:[^@:[\]%]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i

/**
 * Reads a redirect URI strictly. Undefined for one that no application needs and that browsers and servers read in different ways:
 * control characters, backslashes, stray percent signs, `..` in whatever encoding, forbidden schemes, our answer's parameters.
 */
function parse(text: string): RedirectUri | undefined {
  if (text.length > redirectUriLengthMax || neverInUri.test(text)) return undefined
  const [, scheme = '', authority, path = '', query = '', fragment = ''] = shape.exec(text) ?? []
  if (scheme === '' || (!authority && path === '') || forbiddenSchemes.has(scheme.toLowerCase())) return undefined
  if (isWeb(scheme)) {
    const port = webAuthority.exec(authority ?? '')
    if (port === null || Number(port[1] ?? 0) > portMax) return undefined
  }
  if (leavesItsFolder(path) || bringsAnswer(query.slice(1)) || bringsAnswer(fragment.slice(1))) return undefined
  return { text, scheme, authority, hasUserInfo: authority?.includes('@') ?? false, path, query, fragment }
}

const isWeb = (scheme: string): boolean => /^https?$/i.test(scheme)

/** True for a `..` segment, encoded once or more often or with a matrix parameter, and for bytes that are no UTF-8. */
function leavesItsFolder(path: string): boolean {
  let text = path
  for (let round = 0; round < decodingsMax; round += 1) {
    if (text.split(/[/\\]/).some((segment) => segment.split(';', 1)[0] === '..')) return true
    const decoded = decode(text)
    if (decoded === undefined) return true
    if (decoded === text) return false
    text = decoded
  }
  return true
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const bringsAnswer = (parameters: string): boolean =>
  [...new URLSearchParams(parameters).keys()].some((name) => answerParameters.has(name.toLowerCase()))

/**
 * The client's redirect URIs as absolute ones: what begins with a slash continues the root URL, or the server's own origin without one
 * (reference behaviour).
 */
export function registeredRedirectUris(client: Client, baseUrl: string, uris = client.doc.redirectUris ?? []): readonly string[] {
  const root = (client.doc.rootUrl ?? '').replaceAll(/\$\{auth(?:Base|Admin)Url\}/g, baseUrl)
  return uris.map((uri) => (uri.startsWith('/') ? `${root === '' ? new URL(baseUrl).origin : root}${uri}` : uri))
}

/**
 * True when one of the registered URIs allows the one that was sent. They are compared character by character. A `*` counts only at the
 * end of a URI without a query: then query and fragment are free, but scheme and host are not, and there may be no user info. `*` alone
 * means http and https. For http on a loopback host the port is free (RFC 8252 section 7.3).
 */
export function matchesRedirectUri(registered: readonly string[], sent: string): boolean {
  const uri = parse(sent)
  if (uri === undefined) return false
  return (
    registered.some((pattern) => matches(pattern, uri)) || withoutLoopbackPort(uri, (plain) => registered.some((p) => matches(p, plain)))
  )
}

const loopback = /^(localhost|127\.0\.0\.1|\[::1\]):\d+$/

function withoutLoopbackPort(uri: RedirectUri, allowed: (plain: RedirectUri) => boolean): boolean {
  const host = uri.scheme === 'http' ? loopback.exec(uri.authority ?? '')?.[1] : undefined
  if (host === undefined) return false
  return allowed({ ...uri, authority: host, text: `http://${host}${uri.path}${uri.query}${uri.fragment}` })
}

function matches(pattern: string, uri: RedirectUri): boolean {
  if (pattern === uri.text) return true
  if (!pattern.endsWith('*') || pattern.includes('?') || uri.hasUserInfo) return false
  if (pattern === '*') return /^https?$/.test(uri.scheme)
  const start = pattern.slice(0, -1)
  if (!isWeb(uri.scheme) && !start.startsWith(`${uri.scheme}:`)) return false
  const plain = uri.text.slice(0, uri.text.length - uri.query.length - uri.fragment.length)
  return (plain.startsWith(start) && hostIsAllowed(start, uri)) || (start.endsWith('/') && plain === start.slice(0, -1))
}

/** `https://app.example*` must not reach app.example.evil: the host ends where the pattern's does. */
function hostIsAllowed(start: string, { authority }: RedirectUri): boolean {
  const allowed = /^[^:]+:\/\/([^/]*)/.exec(start)?.[1]
  if (allowed === undefined || allowed === '' || allowed === authority) return true
  return allowed.endsWith(':') && authority?.startsWith(allowed) === true
}

/**
 * Where the answer to an authorization request goes. Undefined when the URI that was sent is not allowed, or none was sent and that will
 * not do: OpenID Connect requires one; OAuth 2.0 takes the only one that is registered, a trailing wildcard left off.
 */
export function resolveRedirectUri(
  client: Client,
  sent: string | undefined,
  { baseUrl, required }: { readonly baseUrl: string; readonly required: boolean },
): string | undefined {
  const registered = registeredRedirectUris(client, baseUrl)
  if (sent !== undefined) return matchesRedirectUri(registered, sent) ? sent : undefined
  const [only, ...others] = registered
  if (required || only === undefined || others.length > 0) return undefined
  const plain = only.endsWith('/*') ? only.slice(0, -2) : only
  return plain.includes('*') || parse(plain) === undefined ? undefined : plain
}
