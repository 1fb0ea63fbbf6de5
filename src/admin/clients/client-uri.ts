/** What the reference's URI parser makes of a text. */
export interface ParsedUri {
  readonly scheme: string | undefined
  readonly fragment: string | undefined
  /** Whether an address that something can be read from: absolute, and of a scheme that the reference's platform knows. */
  readonly isUrl: boolean
}

const urlSchemes: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'file', 'mailto'])

/** White space, control characters, and what no part of a URI may hold unescaped. */
const illegal = /[\s\p{Cc}"<>\\^`{|}]|%(?![\da-f]{2})/iu

/** Parses as strictly as the reference does (RFC 2396 with IPv6 hosts, other scripts allowed); undefined for what is no URI. */
export function parseUri(text: string): ParsedUri | undefined {
  const [whole = '', fragment, ...more] = text.split('#')
  if (more.length > 0 || illegal.test(text)) return undefined
  const colon = whole.search(/[:/?]/)
  if (colon < 0 || whole[colon] !== ':') return hostFits(whole) ? { scheme: undefined, fragment, isUrl: false } : undefined
  const scheme = whole.slice(0, colon)
  const rest = whole.slice(colon + 1)
  if (!/^[a-z][a-z\d+.-]*$/i.test(scheme) || rest === '' || rest === '//' || !hostFits(rest)) return undefined
  return { scheme, fragment, isUrl: urlSchemes.has(scheme.toLowerCase()) }
}

/** Brackets stand around the address of an IPv6 host and, in queries, anywhere. */
function hostFits(rest: string): boolean {
  const path = rest.split('?', 1)[0] ?? ''
  return !/[[\]]/.test(path.replace(/^(\/\/(?:[^/@[\]]*@)?)\[[\da-f:.]+\]/i, '$1'))
}
