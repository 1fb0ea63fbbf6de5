import type { Field } from './fields.ts'
import { failure, type JsonReader, readString, type Token } from './json-reader.ts'

const integerMin = -(2n ** 31n)
const integerMax = 2n ** 31n - 1n
const longMin = -(2n ** 63n)
const longMax = 2n ** 63n - 1n

/**
 * A string, boolean, number or choice as the reference reads it, which turns some types into others. Undefined stands for null.
 * Throws `mismatch` for what it does not turn, `nested` for numbers out of range.
 */
export function readScalar(reader: JsonReader, field: Field<unknown>, token: Token): unknown {
  const text = token === 'string' ? readString(reader) : undefined
  const value = scalar(reader, field, token, text)
  if (value === undefined && field.primitive === true) return field.kind === 'boolean' ? false : 0
  return value
}

function scalar(reader: JsonReader, field: Field<unknown>, token: Token, text: string | undefined): unknown {
  if (token === 'null') return undefined
  if (token === '{' || token === '[') throw failure(reader, 'mismatch', `${field.kind} is expected`)
  switch (field.kind) {
    case 'text':
      return text ?? (typeof token === 'object' ? token.number : token)
    case 'boolean':
      return toBoolean(reader, token, text)
    case 'choice':
      return toChoice(reader, field.words ?? [], token, text)
    default:
      return toNumber(reader, field.kind === 'long', token, text)
  }
}

/** The reference's idea of white space at the ends: everything up to the space. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}

function toBoolean(reader: JsonReader, token: Token, text: string | undefined): boolean | undefined {
  if (text !== undefined) {
    const word = trimmed(text)
    if (word === '' || word === 'null') return undefined
    if (word === 'true' || word === 'True' || word === 'TRUE') return true
    if (word === 'false' || word === 'False' || word === 'FALSE') return false
  } else if (token === 'true' || token === 'false') return token === 'true'
  else if (typeof token === 'object' && !/[.eE]/.test(token.number)) return BigInt(token.number) !== 0n
  throw failure(reader, 'mismatch', 'true or false is expected')
}

function toNumber(reader: JsonReader, long: boolean, token: Token, text: string | undefined): number | undefined {
  const [min, max] = long ? [longMin, longMax] : [integerMin, integerMax]
  if (text !== undefined) {
    const word = trimmed(text)
    if (word === '' || word === 'null') return undefined
    if (/^[+-]?\d+$/.test(word)) {
      const number = BigInt(word.replace(/^\+/, ''))
      if (number >= min && number <= max) return Number(number)
    }
    throw failure(reader, 'mismatch', 'a whole number is expected')
  }
  if (typeof token !== 'object') throw failure(reader, 'mismatch', 'a number is expected')
  if (/[.eE]/.test(token.number)) {
    const number = Number(token.number)
    // The bounds are compared as floating point numbers, so that 2^63 itself passes and is cut to the largest value.
    if (number < Number(min) || number > Number(max)) throw failure(reader, 'nested', 'a number is out of range')
    return Math.trunc(number) + 0
  }
  const number = BigInt(token.number)
  if (number < min || number > max) throw failure(reader, 'nested', 'a number is out of range')
  return Number(number)
}

/** A word, or the number of its place, itself perhaps in a string. */
function toChoice(reader: JsonReader, words: readonly string[], token: Token, text: string | undefined): string {
  let index: string | undefined
  if (text !== undefined) {
    const word = words.find((candidate) => candidate === trimmed(text))
    if (word !== undefined) return word
    if (/^(0|[1-9]\d*)$/.test(trimmed(text))) index = trimmed(text)
  } else if (typeof token === 'object' && !/[.eE]/.test(token.number)) {
    index = token.number
    if (BigInt(index) < integerMin || BigInt(index) > integerMax) throw failure(reader, 'nested', 'a number is out of range')
  }
  const word = index === undefined ? undefined : words[Number(index)]
  if (word === undefined) throw failure(reader, 'mismatch', `one of ${words.join(', ')} is expected`)
  return word
}

/** A value of a free attribute as text; undefined for null. Objects and lists are an empty text. */
export function toText(value: unknown, token: Token): string | undefined {
  if (value === null) return undefined
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  if (typeof token !== 'object') return ''
  return /[.eE]/.test(token.number) ? floatText(Number(token.number)) : BigInt(token.number).toString()
}

/** A floating point number as the reference writes it: `1.5`, `100000.0`, `1.0E7`, `1.0E-5`. */
function floatText(number: number): string {
  if (!Number.isFinite(number)) return String(number)
  if (number === 0) return Object.is(number, -0) ? '-0.0' : '0.0'
  const size = Math.abs(number)
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(number) ? `${number}.0` : String(number)
  const [digits = '', exponent = ''] = number.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}
