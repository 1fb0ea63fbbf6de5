import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Realms } from '../realm/realms.ts'
import { groups as groupRows } from '../storage/groups.ts'
import { loginFailures } from '../storage/login-failures.ts'
import { realms as realmRows } from '../storage/realms.ts'
import { type Sql, UniqueViolation } from '../storage/sql.ts'
import { type UserColumns, userChanges } from '../storage/user-changes.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import { isColumn, type ProfileError, type ProfileInput, type ProfileValues, validateProfile } from './profile.ts'
import { lockReason } from './profile-read-only.ts'

export interface AccountParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly random: Random
  readonly realms: Pick<Realms, 'changed'>
}

/** What an account is beside its profile; absent members stay as they are, or have the default of a new user. */
export interface AccountState {
  readonly enabled?: boolean | undefined
  readonly emailVerified?: boolean | undefined
  /** Seconds since the epoch. */
  readonly notBefore?: number | undefined
}

export interface NewAccount extends AccountState, Omit<ProfileInput, 'before' | 'missing'> {
  readonly id?: string | undefined
  /** In addition to the realm's default ones. */
  readonly requiredActions?: readonly string[] | undefined
  /** Ids of groups, in addition to the realm's default ones. */
  readonly groupIds?: readonly string[] | undefined
  readonly federationLink?: string | undefined
  /** Now unless given. */
  readonly createdAtMs?: number | undefined
}

export interface AccountChange extends AccountState, Omit<ProfileInput, 'before'> {}

export type AccountResult =
  /** `forgiven`: the user was switched on, and failed logins that were counted are forgotten. */
  | { readonly kind: 'done'; readonly user: UserRow; readonly emailChanged: boolean; readonly forgiven?: boolean }
  /** `taken`: the name that somebody else has, the address before the username; the Admin API has a text of its own for that. */
  | { readonly kind: 'refused'; readonly errors: readonly ProfileError[]; readonly taken: 'username' | 'email' | undefined }

/** Makes a user with the realm's default role, groups and required actions. */
export async function createUser(parts: AccountParts, realm: RealmSnapshot, account: NewAccount): Promise<AccountResult> {
  const { errors, values } = validateProfile(realm, account)
  const id = account.id ?? parts.random.uuid()
  const { requiredActions } = await realm.authentication()
  const defaultActions = requiredActions.filter((action) => action.enabled && action.defaultAction).map(({ alias }) => alias)
  return claiming(parts, realm, account, id, values, errors, async (tx) => {
    const row: UserRow = {
      id,
      realm_id: realm.id,
      ...columnsOf(values),
      email_verified: account.emailVerified ? 1 : 0,
      enabled: (account.enabled ?? true) ? 1 : 0,
      created_at_ms: account.createdAtMs ?? parts.clock.now(),
      not_before: account.notBefore ?? 0,
      service_account_client_id: null,
      federation_link: account.federationLink ?? null,
      doc: '{}',
    }
    await insertRow(tx, row)
    await writeAttributes(tx, id, {}, values)
    if (realm.defaultRoleId !== '') await userRows(tx).addRole(id, realm.defaultRoleId)
    const defaultGroups = (await groupRows(tx).realmDefaults(realm.id)).map((group) => group.group_id)
    for (const groupId of new Set([...defaultGroups, ...(account.groupIds ?? [])])) await userRows(tx).addGroup(id, groupId)
    for (const action of new Set([...defaultActions, ...(account.requiredActions ?? [])]))
      await userChanges(tx).addRequiredAction(id, action)
    return { kind: 'done', user: row, emailChanged: row.email !== null }
  })
}

/**
 * Changes a user. An e-mail address that a user changes is not verified any more. A user who was locked because of failed logins and is
 * switched on again begins anew.
 */
export async function updateUser(parts: AccountParts, realm: RealmSnapshot, user: UserRow, change: AccountChange): Promise<AccountResult> {
  const before = await storedValues(parts.sql, user)
  const { errors, values } = validateProfile(realm, { ...change, before })
  const result = await claiming(parts, realm, change, user.id, values, errors, async (tx) => {
    const columns = columnsOf(values)
    const emailChanged = columns.email !== user.email
    const keepsVerified = change.context === 'admin' || !emailChanged
    const verified = change.emailVerified ?? (keepsVerified && user.email_verified === 1)
    const enabled = change.enabled ?? user.enabled === 1
    const next: UserRow = {
      ...user,
      ...columns,
      email_verified: verified ? 1 : 0,
      enabled: enabled ? 1 : 0,
      not_before: change.notBefore ?? user.not_before,
      // What is known of the revision before is not true of the user any more.
      user_revision: null,
    }
    await userChanges(tx).update(realm.id, user.id, next)
    const switchedOn = enabled && user.enabled !== 1
    const { [lockReason]: _lifted, ...unlocked } = values
    const forgiven = switchedOn && (await loginFailures(tx).remove(realm.id, user.id)) > 0
    await writeAttributes(tx, user.id, before, switchedOn ? unlocked : values)
    if (user.service_account_client_id !== null) await realmRows(tx).bump(realm.id)
    return { kind: 'done', user: next, emailChanged, forgiven }
  })
  // The snapshot holds service accounts with their attributes.
  if (result.kind === 'done' && user.service_account_client_id !== null) await parts.realms.changed(realm.id)
  return result
}

