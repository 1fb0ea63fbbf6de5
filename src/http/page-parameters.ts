import { AdminError } from './errors.ts'

interface Query {
  get(name: string): string | undefined
}

/** What 32 bits hold, as the reference reads numbers. */
const integerMax = 2 ** 31 - 1

/** A whole number of the query; the reference answers 404 for anything else. */
export function integerParameter(query: Query, name: string): number | undefined {
  const text = query.get(name)
  if (text === undefined || text === '') return undefined
  const value = /^[+-]?\d{1,20}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= -integerMax - 1 && value <= integerMax)) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  return value
}

export const flagParameter = (query: Query, name: string): boolean | undefined => {
  const text = query.get(name)
  return text === undefined ? undefined : text.toLowerCase() === 'true'
}

/** A page of a list: `first` rows are skipped, at most `max` are given. */
export interface Page {
  readonly first: number
  readonly max: number
}

/** More rows in one answer are no page any more. */
const pageMax = 10_000

/** `first` and `max` of the query. A negative `max` asks for everything, and gets the largest page; a negative `first` is 0 (reference behaviour). */
export function pageParameters(query: Query, maxDefault: number, largest = pageMax): Page {
  const max = integerParameter(query, 'max') ?? maxDefault
  return { first: Math.max(0, integerParameter(query, 'first') ?? 0), max: max < 0 ? largest : Math.min(max, largest) }
}
