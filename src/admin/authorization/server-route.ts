import { findResourceServer, type ResourceServer } from '../../authorization/resource-server.ts'
import type { ServerContext } from '../../authorization/write-resources.ts'
import { apiJson } from '../../http/api-answers.ts'
import { AdminError } from '../../http/errors.ts'
import type { HttpMethod } from '../../http/routes.ts'
import { type HttpResponse, jsonResponse } from '../../http/values.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import type { Sql } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { forbidden } from '../permissions.ts'

/** What the handler of a route below a client's resource server is given. */
export interface ServerAdminContext extends AdminContext {
  readonly server: ResourceServer
}

/** Below /admin/realms/{realm}. */
const base = '/clients/:client/authz/resource-server'

const seesClients = ['view-clients', 'manage-clients', 'query-clients'] as const
const rights = {
  view: ['view-authorization', 'manage-authorization', 'view-clients', 'manage-clients'],
  manage: ['manage-authorization', 'manage-clients'],
} as const

/** A row of the table: the client first, then the rights, then whether it is a resource server at all (reference behaviour). */
export function serverRoute(
  method: HttpMethod,
  path: string,
  summary: string,
  right: keyof typeof rights,
  handle: (context: ServerAdminContext) => Promise<HttpResponse>,
): AdminRoute {
  return {
    method,
    path: `${base}${path}`,
    summary,
    role: [...new Set([...rights.view, ...seesClients])],
    async handle(context) {
      const { services, realm, request, permissions } = context
      const id = request.params['client'] ?? ''
      if ((await clientRows(services.database).findById(realm.id, id)) === undefined) {
        throw permissions.has(...seesClients) ? new AdminError(404, { error: 'Could not find client' }) : forbidden()
      }
      permissions.require(...rights.view)
      const server = await findResourceServer(services.database, realm.id, id)
      if (server === undefined) throw notFound()
      permissions.require(...rights[right])
      return handle({ ...context, server })
    },
  }
}

export const notFound = (): AdminError => new AdminError(404, { error: 'HTTP 404 Not Found' })

/** 404, 400 or 204 without a body, as the reference answers some questions. */
export const emptyAnswer = (status: number): HttpResponse => ({ status, headers: { 'cache-control': 'no-cache' } })

/** 200 that caches are told nothing about. */
export const plainJson = (value: unknown): HttpResponse => jsonResponse(200, value, { 'content-type': 'application/json;charset=UTF-8' })

export const createdJson = (value: unknown): HttpResponse => jsonResponse(201, value, apiJson)

/** Runs a write in one transaction. Nothing of it is in realm snapshots. */
export const write = <R>({ services, realm, server }: ServerAdminContext, work: (context: ServerContext) => Promise<R>): Promise<R> =>
  services.database.transaction((tx: Sql) => work({ tx, realmId: realm.id, server, random: services.random }))

/** Tells the audit log about a change below the resource server; `path` begins with a slash or is empty. */
export function auditServer(
  context: ServerAdminContext,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
  kind: 'RESOURCE_SERVER' | 'RESOURCE' | 'SCOPE' | 'POLICY',
  path: string,
  representation: unknown,
): void {
  audit(context, {
    operation,
    resourceType: `AUTHORIZATION_${kind}`,
    resourcePath: `clients/${context.server.id}/authz/resource-server${path}`,
    representation: JSON.stringify(representation),
  })
}
