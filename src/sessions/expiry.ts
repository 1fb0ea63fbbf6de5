import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { authenticationSessionRows } from '../storage/authentication-sessions.ts'
import { adminEventRows, eventRows } from '../storage/events.ts'
import { sessionRows } from '../storage/sessions.ts'
import { singleUse } from '../storage/single-use.ts'
import type { Sql } from '../storage/sql.ts'

export const expiryLimits = {
  /** How often expired rows are removed. They count no more from the moment they expire; this is for the size of the tables. */
  intervalMs: 60_000,
  /** How long an ended session is left alone: a node may still have to write that it was used in time (useLimits.flushMs). */
  sessionGraceMs: 5_000,
} as const

/** How many rows a run has removed. */
export interface Expired {
  readonly sessions: number
  readonly authenticationSessions: number
  readonly singleUse: number
  readonly events: number
}

/**
 * Removes what has expired: user sessions, logins in progress, things to be used once, and events past their realm's retention. May run on
 * every node of a deployment at once: a row that another node removed first is just not there.
 */
export async function runExpiry(sql: Sql, nowMs: number): Promise<Expired> {
  const sessions = await sessionRows(sql).removeExpired(nowMs - expiryLimits.sessionGraceMs)
  const authenticationSessions = await authenticationSessionRows(sql).removeExpired(nowMs)
  const once = await singleUse(sql).removeExpired(nowMs)
  return { sessions, authenticationSessions, singleUse: once, events: await expireEvents(sql, nowMs) }
}

async function expireEvents(sql: Sql, nowMs: number): Promise<number> {
  let removed = 0
  for (const { id, seconds, admin_seconds: adminSeconds } of await eventRows(sql).retentions()) {
    const before = (retention: string | number | null): number => nowMs - Number(retention) * 1_000
    // 0 and less: for ever.
    if (Number(seconds) > 0) removed += await eventRows(sql).removeBefore(id, before(seconds))
    if (Number(adminSeconds) > 0) removed += await adminEventRows(sql).removeBefore(id, before(adminSeconds))
  }
  return removed
}

/** Runs the expiry again and again until `close`, which waits for a run under way. It does not keep the process alive. */
export function startExpiry({ sql, clock, log }: { readonly sql: Sql; readonly clock: Clock; readonly log: Logger }): {
  close(): Promise<void>
} {
  let running: Promise<unknown> | undefined
  const run = (): void => {
    // A run that takes longer than the interval is not joined by a second one.
    running ??= runExpiry(sql, clock.now())
      .catch((error: unknown) => log.warn('expired rows could not be removed', { error }))
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(run, expiryLimits.intervalMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await running
    },
  }
}
