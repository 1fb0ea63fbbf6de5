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
  const now = parts.clock.now()
  await parts.sql.transaction(async (tx) => {
    const rows = await credentialRows(tx).listOf(user.id)
    const present = rows.find(({ type }) => type === 'password')
    const fresh = {
      user_id: user.id,
      type: 'password',
      created_at_ms: now,
      secret_data: hashed.secretData,
      credential_data: hashed.credentialData,
    }
    await credentialRows(tx).removeType(user.id, 'password')
    await credentialRows(tx).insert({
      ...fresh,
      id: present?.id ?? parts.random.uuid(),
      user_label: present?.user_label ?? null,
      priority: present?.priority ?? nextPriority(rows),
    })
    if (present !== undefined) await keepHistory(tx, realm, present, rows, parts.random.uuid(), now)
    if (options.temporary) await userChanges(tx).addRequiredAction(user.id, updatePassword)
    else await userRows(tx).removeRequiredAction(user.id, updatePassword)
  })
  return undefined
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

const nextPriority = (rows: readonly CredentialRow[]): number => Math.max(0, ...rows.map(({ priority }) => priority)) + priorityStep
