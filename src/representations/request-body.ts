import { AdminError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Field, Patch, Representation, Table } from './fields.ts'
import { parseField, parsePatch, parseRepresentation, parseRepresentations } from './parse.ts'
import { RepresentationError } from './representation-error.ts'

/** Turns what is wrong with a body into the answer of the REST APIs; `as` replaces it where an endpoint has its own word. */
function read<T>(parse: () => T, as?: AdminError): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof RepresentationError)) throw error
    throw as ?? new AdminError(error.status, error.body)
  }
}

/** Types that stand for JSON where it is asked for. */
const jsonTypes: ReadonlySet<string | undefined> = new Set(['application/json', 'application/*', '*/*'])

/** Throws 415 for a body that says to be something else. One that says nothing is taken for JSON (reference behaviour). */
export function requireJson({ headers, body }: HttpRequest): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (body.length > 0 && type !== undefined && !jsonTypes.has(type)) throw wrongMediaType()
}

export const wrongMediaType = (): AdminError =>
  new AdminError(415, { error: 'The content-type header value did not match the value in @Consumes' })

/** No body, or JSON that says there is none. */
export const isNothing = ({ body }: HttpRequest): boolean =>
  body.length === 0 || (body.length < nullTextMax && body.toString().trim() === 'null')

/** Characters of `null` with white space around it: longer bodies are not looked at. */
const nullTextMax = 64

export function readRepresentation<T extends Table>(request: HttpRequest, table: T, as?: AdminError): Representation<T> {
  requireJson(request)
  return read(() => parseRepresentation(table, request.body, { unknown: 'reject' }), as)
}

export function readRepresentations<T extends Table>(request: HttpRequest, table: T, as?: AdminError): Representation<T>[] {
  requireJson(request)
  return read(() => parseRepresentations(table, request.body, { unknown: 'reject' }), as)
}

/** A body that is no object: `readField(request, list(text))`. */
export function readField<T>(request: HttpRequest, field: Field<T>, as?: AdminError): T {
  requireJson(request)
  return read(() => parseField(field, request.body, { unknown: 'reject' }), as)
}

export function readPatch<T extends Table>(request: HttpRequest, table: T): Patch<T> {
  requireJson(request)
  return read(() => parsePatch(table, request.body))
}
