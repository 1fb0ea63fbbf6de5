import { decodeJws } from '../../crypto/jws.ts'
import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { users as userRows } from '../../storage/users.ts'
import { masterRealm } from '../../transfer/import-realm.ts'
import { adminPreflight } from '../admin-route.ts'
import { json } from '../bodies.ts'
import { authenticateCaller, type Caller, unauthorized } from '../caller.ts'
import { permissionsOver, realmPermissions } from '../permissions.ts'
import type { AdminServices } from '../services.ts'

export const whoamiRoutes: readonly Route<AdminServices>[] = [
  {
    method: 'GET',
    path: '/admin/:realm/console/whoami',
    family: 'admin',
    summary: 'Who is logged in to the console, and with which rights',
    preflight: adminPreflight,
    handle: whoami,
  },
]

const consoleClient = 'security-admin-console'

/** Only for tokens of the console itself. */
async function whoami(request: HttpRequest, services: AdminServices): Promise<HttpResponse> {
  const realm = await services.realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new AdminError(404, { error: 'Realm not found.  Did you type in a bad URL?' })
  const caller = await authenticateCaller(request, services)
  if (caller.realm.id !== realm.id) throw unauthorized()
  if (caller.client.clientId !== consoleClient)
    throw new AdminError(403, { error: `Token issued for an application that is not the admin console: ${partyOf(request)}` })
  const { database } = services
  const rows = userRows(database)
  const [user, attributes, roles, access] = await Promise.all([
    rows.findById(realm.id, caller.userId),
    rows.attributesOf([caller.userId]),
    realmPermissions(database, caller),
    realmAccess(services, caller, readQuery(request).get('currentRealm')),
  ])
  if (access.roles.length === 0) throw new AdminError(403, { error: 'No realm access' })
  const attribute = (name: string): string | undefined => attributes.find((one) => one.name === name)?.value
  const name = [user?.first_name, user?.last_name].filter(Boolean).join(' ')
  return json({
    userId: caller.userId,
    realm: realm.name,
    displayName: name || user?.username,
    locale: localeOf(realm, attribute('locale')),
    temporary: attribute('is_temporary_admin') === 'true',
    createRealm: realm.name === masterRealm && roles.has('create-realm'),
    realm_access: { [access.realm]: access.roles },
  })
}

const partyOf = ({ headers }: HttpRequest): string =>
  String(decodeJws((headers.authorization ?? '').split(' ').at(-1) ?? '')?.claims['azp'])

/** The rights over one realm: from master over any, from elsewhere over the own one. Nobody has rights over a realm that does not exist. */
async function realmAccess(
  { database, realms }: AdminServices,
  caller: Caller,
  asked: string | undefined,
): Promise<{ readonly realm: string; readonly roles: readonly string[] }> {
  const isMaster = caller.realm.name === masterRealm
  const target = isMaster && asked ? await realms.find(asked) : caller.realm
  if (target === undefined) return { realm: asked ?? '', roles: [] }
  const { held } = await permissionsOver(database, caller, target)
  const runsAll = isMaster && (await realmPermissions(database, caller)).has('admin')
  return { realm: target.name, roles: [...held, ...(runsAll ? ['admin'] : [])] }
}

/** The language of the console: the user's own, the realm's, English. */
function localeOf({ settings }: RealmSnapshot, own: string | undefined): string {
  if (!settings.internationalizationEnabled) return 'en'
  return own !== undefined && settings.supportedLocales?.includes(own) ? own : settings.defaultLocale || 'en'
}
