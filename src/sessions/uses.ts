import type { Logger } from '../log.ts'
import { sessionRows } from '../storage/sessions.ts'
import type { Sql } from '../storage/sql.ts'
import { writeBehind } from '../storage/write-behind.ts'

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
  const gathered = writeBehind<Waiting>({
    what: 'uses of sessions',
    log,
    limits: useLimits,
    write: (uses) => sql.transaction((tx) => writeAll(tx, [...uses.values()])),
  })
  return {
    note({ clientId, ...use }) {
      gathered.put(keyOf(use.id, use.offline), (before) => {
        const clients = before?.clients ?? new Map<string, number>()
        clients.set(clientId, use.atMs)
        return { ...use, clients }
      })
    },
    lastOf(id, offline, clientId) {
      if (gathered.isEmpty) return undefined
      return gathered.find(keyOf(id, offline), ({ atMs, clients }) => (clientId === undefined ? atMs : clients.get(clientId)))
    },
    flush: gathered.flush,
    close: gathered.flush,
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
