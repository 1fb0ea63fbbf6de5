import { type Fault, isOn, type ProfileValidator, textsOf } from './validator.ts'

const defaultSchemes: readonly string[] = ['http', 'https']
/** Characters that may stand in every part (RFC 3986 section 2), and letters beyond ASCII. */
const plain = "[\\w\\-.!~*'();:@&=+$,/\\u00A1-\\uFFFF]"

/** An absolute URI of an allowed scheme. */
export const uri: ProfileValidator = {
  id: 'uri',
  validate(value, config) {
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(value)?.[1]
    const problem =
      syntaxProblem(value, scheme === undefined ? 0 : scheme.length + 1) ?? (scheme === undefined ? 'URI is not absolute' : undefined)
    if (scheme === undefined || problem !== undefined) return { key: 'error-invalid-uri', values: [value, problem ?? ''] }
    if (!(textsOf(config, 'allowedSchemes') ?? defaultSchemes).includes(scheme))
      return { key: 'error-invalid-uri-scheme', values: [value, scheme] }
    return fragmentFault(value, isOn(config, 'allowFragment') ?? true)
  },
}

function fragmentFault(value: string, allowed: boolean): Fault | undefined {
  const at = value.indexOf('#')
  return allowed || at < 0 ? undefined : { key: 'error-invalid-uri-fragment', values: [value, value.slice(at + 1)] }
}

/** What is wrong behind the scheme, in the reference's words. */
function syntaxProblem(value: string, from: number): string | undefined {
  const at = (index: number, what: string): string => `${what} at index ${index}: ${value.trim()}`
  if (from > 0 && value.length === from) return at(from, 'Expected scheme-specific part')
  if (value.slice(from) === '//') return at(from + 2, 'Expected authority')
  const badEscape = /%(?![0-9A-Fa-f]{2})/.exec(value)
  if (badEscape !== null) return at(badEscape.index, 'Malformed escape pair')
  const wrong = new RegExp(`^.{${from}}(?:${plain}|[%?#[\\]])*`).exec(value)?.[0].length ?? value.length
  return wrong === value.length ? undefined : at(wrong, `Illegal character in ${partAt(value, wrong)}`)
}

function partAt(value: string, index: number): string {
  const before = value.slice(0, index)
  if (before.includes('#')) return 'fragment'
  if (before.includes('?')) return 'query'
  if (!before.includes(':')) return 'path'
  return /:\/\/[^/]*$/.test(before) ? 'authority' : /:\//.test(before) ? 'path' : 'opaque part'
}
