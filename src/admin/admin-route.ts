import type { AdminAuditEvent } from '../events/events.ts'
import { AdminError } from '../http/errors.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { authenticateCaller, type Caller } from './caller.ts'
import { forbidden, type Permissions, permissionsOver } from './permissions.ts'
import type { AdminServices } from './services.ts'

/** What the handler of a route below /admin/realms/{realm} is given. A surface that stands on this one has more services. */
export interface AdminContext<S extends AdminServices = AdminServices> {
  readonly request: HttpRequest
  readonly services: S
  readonly caller: Caller
  /** The realm in the path. */
  readonly realm: RealmSnapshot
  readonly permissions: Permissions
}

/** One row of the Admin API's table. */
export interface AdminRoute<S extends AdminServices = AdminServices> {
  readonly method: HttpMethod
  /** Below /admin/realms/:realm, '' for the realm itself. */
  readonly path: string
  readonly summary: string
  /** One of these roles is needed; 'any': any admin role of the realm; 'caller': none, and the answer holds only what the caller may see. */
  readonly role: readonly string[] | 'any' | 'caller'
  readonly bodyBytesMax?: number
  handle(context: AdminContext<S>): Promise<HttpResponse>
}

/** Methods that the reference tells a browser for every path of the Admin API. */
export const adminPreflight = 'DELETE, POST, GET, PUT'

export function toRoute<S extends AdminServices = AdminServices>(row: AdminRoute<S>): Route<S> {
  const { method, path, summary, role, bodyBytesMax } = row
  const isAllowed = (permissions: Permissions): boolean => {
    if (typeof role === 'string') return role === 'caller' || permissions.isAdmin
    return permissions.has(...role)
  }
  return {
    method,
    path: `/admin/realms/:realm${path}`,
    family: 'admin',
    summary,
    preflight: adminPreflight,
    ...(typeof role === 'string' ? {} : { role }),
    ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
    async handle(request, services) {
      const context = await adminContext(request, services)
      if (!isAllowed(context.permissions)) throw forbidden()
      return row.handle(context)
    },
  }
}

/** Who calls, for which realm, with which rights. In the reference's order: 401, then 404, then 403. */
export async function adminContext<S extends AdminServices>(request: HttpRequest, services: S): Promise<AdminContext<S>> {
  const caller = await authenticateCaller(request, services)
  const realm = await services.realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new AdminError(404, { error: 'Realm not found.' })
  return { request, services, caller, realm, permissions: await permissionsOver(services.database, caller, realm) }
}

/** Reports a change to the audit log. */
export function audit(
  { services, caller, realm }: Pick<AdminContext, 'services' | 'caller' | 'realm'>,
  change: Pick<AdminAuditEvent, 'operation' | 'resourceType' | 'resourcePath' | 'representation' | 'details'>,
): void {
  services.events.emitAdmin({
    realmId: realm.id,
    realmName: realm.name,
    ...change,
    actor: { realmName: caller.realm.name, clientId: caller.client.id, userId: caller.userId, ipAddress: caller.ipAddress },
  })
}
