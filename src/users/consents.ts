import type { Clock } from '../clock.ts'
import { type ConsentRow, consentRows } from '../storage/consents.ts'
import type { Sql } from '../storage/sql.ts'

/** What a user has allowed a client. Ids of client scopes; times in milliseconds. */
export interface Consent {
  readonly clientId: string
  readonly scopeIds: readonly string[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** Which client scopes users let clients use. Clients by their internal ids. */
export interface Consents {
  /** Ids of the scopes; undefined when the user has allowed nothing. */
  find(userId: string, clientId: string): Promise<ReadonlySet<string> | undefined>
  listOf(userId: string): Promise<readonly Consent[]>
  /** Adds to what was granted before. */
  grant(userId: string, clientId: string, scopeIds: readonly string[]): Promise<void>
  /** Replaces what was granted before. */
  replace(userId: string, clientId: string, scopeIds: readonly string[]): Promise<void>
  /** False when there was nothing to take back. */
  revoke(userId: string, clientId: string): Promise<boolean>
}

interface ConsentDoc {
  readonly scopeIds: readonly string[]
}

const scopesOf = (row: ConsentRow): readonly string[] => (JSON.parse(row.doc) as ConsentDoc).scopeIds

export function openConsents({ sql, clock }: { readonly sql: Sql; readonly clock: Clock }): Consents {
  const write = (userId: string, clientId: string, scopeIds: readonly string[], merge: boolean): Promise<void> =>
    sql.transaction(async (tx) => {
      const rows = consentRows(tx)
      const known = await rows.find(userId, clientId)
      const doc: ConsentDoc = { scopeIds: [...new Set([...(merge && known ? scopesOf(known) : []), ...scopeIds])] }
      const now = clock.now()
      await rows.put({
        user_id: userId,
        client_id: clientId,
        created_at_ms: known?.created_at_ms ?? now,
        updated_at_ms: now,
        doc: JSON.stringify(doc),
      })
    })
  return {
    async find(userId, clientId) {
      const row = await consentRows(sql).find(userId, clientId)
      return row ? new Set(scopesOf(row)) : undefined
    },
    async listOf(userId) {
      const rows = await consentRows(sql).listOf(userId)
      return rows.map((row) => ({
        clientId: row.client_id,
        scopeIds: scopesOf(row),
        createdAtMs: row.created_at_ms,
        updatedAtMs: row.updated_at_ms,
      }))
    },
    grant: (userId, clientId, scopeIds) => write(userId, clientId, scopeIds, true),
    replace: (userId, clientId, scopeIds) => write(userId, clientId, scopeIds, false),
    revoke: async (userId, clientId) => (await consentRows(sql).remove(userId, clientId)) === 1,
  }
}
