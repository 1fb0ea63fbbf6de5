/** One string literal, or one stretch of text of a template literal. */
export interface Literal {
  /** Offset of the first character after the opening quote. */
  readonly start: number
  readonly value: string
}

/** A source text with everything that is not code blanked out, offsets and lines unchanged. */
export interface Scan {
  /** Comments, regular expressions and the insides of strings are spaces; quotes, brackets and line breaks stay. */
  readonly code: string
  readonly literals: readonly Literal[]
}

const wordsBeforeRegex = /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|await|yield)$/
const charactersBeforeRegex = '(,=:[!&|?{};+-*%<>~^'

/** A slash starts a regular expression where an operand is expected, and is a division elsewhere. */
function startsRegex(before: string): boolean {
  const trimmed = before.trimEnd()
  return trimmed === '' || charactersBeforeRegex.includes(trimmed.slice(-1)) || wordsBeforeRegex.test(trimmed)
}

/** Offset of the slash that ends the regular expression which starts at `start`. */
function regexEnd(text: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\') at++
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '\n' || (character === '/' && !inClass)) return at
  }
  return text.length
}

/** Offset of the next unescaped `quote`, or of `${` when the quote is a backtick. */
function stringEnd(text: string, start: number, quote: string): number {
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\') at++
    else if (character === quote) return at
    else if (quote === '`' && character === '$' && text.charAt(at + 1) === '{') return at
  }
  return text.length
}

const blanks = (text: string): string => text.replace(/[^\n]/g, ' ')

/**
 * Separates code from comments and literals. TypeScript's own parser is no library any more (version 7 is a native program), and the
 * rules of this folder need no more than this.
 */
export function scan(text: string): Scan {
  const literals: Literal[] = []
  /** For each open `${`: the depth of braces around it. */
  const templates: number[] = []
  let code = ''
  let depth = 0
  let at = 0

  const keep = (length: number): void => {
    code += text.slice(at, at + length)
    at += length
  }
  const blank = (end: number): void => {
    code += blanks(text.slice(at, end))
    at = Math.min(end, text.length)
  }
  const literal = (quote: string): void => {
    const end = stringEnd(text, at, quote)
    literals.push({ start: at, value: text.slice(at, end) })
    blank(end)
    if (text.charAt(at) === '$') {
      templates.push(depth)
      keep(2)
    } else keep(1)
  }
  const brace = (): void => {
    const opening = text.charAt(at) === '{'
    if (!opening && templates.at(-1) === depth) {
      templates.pop()
      keep(1)
      literal('`')
      return
    }
    depth += opening ? 1 : -1
    keep(1)
  }

  while (at < text.length) {
    const character = text.charAt(at)
    const pair = text.slice(at, at + 2)
    if (pair === '//' || (at === 0 && pair === '#!')) blank(endOf(text, '\n', at))
    else if (pair === '/*') blank(endOf(text, '*/', at + 2) + 2)
    else if (character === '{' || character === '}') brace()
    else if (character === "'" || character === '"' || character === '`') {
      keep(1)
      literal(character)
    } else if (character === '/' && startsRegex(code)) blank(regexEnd(text, at) + 1)
    else keep(1)
  }
  return { code, literals }
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? text.length : found
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Offset of the bracket that closes the one at `open`; the length of the code when there is none. */
export function closingBracket(code: string, open: number): number {
  const expected: string[] = []
  for (let at = open; at < code.length; at++) {
    const character = code.charAt(at)
    const closer = closers[character]
    if (closer !== undefined) expected.push(closer)
    else if (character === expected.at(-1)) {
      expected.pop()
      if (expected.length === 0) return at
    }
  }
  return code.length
}

/** 1-based line of an offset. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The code outside of all brackets: what the module itself declares. Brackets stay, their insides are spaces. */
export function moduleLevel(code: string): string {
  let level = ''
  let at = 0
  while (at < code.length) {
    if (closers[code.charAt(at)] === undefined) {
      level += code.charAt(at)
      at++
    } else {
      const end = closingBracket(code, at)
      level += code.charAt(at) + blanks(code.slice(at + 1, end)) + code.charAt(end)
      at = end + 1
    }
  }
  return level
}
