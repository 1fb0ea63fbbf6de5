/**
 * The brute-force room: counts failed logins, locks users for a time or for good, tells administrators. Not here: who checks
 * credentials (users, login) and asks this room before and after. May call storage, realm, events and users.
 */
import type { Clock } from '../clock.ts'
import type { Events } from '../events/events.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { type LoginFailureRow, loginFailures } from '../storage/login-failures.ts'
import type { Sql } from '../storage/sql.ts'
import { userChanges } from '../storage/user-changes.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import type { FailedFactor, Lock, LoginGuard } from '../users/login-guard.ts'
import { lockReason } from '../users/profile-read-only.ts'
import { type BruteForceSettings, type Counted, countFailure, type FailureCount, isForgotten, noFailures } from './count-failure.ts'

export interface BruteForce extends LoginGuard {
  /** Until when a user is locked, in milliseconds; Infinity: until an administrator lifts it; undefined: not locked. */
  lockedUntil(realm: RealmSnapshot, user: UserRow): Promise<number | undefined>
  /** What administrators are told; a user without failures has zeros. */
  status(realm: RealmSnapshot, userId: string): Promise<AttackStatus>
  /** The same of several users at once, in a fixed number of statements; by their ids. */
  statuses(realm: RealmSnapshot, users: readonly Pick<UserRow, 'id' | 'enabled'>[]): Promise<ReadonlyMap<string, AttackStatus>>
  /** Forgets the failures of all users. Who is locked for good stays so. */
  forgetAll(realm: RealmSnapshot): Promise<void>
}

export interface AttackStatus extends FailureCount {
  readonly lock: Lock | undefined
  readonly lastAddress: string | undefined
}

/** By this value the reference tells a user who was locked for good from one whom an administrator switched off. */
const permanentLockout = 'permanentLockout'

interface BruteForceParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly events: Pick<Events, 'emit'>
}

export function openBruteForce(parts: BruteForceParts): BruteForce {
  const { sql, clock } = parts
  const read = async (realm: RealmSnapshot, userId: string): Promise<LoginFailureRow | undefined> => {
    const row = await loginFailures(sql).find(realm.id, userId)
    return row === undefined || isForgotten(settingsOf(realm), countOf(row), clock.now()) ? undefined : row
  }
  const lockOf = async (row: LoginFailureRow | undefined, user: UserRow | undefined): Promise<Lock | undefined> => {
    if (user !== undefined && user.enabled !== 1 && (await wasLockedForGood(sql, user.id))) return 'user_disabled'
    return row !== undefined && row.not_before_ms > clock.now() ? 'user_temporarily_disabled' : undefined
  }
  return {
    async state(realm, user) {
      if (!isProtected(realm)) return { lock: undefined, failed: false }
      const row = await read(realm, user.id)
      return { lock: await lockOf(row, user), failed: row !== undefined }
    },
    async lockedUntil(realm, user) {
      if (!isProtected(realm)) return undefined
      const row = await read(realm, user.id)
      const lock = await lockOf(row, user)
      if (lock === undefined) return undefined
      return lock === 'user_disabled' ? Number.POSITIVE_INFINITY : row?.not_before_ms
    },
    async failed(realm, user, address, factor) {
      if (isProtected(realm) && user.enabled === 1) await count(parts, realm, user, address, factor)
    },
    async succeeded(realm, userId) {
      // Hardly anybody has something to be forgotten, and a read is cheaper than a write.
      if (!isProtected(realm) || (await loginFailures(sql).find(realm.id, userId)) === undefined) return
      await loginFailures(sql).remove(realm.id, userId)
    },
    async status(realm, userId) {
      if (!isProtected(realm)) return { ...noFailures, lock: undefined, lastAddress: undefined }
      const row = await read(realm, userId)
      const lock = await lockOf(row, await userRows(sql).findById(realm.id, userId))
      return { ...(row ? countOf(row) : noFailures), lock, lastAddress: row?.last_address ?? undefined }
    },
    async statuses(realm, users) {
      const none: AttackStatus = { ...noFailures, lock: undefined, lastAddress: undefined }
      if (!isProtected(realm)) return new Map(users.map(({ id }) => [id, none]))
      const disabled = users.filter(({ enabled }) => enabled !== 1).map(({ id }) => id)
      const [rows, attributes] = await Promise.all([
        loginFailures(sql).listOf(
          realm.id,
          users.map(({ id }) => id),
        ),
        userRows(sql).attributesOf(disabled),
      ])
      const now = clock.now()
      const forGood = new Set(attributes.filter(isLockedForGood).map(({ user_id }) => user_id))
      const counted = new Map(rows.filter((row) => !isForgotten(settingsOf(realm), countOf(row), now)).map((row) => [row.user_id, row]))
      const statusOf = (id: string): AttackStatus => {
        const row = counted.get(id)
        const temporary = row !== undefined && row.not_before_ms > now ? 'user_temporarily_disabled' : undefined
        const lock = forGood.has(id) ? 'user_disabled' : temporary
        return { ...(row ? countOf(row) : noFailures), lock, lastAddress: row?.last_address ?? undefined }
      }
      return new Map(users.map(({ id }) => [id, statusOf(id)]))
    },
    async forgetAll(realm) {
      await loginFailures(sql).removeAll(realm.id)
    },
  }
}

