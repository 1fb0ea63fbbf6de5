import type { RealmSnapshot } from '../realm/model.ts'
import { type CredentialRow, credentials as credentialRows } from '../storage/credentials.ts'
import type { Sql } from '../storage/sql.ts'
import { userChanges } from '../storage/user-changes.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import type { AccountParts } from './accounts.ts'
import { type CheckParts, checkPassword } from './password-policy/check-password.ts'
import { hashPolicy, passwordPolicyOf } from './password-policy/parse.ts'
import type { Violation } from './password-policy/policy.ts'

export type SetPasswordParts = Pick<AccountParts, 'sql' | 'random'> & CheckParts

const updatePassword = 'UPDATE_PASSWORD'
/** Preferred credentials come first; the reference counts their priorities in tens. */
const priorityStep = 10
const dayMs = 86_400_000

/**
 * Sets a password when the realm's policy allows it; returns what it breaks otherwise. A temporary one has to be changed at the next
 * login. The one before is kept as far as the policy compares with it. Throws HashQueueFull.
 */
export async function setPassword(
  parts: SetPasswordParts,
  realm: RealmSnapshot,
  user: UserRow,
  password: string,
  options: { readonly temporary?: boolean } = {},
): Promise<Violation | undefined> {
  if (password === '') return { key: 'missingPasswordMessage', values: [] }
  const stored = await credentialRows(parts.sql).listOf(user.id)
  const owner = { username: user.username, email: user.email ?? undefined, credentials: stored }
  const violation = await checkPassword(parts, realm, owner, password)
  if (violation !== undefined) return violation
  const hashed = await parts.passwords.hash(password, hashPolicy(realm))
  await parts.sql.transaction((tx) =>
    storePassword({ ...parts, sql: tx }, realm, user.id, { ...hashed, temporary: options.temporary ?? false }),
  )
  return undefined
}

/** A password in its stored form; absent members are those of a new one. */
export interface StoredPassword {
  /** The reference's JSON texts. */
  readonly secretData: string
  readonly credentialData: string
  readonly id?: string | undefined
  readonly label?: string | undefined
  readonly createdAtMs?: number | undefined
  /** Whether it has to be changed at the next login; undefined: as before. */
  readonly temporary?: boolean | undefined
}

/** Makes it the user's password, in the place of the one before. Inside a transaction. */
export async function storePassword(
  { sql: tx, random, clock }: Pick<AccountParts, 'sql' | 'random' | 'clock'>,
  realm: RealmSnapshot,
  userId: string,
  password: StoredPassword,
): Promise<void> {
  const rows = await credentialRows(tx).listOf(userId)
  const present = rows.find(({ type }) => type === 'password')
  await credentialRows(tx).removeType(userId, 'password')
  await credentialRows(tx).insert({
    id: present?.id ?? password.id ?? random.uuid(),
    user_id: userId,
    type: 'password',
    user_label: password.label ?? present?.user_label ?? null,
    created_at_ms: password.createdAtMs ?? clock.now(),
    priority: present?.priority ?? nextPriority(rows),
    secret_data: password.secretData,
    credential_data: password.credentialData,
  })
  if (present !== undefined) await keepHistory(tx, realm, present, rows, random.uuid(), clock.now())
  if (password.temporary) await userChanges(tx).addRequiredAction(userId, updatePassword)
  else if (password.temporary === false) await userRows(tx).removeRequiredAction(userId, updatePassword)
}

/** Makes the replaced password part of the history, and drops what the policy compares with no more. */
async function keepHistory(
  tx: Sql,
  realm: RealmSnapshot,
  replaced: CredentialRow,
  rows: readonly CredentialRow[],
  id: string,
  nowMs: number,
): Promise<void> {
  const { historySize, historyDays } = passwordPolicyOf(realm)
  const history = rows.filter(({ type }) => type === 'password-history')
  if (historySize > 1 || historyDays > 0) {
    const entry: CredentialRow = { ...replaced, id, type: 'password-history' }
    await credentialRows(tx).insert(entry)
    history.push(entry)
  }
  history.sort((a, b) => b.created_at_ms - a.created_at_ms)
  for (const old of history.slice(Math.max(0, historySize - 1))) {
    if (old.created_at_ms <= nowMs - historyDays * dayMs) await credentialRows(tx).remove(old.user_id, old.id)
  }
}

export interface NewCredential {
  readonly type: string
  readonly label: string | undefined
  /** The reference's JSON texts. */
  readonly secretData: string
  readonly credentialData: string
}

/** Adds a credential behind those that the user has. */
export async function addCredential(
  { sql, random, clock }: Pick<AccountParts, 'sql' | 'random' | 'clock'>,
  userId: string,
  made: NewCredential,
): Promise<CredentialRow> {
  return sql.transaction(async (tx) => {
    const row: CredentialRow = {
      id: random.uuid(),
      user_id: userId,
      type: made.type,
      user_label: made.label ?? null,
      created_at_ms: clock.now(),
      priority: nextPriority(await credentialRows(tx).listOf(userId)),
      secret_data: made.secretData,
      credential_data: made.credentialData,
    }
    await credentialRows(tx).insert(row)
    return row
  })
}

/** False when the user has no such credential. */
export const removeCredential = async (sql: Sql, userId: string, id: string): Promise<boolean> =>
  (await credentialRows(sql).remove(userId, id)) === 1

/**
 * Moves a credential behind another one in the order in which they are preferred, or to the front when there is none to be behind. Nothing
 * moves when one of them is not the user's.
 */
export const moveCredential = (sql: Sql, userId: string, id: string, afterId: string | undefined): Promise<void> =>
  sql.transaction(async (tx) => {
    const rows = await credentialRows(tx).listOf(userId)
    const moved = rows.find((row) => row.id === id)
    const others = rows.filter((row) => row.id !== id)
    const at = afterId === undefined ? 0 : others.findIndex((row) => row.id === afterId) + 1
    if (moved === undefined || (afterId !== undefined && at === 0)) return
    for (const [index, row] of others.toSpliced(at, 0, moved).entries()) {
      const priority = (index + 1) * priorityStep
      if (row.priority !== priority) await credentialRows(tx).setPriority(userId, row.id, priority)
    }
  })

export const nextPriority = (rows: readonly CredentialRow[]): number => Math.max(0, ...rows.map(({ priority }) => priority)) + priorityStep
