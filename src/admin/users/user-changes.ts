import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import type { Patch } from '../../representations/fields.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type UserRepresentation, userRepresentation } from '../../representations/user.ts'
import { credentials as credentialRows } from '../../storage/credentials.ts'
import type { Sql } from '../../storage/sql.ts'
import { userChanges } from '../../storage/user-changes.ts'
import { type UserRow, users as userRows } from '../../storage/users.ts'
import { removeUser, updateUser } from '../../users/accounts.ts'
import { prepareCredentials, writeCredentials } from '../../users/given-credentials.ts'
import type { ProfileValues } from '../../users/profile.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { isNothing, noContent, readPatch } from '../bodies.ts'
import { requireUserWithinReach } from '../roles/admin-rights.ts'
import { passwordRefusal, refusal, takenName } from './refusals.ts'
import { findUser } from './users.ts'

export const userChangeRoutes: readonly AdminRoute[] = [
  { method: 'PUT', path: '/users/:user', summary: 'Change a user', role: ['manage-users'], handle: putUser },
  { method: 'DELETE', path: '/users/:user', summary: 'Remove a user', role: ['manage-users'], handle: deleteUser },
]

type UserPatch = Patch<typeof userRepresentation>

/** A user's JSON as an administrator sent it, for the audit log: without what is secret. */
export function shownUser<T extends object>(user: T): string {
  const { credentials: _secrets, ...shown } = user as Record<string, unknown>
  return printRepresentation(userRepresentation, shown as UserRepresentation)
}

/** Actions that the realm does not know are left out (reference behaviour). */
export async function knownActions(realm: RealmSnapshot, actions: readonly string[]): Promise<string[]> {
  const { requiredActions } = await realm.authentication()
  const known = new Set(requiredActions.map(({ alias }) => alias))
  return [...new Set(actions)].filter((action) => known.has(action))
}

/**
 * PUT of a user: members that are given replace what is stored. Roles, groups, times and links are none of them (reference behaviour);
 * what is among `credentials` is added, a password in the place of the one before.
 */
async function putUser(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const user = await findUser(context)
  if (isNothing(request)) throw couldNotUpdate()
  const patch = readPatch(request, userRepresentation)
  if (opensAccount(patch, user)) await requireUserWithinReach(context, user.id)
  await requireName(context, patch, user)
  const parts = { ...services, sql: services.database }
  const owner = { username: user.username, email: user.email ?? undefined }
  const stored = patch.credentials?.length ? await credentialRows(services.database).listOf(user.id) : []
  const prepared = await prepareCredentials(parts, realm, { ...owner, credentials: stored }, patch.credentials ?? [])
  const actions = patch.requiredActions ? await knownActions(realm, patch.requiredActions) : undefined
  const result = await services.database.transaction(async (tx) => {
    // The others hear of it once it is kept.
    const changed = await updateUser({ ...parts, sql: tx, realms: { changed: async () => undefined } }, realm, user, {
      context: 'admin',
      values: valuesOf(patch, user),
      missing: patch.attributes ? 'remove' : 'keep',
      enabled: patch.enabled ?? undefined,
      emailVerified: patch.emailVerified ?? undefined,
    })
    if (changed.kind === 'refused') return changed
    if (prepared.kind === 'refused') throw passwordRefusal(realm, prepared.violation)
    if (prepared.kind === 'unreadable') throw couldNotUpdate()
    if (actions !== undefined) await replaceActions(tx, user.id, actions)
    await writeCredentials({ ...parts, sql: tx }, realm, user.id, prepared.credentials)
    return changed
  })
  if (result.kind === 'refused') return refusal(result)
  if (user.service_account_client_id !== null) await services.realms.changed(realm.id)
  const resourcePath = `users/${user.id}`
  if (result.forgiven) audit(context, { operation: 'DELETE', resourceType: 'USER_LOGIN_FAILURE', resourcePath })
  audit(context, { operation: 'UPDATE', resourceType: 'USER', resourcePath, representation: shownUser(patch) })
  return noContent()
}

/**
 * Refuses a change that leaves the user without a name, or gives him somebody else's: that is told even where names cannot be changed
 * (reference behaviour). Where the e-mail address is the name, the address counts.
 */
async function requireName({ services, realm }: AdminContext, { username, email, attributes }: UserPatch, user: UserRow): Promise<void> {
  const { registrationEmailAsUsername: emailIsName = false, editUsernameAllowed = false, duplicateEmailsAllowed = false } = realm.settings
  // Attributes are the whole profile: where names may change, the name has to be among its members.
  const lacksName = editUsernameAllowed && attributes && typeof username !== 'string'
  const isMissing = emailIsName ? email?.trim() === '' : username?.trim() === '' || lacksName
  if (isMissing) throw new AdminError(400, { errorMessage: 'User name is missing' })
  if (emailIsName || typeof username !== 'string' || username.toLowerCase() === user.username) return
  const rows = userRows(services.database)
  if ((await rows.find(realm.id, username.toLowerCase())) === undefined) return
  const other = email && !duplicateEmailsAllowed ? await rows.findByEmail(realm.id, email.toLowerCase()) : undefined
  throw takenName(other === undefined || other.id === user.id ? 'username' : 'email')
}

/** True when the change would let somebody else log in as the user: a new password, or an address that its links are sent to. */
function opensAccount(patch: UserPatch, user: UserRow): boolean {
  const email = valuesOf(patch, user)['email']?.[0]
  return (patch.credentials?.length ?? 0) > 0 || (email !== undefined && email.toLowerCase() !== user.email)
}

const couldNotUpdate = (): AdminError => new AdminError(400, { errorMessage: 'Could not update user!' })

/** First and last name may come as attributes, too; username and address only as members of their own (reference behaviour). */
function valuesOf({ username, email, firstName, lastName, attributes }: UserPatch, user: UserRow): ProfileValues {
  const { username: _name, email: _address, ...others } = attributes ?? {}
  const listed = Object.entries(others).flatMap(([name, list]) => (list === null ? [] : [[name, list] as const]))
  const own = Object.entries({ username, email, firstName, lastName }).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, [value]] as const] : [],
  )
  return { ...Object.fromEntries(listed), username: [user.username], ...Object.fromEntries(own) }
}

async function replaceActions(tx: Sql, userId: string, wanted: readonly string[]): Promise<void> {
  const present = await userRows(tx).requiredActions(userId)
  for (const { action } of present) if (!wanted.includes(action)) await userRows(tx).removeRequiredAction(userId, action)
  for (const action of wanted) await userChanges(tx).addRequiredAction(userId, action)
}

/** A service account goes as well: its client is left without one (reference behaviour). */
async function deleteUser(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const user = await findUser(context)
  await removeUser({ ...services, sql: services.database }, realm, user)
  audit(context, {
    operation: 'DELETE',
    resourceType: 'USER',
    resourcePath: `users/${user.id}`,
    representation: JSON.stringify({ id: user.id, username: user.username }),
  })
  return { status: 204, headers: { 'cache-control': 'no-cache' } }
}
