import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type UserRepresentation, userRepresentation } from '../../representations/user.ts'
import { credentials as credentialRows } from '../../storage/credentials.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { type ProfileValues, visibleValues } from '../../users/profile.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { flagParameter, jsonText, pageParameters } from '../bodies.ts'

const view = ['view-users', 'manage-users'] as const

export const userRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/users', summary: 'Users, by their names', role: ['query-users', ...view], handle: listUsers },
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
  if (brief) return rows.map(briefUser)
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
    const attributes = row.service_account_client_id === null ? visibleValues(realm, stored, 'admin') : stored
    return {
      ...briefUser(row),
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

const briefUser = (row: UserRow): UserRepresentation => ({
  id: row.id,
  username: row.username,
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
  const rows = permissions.has(...view) ? await pageOf(context, query.get('username'), flagParameter(query, 'exact') ?? false, page) : []
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

async function pageOf(
  { services, realm }: AdminContext,
  username: string | undefined,
  exact: boolean,
  page: { readonly max: number; readonly first: number },
): Promise<UserRow[]> {
  const rows = userRows(services.database)
  if (username === undefined || username === '') return rows.list(realm.id, page)
  if (!exact) return rows.searchByUsername(realm.id, username.toLowerCase(), page)
  const row = page.first === 0 ? await rows.find(realm.id, username.toLowerCase()) : undefined
  return row === undefined ? [] : [row]
}

async function getUser(context: AdminContext): Promise<HttpResponse> {
  const { permissions } = context
  const user = await describeUser(context, await findUser(context))
  const manage = permissions.has('manage-users')
  const impersonate = permissions.has('impersonation')
  const access = { manageGroupMembership: manage, resetPassword: manage, view: true, mapRoles: manage, impersonate, manage }
  return jsonText(printRepresentation(userRepresentation, { ...user, access }))
}
