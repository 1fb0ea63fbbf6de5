import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type UserRepresentation, userRepresentation } from '../../representations/user.ts'
import { credentials as credentialRows } from '../../storage/credentials.ts'
import { userSearch } from '../../storage/user-search.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { type ProfileValues, profileMetadata, visibleValues } from '../../users/profile.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { flagParameter, json, jsonText, pageParameters } from '../bodies.ts'
import { linksOf } from './links.ts'
import { type NamedUsers, readUserFilter } from './user-filter.ts'

const view = ['view-users', 'manage-users'] as const

export const userRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/users', summary: 'Users, by their names', role: ['query-users', ...view], handle: listUsers },
  { method: 'GET', path: '/users/count', summary: 'How many users there are', role: ['query-users', ...view], handle: countUsers },
  { method: 'GET', path: '/users/:user', summary: 'A user', role: view, handle: getUser },
]

/** Users of one page unless the caller asks for another number; the reference's default. */
const pageDefault = 100

/** The user that the path names. */
export async function findUser({ request, services, realm }: AdminContext): Promise<UserRow> {
  const row = await userRows(services.database).findById(realm.id, request.params['user'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'User not found' })
  return row
}

/** A user as the reference prints one; roles, groups and credentials have paths of their own. */
export async function describeUser(context: Pick<AdminContext, 'services' | 'realm'>, row: UserRow): Promise<UserRepresentation> {
  const [user = {}] = await describeUsers(context, [row])
  return user
}

/**
 * Users as lists of the reference print them; attributes, required actions and credentials are read once for all. `brief` leaves them
 * out and reads nothing. Who may do what with a user (`access`) is for the list to add.
 */
export async function describeUsers(
  { services, realm }: Pick<AdminContext, 'services' | 'realm'>,
  rows: readonly UserRow[],
  { brief = false }: { readonly brief?: boolean } = {},
): Promise<UserRepresentation[]> {
  if (brief) return rows.map((row) => briefUser(realm, row))
  const ids = rows.map((row) => row.id)
  const sql = userRows(services.database)
  const [attributeRows, actionRows, credentials] = await Promise.all([
    sql.attributesOf(ids),
    sql.requiredActionsOf(ids),
    credentialRows(services.database).listOfMany(ids),
  ])
  const attributesOf = Map.groupBy(attributeRows, (attribute) => attribute.user_id)
  const actionsOf = Map.groupBy(actionRows, (action) => action.user_id)
  const withOtp = new Set(credentials.filter(({ type }) => type === 'otp').map((credential) => credential.user_id))
  return rows.map((row) => {
    const byName = Map.groupBy(attributesOf.get(row.id) ?? [], (attribute) => attribute.name)
    const stored: ProfileValues = Object.fromEntries(Array.from(byName, ([name, list]) => [name, list.map(({ value }) => value)]))
    // A service account has no profile: its attributes are its client's affair.
    const attributes = row.service_account_client_id === null ? visibleValues(realm, stored, { context: 'admin' }) : stored
    return {
      ...briefUser(realm, row),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes: mutable(attributes) }),
      totp: withOtp.has(row.id),
      disableableCredentialTypes: [],
      requiredActions: (actionsOf.get(row.id) ?? []).map(({ action }) => action),
      notBefore: row.not_before,
    }
  })
}

const mutable = (values: ProfileValues): Record<string, string[]> =>
  Object.fromEntries(Object.entries(values).map(([name, list]) => [name, [...list]]))

/** Where the e-mail address is the name, it is told as such even of people who had another one before (reference behaviour). */
const briefUser = ({ settings }: RealmSnapshot, row: UserRow): UserRepresentation => ({
  id: row.id,
  username: settings.registrationEmailAsUsername ? (row.email ?? row.username) : row.username,
  ...(row.first_name === null ? {} : { firstName: row.first_name }),
  ...(row.last_name === null ? {} : { lastName: row.last_name }),
  ...(row.email === null ? {} : { email: row.email }),
  emailVerified: row.email_verified === 1,
  enabled: row.enabled === 1,
  createdTimestamp: row.created_at_ms,
})

async function listUsers(context: AdminContext): Promise<HttpResponse> {
  const { request, permissions } = context
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  const filter = readUserFilter(query)
  const rows = permissions.has(...view) ? await pageOf(context, filter, page) : []
  const brief = flagParameter(query, 'briefRepresentation') ?? false
  const access = { manage: permissions.has('manage-users') }
  const list = await describeUsers(context, rows, { brief })
  return jsonText(
    printRepresentations(
      userRepresentation,
      list.map((user) => ({ ...user, access })),
    ),
  )
}

/** Users who are named come as they are named, all of them; others by their usernames. */
async function pageOf(
  { services, realm }: AdminContext,
  filter: ReturnType<typeof readUserFilter>,
  page: { readonly max: number; readonly first: number },
): Promise<UserRow[]> {
  if (!('by' in filter)) return userSearch(services.database).page(realm.id, filter, page)
  return namedUsers({ services, realm }, filter)
}

async function namedUsers({ services, realm }: Pick<AdminContext, 'services' | 'realm'>, { by, names }: NamedUsers): Promise<UserRow[]> {
  const wanted = by === 'id' ? names : names.map((name) => name.toLowerCase())
  const rows = await userSearch(services.database).named(realm.id, by, [...new Set(wanted)])
  const found = new Map(rows.map((row) => [row[by], row]))
  return wanted.flatMap((name) => found.get(name) ?? [])
}

/** Who may only look for users is told how many there are, but not whether there is a certain one. */
async function countUsers(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm, permissions } = context
  const filter = readUserFilter(readQuery(request))
  if (!('by' in filter)) return json(await userSearch(services.database).count(realm.id, filter))
  return json(permissions.has(...view) ? (await namedUsers(context, filter)).length : 0)
}

async function getUser(context: AdminContext): Promise<HttpResponse> {
  const { request, realm, permissions } = context
  const row = await findUser(context)
  const [user, links] = await Promise.all([describeUser(context, row), linksOf(context, row.id)])
  const manage = permissions.has('manage-users')
  const impersonate = permissions.has('impersonation')
  const access = { manageGroupMembership: manage, resetPassword: manage, view: true, mapRoles: manage, impersonate, manage }
  const wantsMetadata = flagParameter(readQuery(request), 'userProfileMetadata') ?? false
  return jsonText(
    printRepresentation(userRepresentation, {
      ...user,
      ...(links === undefined ? {} : { federatedIdentities: links }),
      ...(wantsMetadata ? { userProfileMetadata: profileMetadata(realm, { context: 'admin', before: {} }) } : {}),
      access,
    }),
  )
}
