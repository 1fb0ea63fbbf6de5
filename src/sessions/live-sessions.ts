import type { Clock } from '../clock.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { sessionRows, type UserSessionRow } from '../storage/sessions.ts'
import type { Sql } from '../storage/sql.ts'
import { sessionEndMs } from './lifespans.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'

/** Sessions of a user that are not over, the oldest first. */
export async function liveSessionsOf(
  { database, clock, sessions }: { readonly database: Sql; readonly clock: Clock; readonly sessions: Pick<Sessions, 'settle'> },
  realm: RealmSnapshot,
  userId: string,
  offline: boolean,
): Promise<UserSessionRow[]> {
  await sessions.settle()
  const rows = await sessionRows(database).ofUser(realm.id, userId, offline)
  const now = clock.now()
  return rows.filter((row) => now < sessionEndMs(realm, lifeOf(row)))
}

/** What lifespans are reckoned from. */
export const lifeOf = (row: UserSessionRow): Pick<Session, 'offline' | 'rememberMe' | 'startedAtMs' | 'lastRefreshMs'> => ({
  offline: row.offline === 1,
  rememberMe: row.remember_me === 1,
  startedAtMs: row.started_at_ms,
  lastRefreshMs: row.last_refresh_ms,
})
