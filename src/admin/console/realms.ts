import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { object, type Table, table } from '../../representations/fields.ts'
import { realmRepresentation } from '../../representations/realm.ts'
import { upConfig } from '../../representations/user-profile.ts'
import { consoleLists } from '../../storage/console-lists.ts'
import { containing } from '../../storage/like.ts'
import { masterRealm } from '../../transfer/import-realm.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { integerParameter, json, noContent, readPatch, silentJson } from '../bodies.ts'
import { permissionsByRealm, realmPermissions } from '../permissions.ts'
import { changeOwnSettings } from '../realms/realms.ts'
import { componentKinds } from '../server-info/provider-types.ts'
import { userAdminRoutes } from '../users/routes.ts'

export const consoleRealmRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/ui-ext/info', summary: 'What the console shows of user storage', role: 'any', handle: getInfo },
  { method: 'GET', path: '/ui-ext/realms/names', summary: 'Names of the realms that the caller sees', role: 'caller', handle: listNames },
  {
    method: 'GET',
    path: '/ui-ext/available-event-listeners',
    summary: 'Event listeners that a realm may have',
    role: ['view-events', 'manage-events'],
    handle: listEventListeners,
  },
  {
    method: 'PUT',
    path: '/ui-ext',
    summary: "Change a realm's settings and its user profile together",
    role: ['manage-realm'],
    handle: putRealm,
  },
]

async function getInfo({ realm }: AdminContext): Promise<HttpResponse> {
  return silentJson({
    userProfileProvidersEnabled: realm.components.some(({ providerType }) => providerType === componentKinds.userStorage),
  })
}

/** Realms of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 10
const pageMax = 1_000

async function listNames({ request, services, caller }: AdminContext): Promise<HttpResponse> {
  const query = readQuery(request)
  const { database } = services
  const first = Math.max(0, integerParameter(query, 'first') ?? 0)
  const max = integerParameter(query, 'max') ?? pageDefault
  const runsAll = caller.realm.name === masterRealm && (await realmPermissions(database, caller)).has('admin')
  const administered = async (): Promise<string[]> =>
    Array.from(await permissionsByRealm(database, caller)).flatMap(([name, permissions]) => (permissions.isAdmin ? [name] : []))
  const among = runsAll ? undefined : await administered()
  const page = { first, max: max < 0 ? pageMax : Math.min(max, pageMax) }
  const rows = await consoleLists(database).realmNames(containing(query.get('search')), page, among)
  return json(rows.map((row) => ({ name: row.name, ...(row.display_name === null ? {} : { displayName: row.display_name }) })))
}

async function listEventListeners(): Promise<HttpResponse> {
  return silentJson([{ id: 'jboss-logging' }, { id: 'email' }])
}

const uiRealmRepresentation: Table<typeof realmRepresentation.fields & { upConfig: ReturnType<typeof object<typeof upConfig>> }> = table(
  'UIRealmRepresentation',
  { ...realmRepresentation.fields, upConfig: object(() => upConfig) },
)

/** The profile first: one that is refused leaves the realm as it is. */
async function putRealm(context: AdminContext): Promise<HttpResponse> {
  const { upConfig: profile, ...patch } = readPatch(context.request, uiRealmRepresentation)
  if (profile !== undefined && profile !== null) await putProfile(context, profile)
  await changeOwnSettings(context, patch)
  return noContent()
}

/** As PUT /users/profile does it. */
async function putProfile(context: AdminContext, profile: object): Promise<void> {
  const row = userAdminRoutes.find(({ method, path }) => method === 'PUT' && path === '/users/profile')
  if (row === undefined) throw new AdminError(501, { error: 'Not built: PUT /admin/realms/{realm}/users/profile' })
  await row.handle({ ...context, request: { ...context.request, body: Buffer.from(JSON.stringify(profile)) } })
}
