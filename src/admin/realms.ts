import { AdminError } from '../http/errors.ts'
import { limits } from '../http/limits.ts'
import { readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { maskRepresentation } from '../representations/mask.ts'
import { printRepresentation, printRepresentations } from '../representations/print.ts'
import { type RealmRepresentation, realmRepresentation } from '../representations/realm.ts'
import { adminRoles } from '../storage/admin-roles.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { roles as roleRows } from '../storage/roles.ts'
import { ImportError } from '../transfer/errors.ts'
import { importRealm, masterRealm } from '../transfer/import-realm.ts'
import { removeRealm } from '../transfer/remove-realm.ts'
import { updateRealm } from '../transfer/update-realm.ts'
import { type AdminContext, type AdminRoute, adminPreflight, audit } from './admin-route.ts'
import { authenticateCaller, type Caller } from './authentication.ts'
import { created, flagParameter, json, jsonText, noContent, readPatch, readRepresentation } from './bodies.ts'
import { forbidden, realmPermissions } from './permissions.ts'
import type { AdminServices } from './services.ts'

const unreadable = new AdminError(400, { errorMessage: 'unable to read contents from stream' })

/** /admin/realms itself, where there is no realm in the path. */
export const realmCollectionRoutes: readonly Route<AdminServices>[] = [
  {
    method: 'GET',
    path: '/admin/realms',
    family: 'admin',
    summary: 'Realms that the caller may see',
    preflight: adminPreflight,
    handle: listRealms,
  },
  {
    method: 'POST',
    path: '/admin/realms',
    family: 'admin',
    summary: 'Create a realm from a full representation',
    role: 'create-realm',
    preflight: adminPreflight,
    bodyBytesMax: limits.realmBodyBytesMax,
    handle: createRealm,
  },
]

export const realmRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '', summary: "A realm's settings", role: 'any', handle: getRealm },
  {
    method: 'PUT',
    path: '',
    summary: "Change a realm's settings",
    role: ['manage-realm'],
    bodyBytesMax: limits.realmBodyBytesMax,
    handle: putRealm,
  },
  { method: 'DELETE', path: '', summary: 'Remove a realm', role: ['manage-realm'], handle: deleteRealm },
]

async function listRealms(request: HttpRequest, services: AdminServices): Promise<HttpResponse> {
  const caller = await authenticateCaller(request, services)
  const brief = flagParameter(readQuery(request), 'briefRepresentation') ?? false
  const visible = await visibleRealms(services, caller)
  const rows = (await realmRows(services.database).list()).filter((row) => visible === 'all' || visible.has(row.name))
  if (visible !== 'all' && rows.length === 0) throw forbidden()
  const list = rows.map((row): RealmRepresentation => {
    const doc = JSON.parse(row.doc) as RealmRepresentation
    if (visible !== 'all') return { realm: row.name }
    const { displayName, displayNameHtml } = doc
    const name = { ...(displayName === undefined ? {} : { displayName }), ...(displayNameHtml === undefined ? {} : { displayNameHtml }) }
    return brief
      ? { id: row.id, realm: row.name, ...name, enabled: row.enabled === 1 }
      : { ...doc, id: row.id, realm: row.name, enabled: row.enabled === 1 }
  })
  return brief || visible !== 'all' ? json(list) : jsonText(printRepresentations(realmRepresentation, list.map(masked)))
}

/** Names of the realms in which the caller has an admin role; `all` for master's administrators. */
async function visibleRealms({ database }: AdminServices, caller: Caller): Promise<'all' | ReadonlySet<string>> {
  if (caller.realm.name === masterRealm && (await realmPermissions(database, caller)).has('admin')) return 'all'
  const containers = await adminRoles(database).containersOf(caller.userId)
  const names = containers.flatMap(({ client_id }) => {
    if (caller.realm.name !== masterRealm) return client_id === 'realm-management' ? caller.realm.name : []
    return client_id.endsWith('-realm') ? client_id.slice(0, -'-realm'.length) : []
  })
  return new Set(names)
}

async function createRealm(request: HttpRequest, services: AdminServices): Promise<HttpResponse> {
  const caller = await authenticateCaller(request, services)
  const permissions = await realmPermissions(services.database, caller)
  if (caller.realm.name !== masterRealm || !permissions.has('create-realm')) throw forbidden()
  const given = readRepresentation(request, realmRepresentation, unreadable)
  const { name } = await importRealm(services, given, 'create').catch(toAdminError)
  const realm = await services.realms.find(name)
  if (realm) audit({ services, caller, realm: caller.realm }, { operation: 'CREATE', resourceType: 'REALM', resourcePath: name })
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(name)}`)
}

function toAdminError(error: unknown): never {
  if (!(error instanceof ImportError)) throw error
  throw new AdminError(error.status, error.shape === 'error' ? { error: error.message } : { errorMessage: error.message })
}

/** Everything for those who may see the realm; a handful of members for its other administrators. */
async function getRealm({ services, realm, permissions }: AdminContext): Promise<HttpResponse> {
  if (!permissions.has('view-realm', 'manage-realm')) return json(reducedView(realm))
  return jsonText(printRepresentation(realmRepresentation, await describeRealm(services, realm)))
}

function reducedView({ name, settings }: RealmSnapshot): RealmRepresentation {
  return {
    realm: name,
    ...(settings.displayName === undefined ? {} : { displayName: settings.displayName }),
    registrationEmailAsUsername: settings.registrationEmailAsUsername ?? false,
    bruteForceProtected: settings.bruteForceProtected ?? false,
    supportedLocales: settings.supportedLocales ?? [],
    organizationsEnabled: settings.organizationsEnabled ?? false,
  }
}

const masked = (realm: RealmRepresentation): RealmRepresentation => maskRepresentation(realmRepresentation, realm, 'read')

async function describeRealm({ database }: AdminServices, realm: RealmSnapshot): Promise<RealmRepresentation> {
  const role = await roleRows(database).findById(realm.id, realm.defaultRoleId)
  const doc = role ? (JSON.parse(role.doc) as { description?: string }) : {}
  return masked({
    ...realm.settings,
    id: realm.id,
    realm: realm.name,
    enabled: realm.enabled,
    ...(role === undefined
      ? {}
      : { defaultRole: { id: role.id, name: role.name, ...doc, composite: true, clientRole: false, containerId: realm.id } }),
  })
}

async function putRealm(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const patch = readPatch(request, realmRepresentation)
  await updateRealm(services, realm, patch).catch(toAdminError)
  audit(context, { operation: 'UPDATE', resourceType: 'REALM', resourcePath: realm.name })
  return noContent()
}

async function deleteRealm({ services, caller, realm }: AdminContext): Promise<HttpResponse> {
  if (realm.name === masterRealm) throw new AdminError(400, { errorMessage: "Can't remove master realm" })
  await removeRealm(services, realm)
  audit({ services, caller, realm: caller.realm }, { operation: 'DELETE', resourceType: 'REALM', resourcePath: realm.name })
  return noContent()
}
