import { isUtf8 } from 'node:buffer'
import { type RepresentationError, unreadable } from './representation-error.ts'

/** Limits of a JSON text. The first three are the reference's own: beyond them it answers 400 as well. */
export const representationLimits = {
  /** Objects and lists inside of each other. */
  depthMax: 1_000,
  numberDigitsMax: 1_000,
  memberNameCharsMax: 50_000,
  /** A text must fit into one string of the runtime; whole realms are the largest. */
  bytesMax: 512 * 1024 * 1024,
} as const

/** The first token of a value. Strings, objects and lists are read on by the caller. */
export type Token = 'string' | 'true' | 'false' | 'null' | '{' | '[' | { readonly number: string }

/**
 * A JSON text (RFC 8259, UTF-8) read token by token, since the reference names the line and column at which it stopped and decides in the
 * middle of the text which error it is. Positions count bytes.
 */
export interface JsonReader {
  readonly bytes: Buffer
  readonly allUtf8: boolean
  at: number
  line: number
  lineStart: number
  depth: number
  /** True inside of a member's value: the reference then tells a syntax error in other words. */
  inside: boolean
  /** Names and indexes on the way to the current value, for messages. */
  readonly path: (string | number)[]
}

/** Where a text stands in a larger one, for messages. */
export interface Origin {
  readonly line: number
  /** From 1, in bytes. */
  readonly column: number
  readonly path: readonly (string | number)[]
}

export function openJson(input: Buffer | string, { line, column, path }: Origin = { line: 1, column: 1, path: [] }): JsonReader {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const reader = { bytes, allUtf8: isUtf8(bytes), at: start, line, lineStart: 1 - column, depth: 0, inside: false, path: [...path] }
  if (bytes.length > representationLimits.bytesMax) throw failure(reader, 'nested', 'the text is too long')
  return reader
}

