import { Script } from 'node:vm'

/**
 * Regular expressions of realms. They are written for the reference server's language (java.util.regex): what both languages have is
 * read, with the spellings that differ translated. `more` are flags beside those that the pattern begins with (`i`, `m`, `s`). Undefined
 * for a pattern that cannot be read.
 */
export function readPattern(source: string, more = ''): RegExp | undefined {
  const flags = /^\(\?([ims]+)\)/.exec(source)
  const body = translate(flags === null ? source : source.slice(flags[0].length))
  for (const mode of modesFor(body)) {
    try {
      return new RegExp(`^(?:${body})$`, mode + [...new Set((flags?.[1] ?? '') + more)].join(''))
    } catch {
      // The next mode is more lenient.
    }
  }
  return undefined
}

/** From the strictest on. An intersection of classes is known to the first alone, a property to the second: others would read letters. */
function modesFor(body: string): readonly string[] {
  if (body.includes('&&')) return ['v']
  return /\\[pP]\{/.test(body) ? ['v', 'u'] : ['v', 'u', '']
}

/** True when the whole text fits; false for a pattern that cannot be read, and for one that takes too long. */
export const matchesWhole = (source: string, text: string): boolean => matchesInTime(source, text) ?? false

/**
 * The same, but undefined for a pattern that takes too long: patterns are written by the administrators of a realm, and all realms share
 * one thread.
 */
export const matchesInTime = (source: string, text: string): boolean | undefined => anyMatchesInTime(source, [text])

/** Whether one of the texts fits as a whole, all of them looked at in that time. `flags` as of `readPattern`. */
export function anyMatchesInTime(source: string, texts: readonly string[], flags = ''): boolean | undefined {
  const pattern = readPattern(source, flags)
  if (pattern === undefined) return false
  if (isQuick(source, texts)) return texts.some((text) => pattern.test(text))
  try {
    return matching.runInNewContext({ pattern, texts }, { timeout: patternTimeMaxMs }) === true
  } catch {
    return undefined
  }
}

const patternTimeMaxMs = 100
const matching = new Script('texts.some((text) => pattern.test(text))')

/** Characters of all texts together that a pattern may go over again. */
const quickLengthMax = 2_048

/** Without groups, and with few repetitions, there is little to go back over in a short text. */
const isQuick = (source: string, texts: readonly string[]): boolean =>
  !source.includes('(') &&
  (source.match(/[*+{]/g) ?? []).length <= 2 &&
  texts.reduce((sum, { length }) => sum + length, 0) <= quickLengthMax

const posixClasses: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9a-fA-F',
  Space: ' \\t\\n\\x0B\\f\\r',
}

/** Quotations (\Q…\E), ends of the input (\A, \z, \Z), POSIX classes, and property names with an `Is` before them. */
function translate(source: string): string {
  const unquoted = source.replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_all, text: string) => text.replace(/[$()*+./?[\\\]^{|}-]/g, '\\$&'))
  let inClass = false
  return unquoted.replace(/\\p\{(\w+)\}|\\P\{Is(\w+)\}|\\[\s\S]|[[\]]/g, (token: string, name?: string, negated?: string) => {
    if (token === '[') inClass = true
    else if (token === ']') inClass = false
    else if (token === '\\A') return '^'
    else if (token === '\\z' || token === '\\Z') return '$'
    else if (/^\\[^\w\s$()*+./?[\\\]^{|}-]$/.test(token) || (token === '\\-' && !inClass)) return token.slice(1)
    else if (negated !== undefined) return `\\P{${property(negated)}}`
    else if (name !== undefined) {
      const range = posixClasses[name]
      if (range !== undefined) return inClass ? range : `[${range}]`
      return `\\p{${property(name)}}`
    }
    return token
  })
}

const scripts = /^(?:Latin|Cyrillic|Greek|Hebrew|Arabic|Armenian|Georgian|Han|Hiragana|Katakana|Hangul|Thai|Common)$/

function property(name: string): string {
  const plain = name.replace(/^Is/, '')
  return scripts.test(plain) ? `Script=${plain}` : plain
}
