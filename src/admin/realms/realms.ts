import { AdminError } from '../../http/errors.ts'
import { limits } from '../../http/limits.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { Patch } from '../../representations/fields.ts'
import { maskRepresentation } from '../../representations/mask.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type RealmRepresentation, realmRepresentation } from '../../representations/realm.ts'
import type { RoleRepresentation } from '../../representations/role.ts'
import { type RoleRow, roles as roleRows } from '../../storage/roles.ts'
import { ImportError } from '../../transfer/errors.ts'
import { importRealm, masterRealm } from '../../transfer/import-realm.ts'
import { settingsDoc } from '../../transfer/realm-doc.ts'
import { removeRealm } from '../../transfer/remove-realm.ts'
import { broughtAlong, policyText } from '../../transfer/settings.ts'
import { requireCounts, requireSender } from '../../transfer/settings-checks.ts'
import { updateRealm } from '../../transfer/update-realm.ts'
import { type AdminContext, type AdminRoute, adminPreflight, audit } from '../admin-route.ts'
import { created, json, jsonText, noContent, readPatch, readRepresentation } from '../bodies.ts'
import { authenticateCaller } from '../caller.ts'
import { defaultGroupPaths, namedDefaultGroups } from '../groups/default-groups.ts'
import { forbidden, type Permissions, realmPermissions } from '../permissions.ts'
import type { AdminServices } from '../services.ts'
import { checkedPolicies, checkedProfiles } from './client-policies.ts'
import { listRealms, type RealmAbout } from './realm-list.ts'

type RealmPatch = Patch<typeof realmRepresentation>

const view = ['view-realm', 'manage-realm'] as const

const unreadable = new AdminError(400, { errorMessage: 'unable to read contents from stream' })

