import type { EventType } from '../events/types.ts'
import { AdminError } from '../http/errors.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { httpsMissing } from '../realm/https-required.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Representation, Table } from '../representations/fields.ts'
import { readRepresentation } from '../representations/request-body.ts'
import type { RegistrationServices } from './services.ts'

/** The forms in which clients are described: OpenID Connect's metadata, the server's own JSON, an adapter's file. */
export type RegistrationForm = 'openid-connect' | 'default' | 'install'

export interface RegistrationRequest {
  readonly request: HttpRequest
  readonly services: RegistrationServices
  readonly realm: RealmSnapshot
  readonly form: RegistrationForm
  /** What the audit event says of the client; known late for a new one. */
  readonly event: { clientId: string | undefined }
}

/** A request that is refused, and the audit event that tells of it. */
export class RegistrationRefused extends AdminError {
  readonly event: string
  readonly details: Readonly<Record<string, string>>
  constructor(status: number, error: string, description: string, event: string, details: Readonly<Record<string, string>> = {}) {
    super(status, { error, error_description: description })
    this.name = 'RegistrationRefused'
    this.event = event
    this.details = details
  }
}

export const unauthorized = (description: string): RegistrationRefused =>
  new RegistrationRefused(401, 'invalid_token', description, 'invalid_token', { reason: description })

export const forbidden = (description = 'Forbidden', details: Readonly<Record<string, string>> = {}): RegistrationRefused =>
  new RegistrationRefused(403, 'insufficient_scope', description, 'not_allowed', details)

export const clientNotFound = (): RegistrationRefused =>
  new RegistrationRefused(404, 'invalid_request', 'Client not found', 'client_not_found')

/** A client that cannot be as it is described. Nothing happened, so that no event tells of it (reference behaviour). */
export const badMetadata = (description: string, error = 'invalid_client_metadata'): AdminError =>
  new AdminError(400, { error, error_description: description })

/** The description in the body. Throws AdminError; nothing, over which the reference fails, is a description that is no good. */
export function readDescription<T extends Table>(request: HttpRequest, table: T): Representation<T> {
  if (['', 'null'].includes(request.body.toString('latin1').trim())) throw badMetadata('Client metadata invalid')
  return readRepresentation(request, table)
}

/** Metadata of clients is a few kilobytes; key sets are the largest part. */
const bodyBytesMax = 256 * 1024

interface RegistrationRow {
  readonly method: HttpMethod
  /** Below the form's path, '' for new clients. */
  readonly path: '' | '/:client'
  readonly summary: string
  readonly event: EventType
  handle(context: RegistrationRequest): Promise<HttpResponse>
}

/** Methods that a browser is told for the form whose clients may be scripts of other origins. */
const preflight = 'DELETE, POST, GET, OPTIONS, PUT'

export const basePath = '/realms/:realm/clients-registrations'

export function registrationRoute(form: RegistrationForm, row: RegistrationRow): Route<RegistrationServices> {
  return {
    method: row.method,
    path: `${basePath}/${form}${row.path}`,
    family: 'admin',
    summary: row.summary,
    ...(form === 'openid-connect' ? { preflight } : {}),
    bodyBytesMax,
    handle: (request, services) => answer(form, row, request, services),
  }
}

type Handler = RegistrationRow['handle']

/** The rows of a form in which clients are registered and managed. */
export const formRoutes = (
  form: Exclude<RegistrationForm, 'install'>,
  { create, read, change, remove }: Readonly<Record<'create' | 'read' | 'change' | 'remove', Handler>>,
): readonly Route<RegistrationServices>[] => [
  registrationRoute(form, { method: 'POST', path: '', summary: 'Register a client', event: 'CLIENT_REGISTER', handle: create }),
  registrationRoute(form, { method: 'GET', path: '/:client', summary: 'A registered client', event: 'CLIENT_INFO', handle: read }),
  registrationRoute(form, {
    method: 'PUT',
    path: '/:client',
    summary: 'Change a registered client',
    event: 'CLIENT_UPDATE',
    handle: change,
  }),
  registrationRoute(form, {
    method: 'DELETE',
    path: '/:client',
    summary: 'Remove a registered client',
    event: 'CLIENT_DELETE',
    handle: remove,
  }),
]

async function answer(
  form: RegistrationForm,
  { event: type, handle }: RegistrationRow,
  request: HttpRequest,
  services: RegistrationServices,
): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const context: RegistrationRequest = { request, services, realm, form, event: { clientId: undefined } }
  const about = { realmId: realm.id, realmName: realm.name, ipAddress: request.remoteAddress }
  try {
    const response = await handle(context)
    services.events.emit({ type, ...about, clientId: context.event.clientId, details: {} })
    return response
  } catch (error) {
    if (error instanceof RegistrationRefused)
      services.events.emit({
        type: `${type}_ERROR`,
        ...about,
        clientId: context.event.clientId,
        error: error.event,
        details: error.details,
      })
    throw error
  }
}

/** The realm in the path, when it may be spoken to over this connection. Throws AdminError. */
export async function realmOf(request: HttpRequest, { realms }: Pick<RegistrationServices, 'realms'>): Promise<RealmSnapshot> {
  const realm = await realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new AdminError(404, { error: 'Realm does not exist' })
  if (httpsMissing(realm, request)) throw new AdminError(403, { error: 'invalid_request', error_description: 'HTTPS required' })
  return realm
}
