import { AdminError } from '../../http/errors.ts'
import { type HttpResponse, jsonResponse } from '../../http/values.ts'
import type { Patch } from '../../representations/fields.ts'
import { userRepresentation } from '../../representations/user.ts'
import { userChanges } from '../../storage/user-changes.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { type AccountResult, updateUser } from '../../users/accounts.ts'
import { setPassword } from '../../users/passwords.ts'
import type { ProfileValues } from '../../users/profile.ts'
import { type AdminContext, type AdminRoute, adminJson, audit } from '../admin-route.ts'
import { noContent, readPatch } from '../bodies.ts'
import { findUser } from './users.ts'

export const userChangeRoutes: readonly AdminRoute[] = [
  { method: 'PUT', path: '/users/:user', summary: 'Change a user', role: ['manage-users'], handle: putUser },
]

type UserPatch = Patch<typeof userRepresentation>

/**
 * PUT of a user: members that are given replace what is stored. Roles, groups, times and links are none of them (reference behaviour);
 * a password among `credentials` is.
 */
async function putUser(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = await findUser(context)
  const patch = readPatch(request, userRepresentation)
  if (patch.username === '') throw new AdminError(400, { errorMessage: 'User name is missing' })
  // A name that somebody else has is told as such even where names cannot be changed (reference behaviour).
  const name = patch.username?.toLowerCase()
  const other = name === undefined || name === user.username ? undefined : await userRows(services.database).find(realm.id, name)
  if (other !== undefined) throw new AdminError(409, { errorMessage: takenTexts.username })
  const parts = { ...services, sql: services.database }
  const result = await updateUser(parts, realm, user, {
    context: 'admin',
    values: valuesOf(patch, user),
    missing: patch.attributes ? 'remove' : 'keep',
    enabled: patch.enabled ?? undefined,
    emailVerified: patch.emailVerified ?? undefined,
  })
  if (result.kind === 'refused') return refusal(result)
  for (const { type, value, temporary } of patch.credentials ?? []) {
    if (type !== 'password' || !value) continue
    const violation = await setPassword(parts, realm, result.user, value, { temporary: temporary ?? false })
    if (violation !== undefined) throw new AdminError(400, { errorMessage: 'Password policy not met' })
  }
  if (patch.requiredActions) await replaceActions(context, user, patch.requiredActions)
  audit(context, { operation: 'UPDATE', resourceType: 'USER', resourcePath: `users/${user.id}` })
  return noContent()
}

/** Names and address may come as attributes, too; the members of their own names win. The name stays unless another one is given. */
function valuesOf({ username, email, firstName, lastName, attributes }: UserPatch, user: UserRow): ProfileValues {
  const listed = Object.entries(attributes ?? {}).flatMap(([name, list]) => (list === null ? [] : [[name, list] as const]))
  const own = Object.entries({ username, email, firstName, lastName }).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, [value]] as const] : [],
  )
  return { username: [user.username], ...Object.fromEntries([...listed, ...own]) }
}

const takenTexts = { username: 'User exists with same username', email: 'User exists with same email' } as const

/** That somebody else has the name or the address goes before all other errors. */
function refusal({ errors, taken }: Extract<AccountResult, { kind: 'refused' }>): HttpResponse {
  if (taken !== undefined) throw new AdminError(409, { errorMessage: takenTexts[taken] })
  const list = errors.map(({ field, key, params }) => ({ field, errorMessage: key, params }))
  return jsonResponse(400, list.length === 1 ? list[0] : { errors: list }, adminJson)
}

/** Only actions that the realm knows are kept. */
async function replaceActions({ services, realm }: AdminContext, user: UserRow, actions: readonly string[]): Promise<void> {
  const { requiredActions } = await realm.authentication()
  const known = new Set(requiredActions.map(({ alias }) => alias))
  const wanted = new Set(actions.filter((action) => known.has(action)))
  await services.database.transaction(async (tx) => {
    const present = await userRows(tx).requiredActions(user.id)
    for (const { action } of present) if (!wanted.has(action)) await userRows(tx).removeRequiredAction(user.id, action)
    for (const action of wanted) await userChanges(tx).addRequiredAction(user.id, action)
  })
}