/** /admin/realms itself, where there is no realm in the path. */
export const realmCollectionRoutes: readonly Route<AdminServices>[] = [
  {
    method: 'GET',
    path: '/admin/realms',
    family: 'admin',
    summary: 'Realms that the caller may see',
    preflight: adminPreflight,
    handle: (request, services) => listRealms(request, services, describeRealm),
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

async function createRealm(request: HttpRequest, services: AdminServices): Promise<HttpResponse> {
  const caller = await authenticateCaller(request, services)
  const permissions = await realmPermissions(services.database, caller)
  if (caller.realm.name !== masterRealm || !permissions.has('create-realm')) throw forbidden()
  const given = readRepresentation(request, realmRepresentation, unreadable)
  // Who may create realms and is no administrator of all of them administers those that he created.
  const context = permissions.has('admin') ? {} : { creatorId: caller.userId }
  const { name } = await create(services, given, context).catch(toAdminError)
  const realm = await services.realms.find(name)
  if (realm) audit({ services, caller, realm: caller.realm }, { operation: 'CREATE', resourceType: 'REALM', resourcePath: name })
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(name)}`)
}

async function create(
  services: AdminServices,
  given: RealmRepresentation,
  context: Parameters<typeof importRealm>[3],
): Promise<{ readonly name: string }> {
  requireCounts(given)
  requireSender(given.smtpServer, 'error')
  if (given.passwordPolicy) policyText(given.passwordPolicy)
  return importRealm(services, given, 'create', context)
}

function toAdminError(error: unknown): never {
  if (!(error instanceof ImportError)) throw error
  throw new AdminError(error.status, error.shape === 'error' ? { error: error.message } : { errorMessage: error.message })
}

/** Everything for those who may see the realm; a handful of members for its other administrators. */
async function getRealm({ services, realm, permissions }: AdminContext): Promise<HttpResponse> {
  if (!permissions.has(...view)) return json(reducedView(realm, permissions))
  const role = await roleRows(services.database).findById(realm.id, realm.defaultRoleId)
  const { id, name, enabled, settings } = realm
  const defaultGroups = (await defaultGroupPaths(services.database, [id])).get(id)
  const about = { id, realm: name, enabled, ...(defaultGroups ? { defaultGroups } : {}) }
  return jsonText(printRepresentation(realmRepresentation, describeRealm(settings, about, role)))
}

function reducedView({ name, settings }: RealmSnapshot, permissions: Permissions): RealmRepresentation {
  const { displayName, registrationEmailAsUsername = false } = settings
  return {
    realm: name,
    ...(displayName === undefined ? {} : { displayName }),
    ...(permissions.has('view-users', 'manage-users') ? { registrationEmailAsUsername } : {}),
    bruteForceProtected: settings.bruteForceProtected ?? false,
    supportedLocales: settings.supportedLocales ?? [],
    organizationsEnabled: settings.organizationsEnabled ?? false,
  }
}

/** A realm as the reference prints one, secrets masked; its texts have a path of their own. */
function describeRealm(
  { localizationTexts: _texts, ...settings }: RealmRepresentation,
  about: RealmAbout,
  role: Pick<RoleRow, 'id' | 'name' | 'doc'> | undefined,
): RealmRepresentation {
  const realm: RealmRepresentation = { ...settings, ...about }
  for (const name of broughtAlong) delete realm[name]
  if (role) {
    const { description } = JSON.parse(role.doc) as RoleRepresentation
    const described = description === undefined ? {} : { description }
    realm.defaultRole = { id: role.id, name: role.name, ...described, composite: true, clientRole: false, containerId: about.id }
  }
  return maskRepresentation(realmRepresentation, realm, 'read')
}

async function putRealm(context: AdminContext): Promise<HttpResponse> {
  await changeOwnSettings(context, readPatch(context.request, realmRepresentation))
  return noContent()
}

/** What a PUT of the realm does with its body, once it is read. */
export async function changeOwnSettings(context: AdminContext, patch: RealmPatch): Promise<void> {
  const { services, realm } = context
  const { defaultGroups } = patch as RealmRepresentation
  const groupIds = defaultGroups && (await namedDefaultGroups(context, defaultGroups))
  await updateRealm(services, realm, await withCheckedPolicies(realm, patch), groupIds).catch(toAdminError)
  // Who was locked out by failures must not stay so without a protection that lets in again.
  if (realm.settings.bruteForceProtected && patch.bruteForceProtected === false) await services.bruteForce.forgetAll(realm)
  audit(context, { operation: 'UPDATE', resourceType: 'REALM', resourcePath: '', representation: representationOf(patch) })
}

/** Client profiles and policies are checked as on the paths of their own. */
async function withCheckedPolicies(realm: RealmSnapshot, patch: RealmPatch): Promise<RealmPatch> {
  const { clientProfiles, clientPolicies } = patch as RealmRepresentation
  const profiles = clientProfiles && { profiles: await checkedProfiles(clientProfiles) }
  const policies = clientPolicies && {
    policies: await checkedPolicies(clientPolicies, profiles ?? realm.settings.clientProfiles ?? {}),
  }
  return { ...patch, ...(profiles ? { clientProfiles: profiles } : {}), ...(policies ? { clientPolicies: policies } : {}) }
}

/** Members of a realm that hold keys, or things with secrets of their own. A PUT leaves them alone, and the audit log does without. */
const unlogged = ['privateKey', 'codeSecret', 'userFederationProviders', 'applications', 'oauthClients', 'federatedUsers'] as const

/** What the audit log keeps of a change: the settings that were sent, secrets masked. */
function representationOf(patch: RealmPatch): string {
  const sent = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null)) as RealmRepresentation
  const settings = JSON.parse(settingsDoc(sent)) as RealmRepresentation
  for (const name of unlogged) delete settings[name]
  const { realm } = sent
  return printRepresentation(
    realmRepresentation,
    maskRepresentation(realmRepresentation, { ...settings, ...(realm ? { realm } : {}) }, 'export'),
  )
}

async function deleteRealm({ services, caller, realm }: AdminContext): Promise<HttpResponse> {
  if (realm.name === masterRealm) throw new AdminError(400, { errorMessage: "Can't remove master realm" })
  await removeRealm(services, realm)
  audit({ services, caller, realm: caller.realm }, { operation: 'DELETE', resourceType: 'REALM', resourcePath: realm.name })
  return noContent()
}
