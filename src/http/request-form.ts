import { pathFault } from './path-form.ts'

/** Path and query of a request whose form nobody can read in two ways. */
export interface RequestTarget {
  /** Percent-encoded as it came, without the query. */
  readonly path: string
  /** Without `?`; empty when there is none. */
  readonly queryText: string
}

/** What is ambiguous about a request, in words for its sender. */
export interface FormFault {
  readonly fault: string
}

/** Headers that say one thing: a second line, which one reader takes and another does not, is an attack or a mistake. */
const singleHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'content-type',
  'expect',
  'host',
  'proxy-authorization',
  'transfer-encoding',
  'upgrade',
])
/** Headers that say where a request ends and whose it is: no hop may be told to leave them out. */
const framingHeaders: ReadonlySet<string> = new Set(['content-length', 'host', 'transfer-encoding'])

/**
 * What is wrong with the lines of a head, for a proxy whose upstream could read them in another way (RFC 9112 sections 5, 6.3 and 11.2).
 *
 * @param rawHeaders names and values in turn, as they came
 * @param version `1.0` or `1.1`
 */
export function headFault(rawHeaders: readonly string[], version: string): string | undefined {
  let seen: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    if (controls.test(value)) return `header ${name} holds a control character`
    if (name === 'connection' && value.split(',').some((word) => framingHeaders.has(word.trim().toLowerCase())))
      return 'header connection names a header that frames the request'
    if (!singleHeaders.has(name)) continue
    if (seen?.includes(` ${name} `)) return `header ${name} is there twice`
    seen = `${seen ?? ' '}${name} `
    if (name === 'transfer-encoding' && (version !== '1.1' || value.trim().toLowerCase() !== 'chunked'))
      return 'transfer-encoding is not understood'
    if (name === 'content-length' && !/^\d+$/.test(value)) return 'content-length is no number'
    if (name === 'host' && !hostForm.test(value)) return 'header host is no host name'
  }
  if (version === '1.1' && seen?.includes(' host ') !== true) return 'header host is missing'
  return seen?.includes(' content-length ') && seen.includes(' transfer-encoding ')
    ? 'both content-length and transfer-encoding'
    : undefined
}

/** A name, an IPv4 or a bracketed IPv6 address, perhaps a port (RFC 3986 section 3.2). */
const hostForm = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** A fold (CR LF and a space) in the middle of a value among them; a tab is white space. */
const controls = /[^\t\x20-\x7e\x80-\xff]/

/** `http://host/path`, the form for proxies (RFC 9112 section 3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#]*)(\/[^#]*|\?[^#]*)?$/i

/**
 * Takes the target of a request line apart. Refused is what servers read differently: encoded slashes, backslashes, dots and percent
 * signs, dot segments, empty segments, path parameters, bytes that are no UTF-8, another host in the target than in the Host header.
 */
export function readTarget(url: string, host: string | undefined): RequestTarget | FormFault {
  const target = url.startsWith('/') ? url : originForm(url, host)
  if (target === undefined) return { fault: 'the request target is no path, or names another host than the header host' }
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const queryText = mark < 0 ? '' : target.slice(mark + 1)
  if (!/^[!-~]*$/.test(target) || target.includes('#')) return { fault: 'a character that belongs percent-encoded' }
  const fault = ambiguousPath(path)
  return fault === undefined ? { path, queryText } : { fault }
}

function originForm(url: string, host: string | undefined): string | undefined {
  const [, authority, rest = '/'] = absoluteForm.exec(url) ?? []
  if (authority === undefined || authority.toLowerCase() !== host?.toLowerCase()) return undefined
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The plainest paths are known by their first look, and most are plain. */
const plainPath = /^(?:\/[\w~-][\w.~-]*)+\/?$/
/** Slash, backslash, dot, semicolon, percent sign and control characters, each percent-encoded. */
const ambiguousEscape = /%(?:[01][\da-f]|7f|2f|5c|2e|3b|25)/i

/** What is ambiguous about a path without its query; undefined for nothing. */
export function ambiguousPath(path: string): string | undefined {
  if (plainPath.test(path)) return undefined
  if (path.includes('\\')) return 'a backslash in the path'
  if (ambiguousEscape.test(path)) return 'an encoded slash, backslash, dot, semicolon, percent sign or control character in the path'
  const fault = pathFault(path)
  if (fault !== undefined) return fault.error_description.toLowerCase()
  try {
    decodeURIComponent(path)
    return undefined
  } catch {
    return 'the path is no percent-encoded UTF-8'
  }
}
