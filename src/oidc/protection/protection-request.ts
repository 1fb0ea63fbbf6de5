import { hasTokenRole, type Identity, identityOf } from '../../authorization/identity.ts'
import { findResourceServer, protectionRole, type ResourceServer } from '../../authorization/resource-server.ts'
import type { ServerContext } from '../../authorization/write-resources.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpMethod, Route } from '../../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { Field, Representation, Table } from '../../representations/fields.ts'
import { parseField, parseRepresentation } from '../../representations/parse.ts'
import { RepresentationError } from '../../representations/representation-error.ts'
import type { Sql } from '../../storage/sql.ts'
import { bearerIn, readBearer } from '../../tokens/bearer-subject.ts'
import { realmOf } from '../realm-of.ts'
import type { OidcServices } from '../services.ts'

/** What a handler of the protection API is given. */
export interface ProtectionRequest {
  readonly request: HttpRequest
  readonly services: OidcServices
  readonly realm: RealmSnapshot
  readonly server: ResourceServer
  readonly identity: Identity
}

export const refusal = (status: number, error: string, description: string): AdminError =>
  new AdminError(status, { error, error_description: description })

export const notFound = (): AdminError => new AdminError(404, { error: 'HTTP 404 Not Found' })

/** Tokens with the right to the protection API (a PAT): the client role, or a service account of the resource server itself. */
const isProtector = (identity: Identity, server: ResourceServer): boolean =>
  hasTokenRole(identity, { name: protectionRole, client: server.clientId })

/** Who may call: anybody with a token of the resource server, or only the server itself. */
export type Caller = 'user' | 'server'

/** A row below /realms/{realm}/authz/protection. */
export function protectionRoute(
  method: HttpMethod,
  path: string,
  summary: string,
  caller: Caller,
  handle: (request: ProtectionRequest) => Promise<HttpResponse>,
): Route<OidcServices> {
  return {
    method,
    path: `/realms/:realm/authz/protection${path}`,
    family: 'oauth',
    summary,
    async handle(request, services) {
      const realm = await realmOf(request, services)
      const token = bearerIn(request)
      const subject = token === undefined || !realm.enabled ? undefined : await readBearer(services, realm, request, token)
      if (subject === undefined) throw refusal(403, 'invalid_bearer_token', 'Could not obtain bearer access_token from request.')
      const identity = identityOf(subject.user, subject.client.clientId, subject.claims)
      const server = await findResourceServer(services.database, realm.id, subject.client.id)
      if (server === undefined) {
        const description = `Client application [${subject.client.clientId}] is not registered as a resource server.`
        throw refusal(403, 'invalid_clientId', description)
      }
      if (caller === 'server' && !isProtector(identity, server)) throw refusal(403, 'invalid_scope', 'Requires uma_protection scope.')
      return handle({ request, services, realm, server, identity })
    },
  }
}

/** Runs a write in one transaction. */
export const write = <R>({ services, realm, server }: ProtectionRequest, work: (context: ServerContext) => Promise<R>): Promise<R> =>
  services.database.transaction((tx: Sql) => work({ tx, realmId: realm.id, server, random: services.random }))

const readJson = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RepresentationError)) throw error
    throw new AdminError(error.status, error.body)
  }
}

function requireJson({ headers, body }: HttpRequest): Buffer {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (body.length > 0 && type !== 'application/json')
    throw new AdminError(415, { error: 'The content-type header value did not match the value in @Consumes' })
  return body
}

export const readBody = <T extends Table>({ request }: ProtectionRequest, table: T): Representation<T> =>
  readJson(() => parseRepresentation(table, requireJson(request), { unknown: 'reject' }))

export const readList = <T>({ request }: ProtectionRequest, field: Field<T>): T =>
  readJson(() => parseField(field, requireJson(request), { unknown: 'reject' }))

const jsonUtf8 = { 'content-type': 'application/json;charset=UTF-8' }

export const json = (value: unknown): HttpResponse => jsonResponse(200, value, jsonUtf8)
export const listJson = (value: unknown): HttpResponse => jsonResponse(200, value, { ...jsonUtf8, 'cache-control': 'no-cache' })
export const createdJson = (value: unknown): HttpResponse => jsonResponse(201, value, jsonUtf8)
export const emptyList = (): HttpResponse => ({ status: 204, headers: { 'cache-control': 'no-cache' } })

/** `first` and `max` of a query; the reference answers 404 for what is no number. */
export function pageOf(query: { get(name: string): string | undefined }): { first: number; max: number } {
  const read = (name: string, fallback: number): number => {
    const text = query.get(name)
    if (text === undefined || text === '') return fallback
    if (!/^-?\d{1,9}$/.test(text)) throw notFound()
    return Number(text)
  }
  const max = read('max', pageDefault)
  return { first: Math.max(0, read('first', 0)), max: max < 0 ? pageMax : Math.min(max, pageMax) }
}

/** Rows of a page when the caller does not say how many, as in the reference. */
const pageDefault = 100
/** More rows in one answer are no page any more. */
const pageMax = 10_000

/** Tells the audit log what a resource server did. */
export function auditProtection(
  { services, realm, server, identity, request }: ProtectionRequest,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
  kind: 'RESOURCE' | 'POLICY',
  path: string,
  representation: unknown,
): void {
  services.events.emitAdmin({
    realmId: realm.id,
    realmName: realm.name,
    operation,
    resourceType: `AUTHORIZATION_${kind}`,
    resourcePath: `authz/protection/${path}`,
    representation: JSON.stringify(representation),
    actor: { realmName: realm.name, clientId: server.id, userId: identity.user.id, ipAddress: request.remoteAddress },
  })
}
