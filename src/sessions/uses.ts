import type { Logger } from '../log.ts'
import { sessionRows } from '../storage/sessions.ts'
import type { Sql } from '../storage/sql.ts'

export const useLimits = {
  /** How long a use may wait for company. What a crash takes along is that much of a session's idle time. */
  flushMs: 1_000,
  /** Uses that wait; one more and all are written at once. */
  waitingMax: 5_000,
} as const

/** That a session was used, by one of its clients. */
export interface SessionUse {
  readonly realmId: string
  readonly id: string
  readonly offline: boolean
  readonly clientId: string
  readonly atMs: number
  /** When the user session ends now, as the database counts it. */
  readonly expiresAtMs: number
}

/**
 * Uses of sessions, gathered and written together: an idle end that moves by some seconds is not worth a disk flush for each refresh. Whoever
 * reads a session asks here, too, so that within this process a use counts at once.
 */
export interface SessionUses {
  note(use: SessionUse): void
  /** The last use that is not written yet: of the session, and of a client's part in it. */
  lastOf(id: string, offline: boolean, clientId?: string): number | undefined
  /** Writes what waits. */
  flush(): Promise<void>
  /** Writes what waits; nothing may be noted afterwards. */
  close(): Promise<void>
}

interface Waiting extends Omit<SessionUse, 'clientId'> {
  readonly clients: Map<string, number>
}

const keyOf = (id: string, offline: boolean): string => `${offline ? 1 : 0} ${id}`

export function openSessionUses({ sql, log }: { readonly sql: Sql; readonly log: Logger }): SessionUses {
  let waiting = new Map<string, Waiting>()
  /** What is being written counts until it is. */
  let leaving: ReadonlyMap<string, Waiting> = new Map()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    if (waiting.size === 0) return
    leaving = waiting
    waiting = new Map()
    try {
      await sql.transaction((tx) => writeAll(tx, [...leaving.values()]))
    } catch (error) {
      log.warn('uses of sessions could not be written', { sessions: leaving.size, error })
    } finally {
      leaving = new Map()
    }
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  return {
    note({ clientId, ...use }) {
      const key = keyOf(use.id, use.offline)
      const clients = waiting.get(key)?.clients ?? new Map<string, number>()
      clients.set(clientId, use.atMs)
      waiting.set(key, { ...use, clients })
      if (waiting.size >= useLimits.waitingMax) void flush()
      else timer ??= setTimeout(flush, useLimits.flushMs)
    },
    lastOf(id, offline, clientId) {
      if (waiting.size === 0 && leaving.size === 0) return undefined
      const key = keyOf(id, offline)
      const last = (at: ReadonlyMap<string, Waiting>): number | undefined =>
        clientId === undefined ? at.get(key)?.atMs : at.get(key)?.clients.get(clientId)
      return last(waiting) ?? last(leaving)
    },
    flush,
    close: flush,
  }
}

/** In the order of their ids: two nodes that write the same sessions must not wait for each other. */
async function writeAll(tx: Sql, uses: readonly Waiting[]): Promise<void> {
  const rows = sessionRows(tx)
  for (const { realmId, id, offline, atMs, expiresAtMs, clients } of uses.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    await rows.touch(realmId, id, offline, atMs, expiresAtMs)
    for (const [clientId, at] of clients) await rows.touchClient(id, offline, clientId, at)
  }
}
