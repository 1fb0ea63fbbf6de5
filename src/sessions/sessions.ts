/**
 * The session room: logins and the clients' parts in them, their lifespans, refresh-token rotation, revocation. Stored in the database,
 * so that they survive a restart and every node sees them. Not here: how somebody logged in, tokens. May call storage, realm, events.
 */
import type { Clock } from '../clock.ts'
import { type Random, randomSessionId } from '../crypto/random.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { type SessionOfClientRow, sessionRows, type UserSessionRow } from '../storage/sessions.ts'
import type { Sql } from '../storage/sql.ts'
import { sessionEndMs } from './lifespans.ts'
import type { Session } from './session.ts'

/** A session without an end is kept until somebody removes it; the database wants a number. */
const neverMs = Number.MAX_SAFE_INTEGER

export interface NewSession {
  readonly userId: string
  readonly offline: boolean
  readonly rememberMe: boolean
  readonly ipAddress: string
  readonly notes: Readonly<Record<string, string>>
  readonly clientNotes: Readonly<Record<string, string>>
}

export interface Sessions {
  create(realm: RealmSnapshot, client: Client, session: NewSession): Promise<Session>
  /** The user session whatever its clients; undefined when it is gone or over. */
  find(realm: RealmSnapshot, id: string, offline: boolean): Promise<{ readonly userId: string } | undefined>
  /** The session with one client's part in it; undefined when the user session is gone or over or the client has no part. */
  findForClient(realm: RealmSnapshot, client: Client, id: string, offline: boolean): Promise<Session | undefined>
  /** Notes that the session was used: moves its idle end. Returns the session as it is then. */
  refreshed(realm: RealmSnapshot, client: Client, session: Session): Promise<Session>
  /**
   * Counts the use of a refresh token in a realm that rotates them (revokeRefreshToken). Of two callers with one token at once exactly
   * one is told 'accepted'. After a refusal the client's part of the session is gone: who held the newer token is logged out too.
   */
  useRefreshToken(
    realm: RealmSnapshot,
    client: Client,
    session: Session,
    token: { id: string; issuedAtMs: number },
  ): Promise<RefreshTokenUse>
  /** Ends the user session for all clients. */
  remove(realm: RealmSnapshot, id: string, offline: boolean): Promise<void>
}

/** stale: a newer token has been used already; reused: used more often than the realm allows. */
export type RefreshTokenUse = 'accepted' | 'stale' | 'reused'

interface SessionDoc {
  readonly ipAddress: string
  readonly notes: Readonly<Record<string, string>>
}

export function openSessions({ sql, clock, random }: { sql: Sql; clock: Clock; random: Random }): Sessions {
  const rows = sessionRows(sql)
  const databaseEnd = (endMs: number): number => (Number.isFinite(endMs) ? endMs : neverMs)
  const alive = (realm: RealmSnapshot, row: UserSessionRow): boolean =>
    clock.now() < sessionEndMs(realm, { ...times(row), offline: row.offline === 1, rememberMe: row.remember_me === 1 })

  return {
    async create(realm, client, made) {
      const now = clock.now()
      const session: Session = {
        id: randomSessionId(random),
        offline: made.offline,
        userId: made.userId,
        startedAtMs: now,
        lastRefreshMs: now,
        rememberMe: made.rememberMe,
        ipAddress: made.ipAddress,
        notes: made.notes,
        client: { startedAtMs: now, lastRefreshMs: now, refreshTokenId: undefined, refreshTokenUses: 0, notes: made.clientNotes },
      }
      const offline = made.offline ? 1 : 0
      const doc: SessionDoc = { ipAddress: made.ipAddress, notes: made.notes }
      await sql.transaction(async (tx) => {
        await sessionRows(tx).insert({
          id: session.id,
          offline,
          realm_id: realm.id,
          user_id: made.userId,
          started_at_ms: now,
          last_refresh_ms: now,
          expires_at_ms: databaseEnd(sessionEndMs(realm, session)),
          remember_me: made.rememberMe ? 1 : 0,
          doc: JSON.stringify(doc),
        })
        await sessionRows(tx).insertClient({
          sessionId: session.id,
          offline,
          clientId: client.id,
          startedAtMs: now,
          refreshTokenId: null,
          refreshTokenUses: 0,
          doc: JSON.stringify({ notes: made.clientNotes }),
        })
      })
      return session
    },
    async find(realm, id, offline) {
      const row = await rows.find(realm.id, id, offline)
      return row && alive(realm, row) ? { userId: row.user_id } : undefined
    },
    async findForClient(realm, client, id, offline) {
      const row = await rows.findForClient(realm.id, id, offline, client.id)
      return row && alive(realm, row) ? fromRow(row) : undefined
    },
    async refreshed(realm, client, session) {
      const now = clock.now()
      const next: Session = { ...session, lastRefreshMs: now, client: { ...session.client, lastRefreshMs: now } }
      await Promise.all([
        rows.touch(realm.id, session.id, session.offline, now, databaseEnd(sessionEndMs(realm, next))),
        rows.touchClient(session.id, session.offline, client.id, now),
      ])
      return next
    },
    async useRefreshToken(realm, client, session, token) {
      const known = session.client
      const again = known.refreshTokenId === token.id
      const stale = !again && known.refreshTokenId !== undefined && token.issuedAtMs < wholeSeconds(known.lastRefreshMs)
      const uses = again ? known.refreshTokenUses + 1 : 1
      const reused = again && known.refreshTokenUses > (realm.settings.refreshTokenMaxReuse ?? 0)
      const won =
        !stale &&
        !reused &&
        (await rows.rotate({
          sessionId: session.id,
          offline: session.offline,
          clientId: client.id,
          knownTokenId: known.refreshTokenId ?? '',
          knownUses: known.refreshTokenUses,
          nextTokenId: token.id,
          nextUses: uses,
          atMs: clock.now(),
        })) === 1
      if (won) return 'accepted'
      await rows.removeClient(session.id, session.offline, client.id)
      return stale ? 'stale' : 'reused'
    },
    async remove(realm, id, offline) {
      await rows.remove(realm.id, id, offline)
    },
  }
}

/** Tokens carry whole seconds: a token issued within the second of the last refresh is not older than it. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000

const times = (row: UserSessionRow): { startedAtMs: number; lastRefreshMs: number } => ({
  startedAtMs: row.started_at_ms,
  lastRefreshMs: row.last_refresh_ms,
})

function fromRow(row: SessionOfClientRow): Session {
  const doc = JSON.parse(row.doc) as SessionDoc
  const clientDoc = JSON.parse(row.client_doc) as { notes: Record<string, string> }
  return {
    id: row.id,
    offline: row.offline === 1,
    userId: row.user_id,
    ...times(row),
    rememberMe: row.remember_me === 1,
    ipAddress: doc.ipAddress,
    notes: doc.notes,
    client: {
      startedAtMs: row.client_started_at_ms,
      lastRefreshMs: row.client_last_refresh_ms,
      refreshTokenId: row.refresh_token_id ?? undefined,
      refreshTokenUses: row.refresh_token_uses,
      notes: clientDoc.notes,
    },
  }
}
