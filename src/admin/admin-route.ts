import type { AdminAuditEvent } from '../events/events.ts'
import { AdminError } from '../http/errors.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { authenticateCaller, type Caller } from './caller.ts'
import { forbidden, type Permissions, permissionsOver } from './permissions.ts'
import type { AdminServices } from './services.ts'

/** What the handler of a route below /admin/realms/{realm} is given. */
export interface AdminContext {
  readonly request: HttpRequest
  readonly services: AdminServices
  readonly caller: Caller
  /** The realm in the path. */
  readonly realm: RealmSnapshot
  readonly permissions: Permissions
}

/** One row of the Admin API's table. */
export interface AdminRoute {
  readonly method: HttpMethod
  /** Below /admin/realms/:realm, '' for the realm itself. */
  readonly path: string
  readonly summary: string
  /** One of these roles is needed; 'any': any admin role of the realm. */
  readonly role: readonly string[] | 'any'
  readonly bodyBytesMax?: number
  handle(context: AdminContext): Promise<HttpResponse>
}

/** Answers of the Admin API say their charset. */
export const adminJson: Readonly<Record<string, string>> = { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-cache' }

/** Methods that the reference tells a browser for every path of the Admin API. */
export const adminPreflight = 'DELETE, POST, GET, PUT'

export function toRoute(row: AdminRoute): Route<AdminServices> {
  const { method, path, summary, role, bodyBytesMax } = row
  return {
    method,
    path: `/admin/realms/:realm${path}`,
    family: 'admin',
    summary,
    preflight: adminPreflight,
    ...(role === 'any' ? {} : { role }),
    ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
    async handle(request, services) {
      const context = await adminContext(request, services)
      if (role === 'any' ? !context.permissions.isAdmin : !context.permissions.has(...role)) throw forbidden()
      return row.handle(context)
    },
  }
}

/** Who calls, for which realm, with which rights. In the reference's order: 401, then 404, then 403. */
export async function adminContext(request: HttpRequest, services: AdminServices): Promise<AdminContext> {
  const caller = await authenticateCaller(request, services)
  const realm = await services.realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new AdminError(404, { error: 'Realm not found.' })
  return { request, services, caller, realm, permissions: await permissionsOver(services.database, caller, realm) }
}

/** Reports a change to the audit log. */
export function audit(
  { services, caller, realm }: Pick<AdminContext, 'services' | 'caller' | 'realm'>,
  change: Pick<AdminAuditEvent, 'operation' | 'resourceType' | 'resourcePath' | 'representation'>,
): void {
  services.events.emitAdmin({
    realmId: realm.id,
    realmName: realm.name,
    ...change,
    actor: { realmName: caller.realm.name, clientId: caller.client.id, userId: caller.userId, ipAddress: caller.ipAddress },
  })
}
