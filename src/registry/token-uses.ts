import type { AuditEvent, EventListener } from '../events/events.ts'
import type { Logger } from '../log.ts'
import type { Realms } from '../realm/realms.ts'
import { externalSystems } from '../storage/external-systems.ts'
import type { Sql } from '../storage/sql.ts'
import { writeBehind } from '../storage/write-behind.ts'
import { typeAttribute } from './system-type.ts'

export const tokenUseLimits = {
  /** How long a use may wait for company. What a crash takes along is that much of what lists tell. */
  flushMs: 5_000,
  /** Systems whose use waits; one more and all are written at once. */
  waitingMax: 10_000,
} as const

/** Events that say that a client got a token. */
const tokenEvents: ReadonlySet<string> = new Set(['CLIENT_LOGIN', 'REFRESH_TOKEN', 'TOKEN_EXCHANGE', 'PERMISSION_TOKEN'])

/**
 * When external systems got their last tokens: heard from the audit events, gathered, and written together, so that no request for a token
 * writes anything. Whoever tells of a system asks here, too: within this process a use counts as soon as its event is handed over.
 */
export interface TokenUses extends EventListener {
  /** The last use of a client, by its own id, that is not written yet; milliseconds. */
  lastOf(clientUuid: string): number | undefined
  /** Writes what waits. */
  flush(): Promise<void>
  /** Writes what waits; no event may come afterwards. */
  close(): Promise<void>
}

interface TokenUseParts {
  readonly sql: Sql
  readonly realms: Pick<Realms, 'find'>
  readonly log: Logger
}

export function openTokenUses({ sql, realms, log }: TokenUseParts): TokenUses {
  const gathered = writeBehind<number>({ what: 'uses of external systems', log, limits: tokenUseLimits, write: (uses) => write(sql, uses) })
  return {
    id: 'external-system-uses',
    async onEvents(batch) {
      for (const { realmName, clientId, timeMs } of lastOfEach(batch)) {
        const client = await (await realms.find(realmName))?.client(clientId)
        if (client?.attributes[typeAttribute] !== undefined) gathered.put(client.id, () => timeMs)
      }
    },
    async onAdminEvents() {},
    lastOf: (clientUuid) => gathered.find(clientUuid, (timeMs) => timeMs),
    flush: gathered.flush,
    close: gathered.flush,
  }
}

/** In the order of their ids: two nodes that write the same rows must not wait for each other. */
function write(sql: Sql, uses: ReadonlyMap<string, number>): Promise<unknown> {
  const rows = [...uses].map(([client_id, at_ms]) => ({ client_id, at_ms }))
  return externalSystems(sql).noteUses(rows.sort((a, b) => (a.client_id < b.client_id ? -1 : 1)))
}

interface Use {
  readonly realmName: string
  readonly clientId: string
  readonly timeMs: number
}

/** The last token of each client in a batch; its events are in the order of time. */
function lastOfEach(batch: readonly AuditEvent[]): Iterable<Use> {
  const last = new Map<string, Use>()
  for (const { type, error, realmName, clientId, timeMs } of batch) {
    if (error === undefined && clientId !== undefined && tokenEvents.has(type))
      last.set(`${realmName} ${clientId}`, { realmName, clientId, timeMs })
  }
  return last.values()
}
