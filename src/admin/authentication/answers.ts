import { AdminError } from '../../http/errors.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { json as anyJson, type Field, map } from '../../representations/fields.ts'
import { readField } from '../bodies.ts'
import { requireUnreserved } from '../reserved-characters.ts'

export const viewRoles = ['view-realm', 'manage-realm'] as const
export const manageRoles = ['manage-realm'] as const

const uncached: Readonly<Record<string, string>> = { 'cache-control': 'no-cache' }

/** 204 and 201 of this part of the Admin API forbid caching (reference behaviour). */
export const done = (): HttpResponse => ({ status: 204, headers: uncached })
export const createdAt = (location: string): HttpResponse => ({ status: 201, headers: { ...uncached, location } })

/** The reference fails over what it does not expect here, and changes nothing: clients know it by this answer. */
export const failed = (): AdminError =>
  new AdminError(500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' })

export const conflict = (errorMessage: string): AdminError => new AdminError(409, { errorMessage })
export const duplicateResource = (): AdminError => new AdminError(409, { error: 'conflict', error_description: 'Duplicate resource error' })
export const notFound = (error: string): AdminError => new AdminError(404, { error })
export const badRequest = (error: string): AdminError => new AdminError(400, { error })

/** Longest name: the reference's database holds no more. */
const nameMax = 255

/** Throws for a name with a character that the reference refuses, or one that its database cannot hold. */
export function requireName(name: string): void {
  requireUnreserved(name)
  if (name.length > nameMax) throw failed()
}

/** The body as an object with members of any kind. */
export const readMembers = (request: HttpRequest): Record<string, unknown> => readMap(request, map(anyJson))

export function readMap<T>(request: HttpRequest, field: Field<Record<string, T>>): Record<string, T> {
  return readField(request, field)
}
