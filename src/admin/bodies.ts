import { AdminError } from '../http/errors.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import type { Field, Patch, Representation, Table } from '../representations/fields.ts'
import { parseField, parsePatch, parseRepresentation, parseRepresentations } from '../representations/parse.ts'
import { RepresentationError } from '../representations/representation-error.ts'
import { adminJson } from './admin-route.ts'

/** Turns what is wrong with a body into the Admin API's answer; `as` replaces it where an endpoint has its own word. */
function read<T>(parse: () => T, as?: AdminError): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof RepresentationError)) throw error
    throw as ?? new AdminError(error.status, error.body)
  }
}

function requireJson(request: HttpRequest): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (request.body.length > 0 && type !== 'application/json')
    throw new AdminError(415, { error: 'The content-type header value did not match the value in @Consumes' })
}

export function readRepresentation<T extends Table>(request: HttpRequest, table: T, as?: AdminError): Representation<T> {
  requireJson(request)
  return read(() => parseRepresentation(table, request.body, { unknown: 'reject' }), as)
}

export function readRepresentations<T extends Table>(request: HttpRequest, table: T): Representation<T>[] {
  requireJson(request)
  return read(() => parseRepresentations(table, request.body, { unknown: 'reject' }))
}

/** A body that is no object: `readField(request, list(text))`. */
export function readField<T>(request: HttpRequest, field: Field<T>): T {
  requireJson(request)
  return read(() => parseField(field, request.body, { unknown: 'reject' }))
}

export function readPatch<T extends Table>(request: HttpRequest, table: T): Patch<T> {
  requireJson(request)
  return read(() => parsePatch(table, request.body))
}

/** 200 with a text that is JSON already. */
export const jsonText = (body: string): HttpResponse => ({ status: 200, headers: adminJson, body })

export const json = (value: unknown): HttpResponse => jsonResponse(200, value, adminJson)

/** As `json`, silent about caches as some resources of the reference are. */
export const silentJson = (value: unknown): HttpResponse => jsonResponse(200, value, { 'content-type': String(adminJson['content-type']) })

export const created = (location: string): HttpResponse => ({ status: 201, headers: { location } })

export const noContent = (): HttpResponse => ({ status: 204 })

/** 204 of those paths where the reference forbids to keep the answer. */
export const noContentUncached = (): HttpResponse => ({ status: 204, headers: { 'cache-control': 'no-cache' } })

/** A whole number of the query; the reference answers 404 for anything else. */
export function integerParameter(query: { get(name: string): string | undefined }, name: string): number | undefined {
  const text = query.get(name)
  if (text === undefined || text === '') return undefined
  if (!/^-?\d{1,9}$/.test(text)) throw new AdminError(404, { error: 'HTTP 404 Not Found' })
  return Number(text)
}

export const flagParameter = (query: { get(name: string): string | undefined }, name: string): boolean | undefined => {
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
export function pageParameters(query: { get(name: string): string | undefined }, maxDefault: number, largest = pageMax): Page {
  const max = integerParameter(query, 'max') ?? maxDefault
  return { first: Math.max(0, integerParameter(query, 'first') ?? 0), max: max < 0 ? largest : Math.min(max, largest) }
}

/** Rows of a list that clients read as a whole, since the reference has no other page for it: roles of a container, groups of a realm. */
export const wholeListMax = 100_000
