import type { RealmSnapshot } from '../realm/model.ts'
import type { UserRow } from '../storage/users.ts'

/** Why a user may not log in now, in the words of the audit event. People are told that name or password was wrong. */
export type Lock = 'user_temporarily_disabled' | 'user_disabled'

/** Which part of a login failed: the password, or what comes after it. */
export type FailedFactor = 'primary' | 'secondary'

/** What watches over failed logins. Declared here for whoever checks credentials; the room brute-force implements it. */
export interface LoginGuard {
  /**
   * `lock`: undefined when the user may log in. `failed`: whether failures are counted that a success makes forgotten. Ask after the
   * credentials were checked, right or wrong: so guesses that are sent at once cannot overtake the count, and the answer takes as long.
   */
  state(realm: RealmSnapshot, user: UserRow): Promise<{ readonly lock: Lock | undefined; readonly failed: boolean }>
  /** Counts wrong credentials of a user who is enabled and not locked. */
  failed(realm: RealmSnapshot, user: UserRow, address: string, factor: FailedFactor): Promise<void>
  /** Forgets the failures of a user who has logged in. */
  succeeded(realm: RealmSnapshot, userId: string): Promise<void>
}