/** Removes a user with everything that is the user's: credentials, sessions, consents. */
export async function removeUser({ sql, realms }: AccountParts, realm: RealmSnapshot, user: UserRow): Promise<void> {
  const isServiceAccount = user.service_account_client_id !== null
  await sql.transaction(async (tx) => {
    await userRows(tx).remove(realm.id, user.id)
    if (isServiceAccount) await realmRows(tx).bump(realm.id)
  })
  if (isServiceAccount) await realms.changed(realm.id)
}

/** What is stored of a user's profile. */
export async function storedValues(sql: Sql, user: UserRow): Promise<ProfileValues> {
  const attributes = await userRows(sql).attributesOf([user.id])
  const byName = Map.groupBy(attributes, ({ name }) => name)
  const one = (name: string, value: string | null): ProfileValues => (value === null ? {} : { [name]: [value] })
  return {
    ...Object.fromEntries(Array.from(byName, ([name, rows]) => [name, rows.map(({ value }) => value)])),
    username: [user.username],
    ...one('email', user.email),
    ...one('firstName', user.first_name),
    ...one('lastName', user.last_name),
  }
}

/** Runs `write` in a transaction, unless the profile is wrong or somebody else has the name or the e-mail address. */
async function claiming(
  { sql, clock }: AccountParts,
  realm: RealmSnapshot,
  input: ProfileInput,
  userId: string,
  values: ProfileValues,
  errors: readonly ProfileError[],
  write: (tx: Sql) => Promise<AccountResult>,
): Promise<AccountResult> {
  const { username, email } = columnsOf(values)
  try {
    return await sql.transaction(async (tx): Promise<AccountResult> => {
      if (email !== null && !realm.settings.duplicateEmailsAllowed) await userChanges(tx).claimEmail(realm.id, email, clock.now())
      const names = [username, email].filter((name) => name !== null && name !== '')
      const others = await userChanges(tx).othersWithNames(realm.id, userId, names as string[])
      const taken = takenNames(realm, others, username, email)
      const all = [...errors, ...taken.map((name) => takenError(input, name))]
      return all.length > 0 ? { kind: 'refused', errors: all, taken: taken.at(-1) } : write(tx)
    })
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    return { kind: 'refused', errors: [takenError(input, 'username')], taken: 'username' }
  }
}

/** Where people may log in with their e-mail address, a name may not be the address of somebody else, and the other way round. */
function takenNames(
  { settings }: RealmSnapshot,
  others: readonly { readonly username: string; readonly email: string | null }[],
  username: string,
  email: string | null,
): ('username' | 'email')[] {
  const crosses = settings.loginWithEmailAllowed ?? false
  const unique = !(settings.duplicateEmailsAllowed ?? false)
  const taken: ('username' | 'email')[] = []
  // Where the address is the name, people see no name that could be taken.
  const named = !(settings.registrationEmailAsUsername ?? false) || email === null
  if (named && others.some((other) => other.username === username || (crosses && other.email === username))) taken.push('username')
  const isEmailTaken = others.some((other) => (unique && other.email === email) || ((crosses || !named) && other.username === email))
  if (email !== null && isEmailTaken) taken.push('email')
  return taken
}

const takenError = ({ context }: ProfileInput, field: 'username' | 'email'): ProfileError => ({
  field,
  key: field === 'username' ? 'usernameExistsMessage' : 'emailExistsMessage',
  params: [context === 'admin' ? field : `\${${field}}`],
})

function columnsOf(values: ProfileValues): Pick<UserColumns, 'username' | 'email' | 'first_name' | 'last_name'> {
  const one = (name: string): string | null => values[name]?.[0] ?? null
  return { username: one('username') ?? '', email: one('email'), first_name: one('firstName'), last_name: one('lastName') }
}

const insertRow = (tx: Sql, row: UserRow): Promise<number> =>
  userRows(tx).insert(row.realm_id, {
    id: row.id,
    username: row.username,
    email: row.email ?? undefined,
    emailVerified: row.email_verified === 1,
    firstName: row.first_name ?? undefined,
    lastName: row.last_name ?? undefined,
    enabled: row.enabled === 1,
    createdAtMs: row.created_at_ms,
    notBefore: row.not_before,
    serviceAccountClientId: undefined,
    federationLink: row.federation_link ?? undefined,
    doc: row.doc,
  })

/** Writes the attributes that have changed. */
async function writeAttributes(tx: Sql, userId: string, before: ProfileValues, values: ProfileValues): Promise<void> {
  const names = new Set([...Object.keys(before), ...Object.keys(values)])
  for (const name of names) {
    const next = values[name] ?? []
    if (!isColumn(name) && JSON.stringify(next) !== JSON.stringify(before[name] ?? []))
      await userChanges(tx).setAttribute(userId, name, next)
  }
}