/** With a failure factor of 0 nothing is counted (reference behaviour). */
const isProtected = ({ settings }: RealmSnapshot): boolean => (settings.bruteForceProtected ?? false) && settings.failureFactor !== 0

const settingsOf = (realm: RealmSnapshot): BruteForceSettings => realm.derived(deriveSettings)

const deriveSettings = ({ settings: s }: RealmSnapshot): BruteForceSettings => ({
  failureFactor: Math.max(1, s.failureFactor ?? 30),
  permanentLockout: s.permanentLockout ?? false,
  maxTemporaryLockouts: s.maxTemporaryLockouts ?? 0,
  strategy: s.bruteForceStrategy ?? 'MULTIPLE',
  waitIncrementSeconds: s.waitIncrementSeconds ?? 60,
  maxFailureWaitSeconds: s.maxFailureWaitSeconds ?? 900,
  minimumQuickLoginWaitSeconds: s.minimumQuickLoginWaitSeconds ?? 60,
  quickLoginCheckMs: s.quickLoginCheckMilliSeconds ?? 1_000,
  maxDeltaTimeSeconds: s.maxDeltaTimeSeconds ?? 43_200,
  maxSecondaryAuthFailures: s.maxSecondaryAuthFailures ?? 0,
})

const countOf = (row: LoginFailureRow): FailureCount => ({
  failures: row.failures,
  secondaryFailures: row.secondary_failures,
  temporaryLockouts: row.temporary_lockouts,
  notBeforeMs: row.not_before_ms,
  lastFailureMs: row.last_failure_ms,
})

async function wasLockedForGood(sql: Sql, userId: string): Promise<boolean> {
  return (await userRows(sql).attributesOf([userId])).some(isLockedForGood)
}

const isLockedForGood = ({ name, value }: { readonly name: string; readonly value: string }): boolean =>
  name === lockReason && value === permanentLockout

/** Reads, counts and writes in one transaction, so that no failure is lost; one that comes while the user is locked does not count. */
async function count(parts: BruteForceParts, realm: RealmSnapshot, user: UserRow, address: string, factor: FailedFactor): Promise<void> {
  const now = parts.clock.now()
  const counted = await parts.sql.transaction(async (tx): Promise<Counted | undefined> => {
    const row = await loginFailures(tx).find(realm.id, user.id)
    if (row !== undefined && row.not_before_ms > now && !isForgotten(settingsOf(realm), countOf(row), now)) return undefined
    const result = countFailure(settingsOf(realm), row ? countOf(row) : noFailures, now, factor)
    await loginFailures(tx).put({
      user_id: user.id,
      realm_id: realm.id,
      failures: result.count.failures,
      secondary_failures: result.count.secondaryFailures,
      temporary_lockouts: result.count.temporaryLockouts,
      not_before_ms: result.count.notBeforeMs,
      last_failure_ms: now,
      last_address: address,
    })
    if (result.permanent) {
      await userChanges(tx).setEnabled(realm.id, user.id, false)
      await userChanges(tx).setAttribute(user.id, lockReason, [permanentLockout])
    }
    return result
  })
  if (counted !== undefined) tell(parts, realm, user, address, counted)
}

function tell({ events }: BruteForceParts, realm: RealmSnapshot, user: UserRow, address: string, counted: Counted): void {
  const common = { realmId: realm.id, realmName: realm.name, userId: user.id, ipAddress: address }
  const details = { reason: 'brute_force_attack detected', num_failures: String(counted.count.failures) }
  if (counted.temporary) {
    const notBefore = new Date(counted.count.notBeforeMs).toISOString().slice(0, -'.000Z'.length)
    events.emit({ ...common, type: 'USER_DISABLED_BY_TEMPORARY_LOCKOUT', details: { ...details, not_before: notBefore } })
  }
  if (counted.permanent) events.emit({ ...common, type: 'USER_DISABLED_BY_PERMANENT_LOCKOUT', details })
}