/** `protocolMappers[0].config`. */
export function pathText(path: readonly (string | number)[]): string {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`
  return text
}

export function placeOf(reader: JsonReader) {
  return { line: reader.line, column: reader.at - reader.lineStart + 1, path: pathText(reader.path) }
}

export function failure(reader: JsonReader, kind: 'mismatch' | 'nested' | 'empty', reason: string): RepresentationError {
  return unreadable(kind, reason, placeOf(reader))
}

export function syntaxFailure(reader: JsonReader, reason: string): RepresentationError {
  return unreadable(reader.inside ? 'nested' : 'syntax', reason, placeOf(reader))
}

/** Skips white space; undefined at the end of the text. */
export function nextByte(reader: JsonReader): number | undefined {
  const { bytes } = reader
  for (;;) {
    const byte = bytes[reader.at]
    if (byte === 0x20 || byte === 0x09) reader.at++
    else if (byte === 0x0a || byte === 0x0d) {
      reader.at += byte === 0x0d && bytes[reader.at + 1] === 0x0a ? 2 : 1
      reader.line++
      reader.lineStart = reader.at
    } else return byte
  }
}

const literals = { 116: 'true', 102: 'false', 110: 'null' } as const

/** Reads the first token of a value and stands behind it: behind the opening quote or bracket. */
export function readToken(reader: JsonReader): Token {
  const byte = nextByte(reader)
  if (byte === 0x22) {
    reader.at++
    return 'string'
  }
  if (byte === 0x7b || byte === 0x5b) {
    reader.at++
    reader.depth++
    if (reader.depth > representationLimits.depthMax) throw failure(reader, 'nested', 'nested too deep')
    return byte === 0x7b ? '{' : '['
  }
  if (byte === 0x74 || byte === 0x66 || byte === 0x6e) return readLiteral(reader, literals[byte])
  if (byte === 0x2d || isDigit(byte)) return { number: readNumber(reader) }
  throw syntaxFailure(reader, byte === undefined ? 'the text ends too early' : 'a value is expected')
}

function readLiteral(reader: JsonReader, word: 'true' | 'false' | 'null'): Token {
  const end = reader.at + word.length
  if (reader.bytes.toString('latin1', reader.at, end) !== word || isWordByte(reader.bytes[end]))
    throw syntaxFailure(reader, 'a value is expected')
  reader.at = end
  return word
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte === 0x24 || byte >= 0x80
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function skipDigits(reader: JsonReader): number {
  const start = reader.at
  while (isDigit(reader.bytes[reader.at])) reader.at++
  if (reader.at === start) throw syntaxFailure(reader, 'a digit is expected')
  return reader.at - start
}

function readNumber(reader: JsonReader): string {
  const { bytes, at: start } = reader
  if (bytes[reader.at] === 0x2d) reader.at++
  const leadingZero = bytes[reader.at] === 0x30
  let digits = skipDigits(reader)
  if (leadingZero && digits > 1) throw syntaxFailure(reader, 'a number starts with 0')
  if (bytes[reader.at] === 0x2e) {
    reader.at++
    digits += skipDigits(reader)
  }
  if (bytes[reader.at] === 0x65 || bytes[reader.at] === 0x45) {
    reader.at++
    if (bytes[reader.at] === 0x2b || bytes[reader.at] === 0x2d) reader.at++
    digits += skipDigits(reader)
  }
  if (digits > representationLimits.numberDigitsMax) throw failure(reader, 'nested', 'a number is too long')
  if (reader.depth === 0 && reader.at < bytes.length && (bytes[reader.at] ?? 0) > 0x20) throw syntaxFailure(reader, 'not a number')
  return bytes.toString('latin1', start, reader.at)
}

/** Reads on behind an opening quote to the closing one. */
export function readString(reader: JsonReader): string {
  const { bytes, at: start } = reader
  let escaped = false
  for (;;) {
    const byte = bytes[reader.at]
    if (byte === undefined) throw syntaxFailure(reader, 'the text ends within a string')
    if (byte === 0x22) break
    if (byte < 0x20) throw syntaxFailure(reader, 'a control character in a string')
    if (byte === 0x5c) {
      escaped = true
      if (reader.at + 1 < bytes.length) reader.at++
    }
    reader.at++
  }
  const end = reader.at
  reader.at++
  if (!reader.allUtf8 && !isUtf8(bytes.subarray(start, end))) throw syntaxFailure(reader, 'not UTF-8')
  if (!escaped) return bytes.toString('utf8', start, end)
  try {
    return JSON.parse(bytes.toString('utf8', start - 1, end + 1))
  } catch {
    throw syntaxFailure(reader, 'an unknown escape in a string')
  }
}

/** The next member's name with its colon read; undefined at the closing brace. `first` tells whether a comma must come before. */
export function readName(reader: JsonReader, first: boolean): string | undefined {
  let byte = nextByte(reader)
  if (byte === 0x7d) {
    reader.at++
    reader.depth--
    return undefined
  }
  if (!first) {
    if (byte !== 0x2c) throw syntaxFailure(reader, 'a comma is expected')
    reader.at++
    byte = nextByte(reader)
  }
  if (byte !== 0x22) throw syntaxFailure(reader, 'a member name is expected')
  reader.at++
  const name = readString(reader)
  if (name.length > representationLimits.memberNameCharsMax) throw failure(reader, 'nested', 'a member name is too long')
  if (!name.isWellFormed()) throw syntaxFailure(reader, 'half a surrogate pair in a member name')
  if (nextByte(reader) !== 0x3a) throw syntaxFailure(reader, 'a colon is expected')
  reader.at++
  return name
}

/** The first token of the next item of a list; undefined at the closing bracket. */
export function readItem(reader: JsonReader, first: boolean): Token | undefined {
  const byte = nextByte(reader)
  if (byte === 0x5d) {
    reader.at++
    reader.depth--
    return undefined
  }
  if (!first) {
    if (byte !== 0x2c) throw syntaxFailure(reader, 'a comma is expected')
    reader.at++
  }
  return readToken(reader)
}

/** Integers beyond 2^53 are kept to the digit for printing: `JSON.rawJSON` values print as they stand. Typed here until the compiler's library knows it. */
export const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** Any value, as it is. */
export function readAnything(reader: JsonReader, token: Token): unknown {
  if (token === 'string') return readString(reader)
  if (token === 'true') return true
  if (token === 'false') return false
  if (token === 'null') return null
  if (token === '[') {
    const items: unknown[] = []
    for (let item = readItem(reader, true); item !== undefined; item = readItem(reader, false)) items.push(readAnything(reader, item))
    return items
  }
  if (token === '{') {
    const members: Record<string, unknown> = {}
    let name = readName(reader, true)
    for (; name !== undefined; name = readName(reader, false)) setMember(members, name, readAnything(reader, readToken(reader)))
    return members
  }
  const number = Number(token.number)
  if (Number.isSafeInteger(number) || (Number.isFinite(number) && /[.eE]/.test(token.number))) return number
  return rawJson(token.number)
}

/** `__proto__` is a name like any other. */
export function setMember(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(members, name, { value, enumerable: true, writable: true, configurable: true })
  else members[name] = value
}
