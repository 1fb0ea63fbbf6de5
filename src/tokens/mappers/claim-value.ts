/** Makes the JSON value of a claim from a text; undefined when the text is no such value. */
export type Convert = (text: string) => unknown

/** The conversion that a mapper's `jsonType.label` asks for; without one, or with an unknown one, texts stay texts. */
export function converterOf(config: Readonly<Record<string, string>>): Convert {
  switch (config['jsonType.label']) {
    case 'int':
      return toInt
    case 'long':
      return toLong
    case 'boolean':
      return toBoolean
    case 'JSON':
      return toJson
    default:
      return toText
  }
}

/** Converts each; what cannot be converted is null in the list (reference behaviour). */
export function convertAll(values: readonly (string | null)[], convert: Convert): readonly unknown[] {
  if (convert === toText) return values
  return values.map((value) => (value === null ? null : (convert(value) ?? null)))
}

const toText: Convert = (text) => text

const toBoolean: Convert = (text) => text.toLowerCase() === 'true'

const integer = /^[+-]?\d+$/

const toInt: Convert = (text) => {
  if (!integer.test(text)) return undefined
  const value = Number(text)
  return value === (value | 0) ? value : undefined
}

const longDigitsMax = 19

const toLong: Convert = (text) => {
  if (!integer.test(text)) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  const [, sign = '', digits = ''] = /^([+-]?)0*(\d+)$/.exec(text) ?? []
  if (digits.length > longDigitsMax) return undefined
  const exact = sign === '-' ? -BigInt(digits) : BigInt(digits)
  return BigInt.asIntN(64, exact) === exact ? JSON.rawJSON(exact.toString()) : undefined
}

/** Objects and lists in one another; the reference reads no deeper either, and printing them takes stack. */
const jsonDepthMax = 1_000

/** Strings, also one that does not end, and brackets. */
const jsonToken = /"(?:[^"\\]|\\.)*(?:"|\\?$)|[[\]{}]/gs

function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (const [token] of text.matchAll(jsonToken)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth > jsonDepthMax) return true
  }
  return false
}

/** The first JSON value of the text; what follows it is ignored (reference behaviour). */
const toJson: Convert = (text) => {
  if (text.length > jsonDepthMax && nestsTooDeep(text)) return undefined
  try {
    return parseExactly(text)
  } catch {
    const first = firstJsonValue(text)
    if (first === undefined) return undefined
    try {
      return parseExactly(first)
    } catch {
      return undefined
    }
  }
}

/** JSON.parse rounds integers above 2^53, and an identifier that is one digit off is somebody else's: those keep their digits. */
const parseExactly = (text: string): unknown => (/\d{16}/.test(text) ? JSON.parse(text, exactIntegers as Reviver) : JSON.parse(text))

type Reviver = (key: string, value: unknown) => unknown

function exactIntegers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context.source ?? ''
  return integer.test(source) ? JSON.rawJSON(source) : value
}

function firstJsonValue(text: string): string | undefined {
  const value = text.trimStart()
  if (!/^[[{"]/.test(value)) return /^\S+(?=\s)/.exec(value)?.[0]
  let depth = 0
  for (const { 0: token, index } of value.matchAll(jsonToken)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth <= 0) return value.slice(0, index + token.length)
  }
  return undefined
}

declare global {
  interface JSON {
    /** A value that JSON.stringify prints as this text. */
    rawJSON(text: string): unknown
  }
}
