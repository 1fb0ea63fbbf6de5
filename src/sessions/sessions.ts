/**
 * The session room: logins and the clients' parts in them, their lifespans, refresh-token rotation, revocation. Stored in the database,
 * so that they survive a restart and every node sees them. Not here: how somebody logged in, tokens. May call storage, realm, events.
 */
import type { Clock } from '../clock.ts'
import { type Random, randomSessionId } from '../crypto/random.ts'
import type { Logger } from '../log.ts'
import type { Client, RealmSnapshot, UserFacts } from '../realm/model.ts'
import type { KnownUsers } from '../realm/user-facts.ts'
import { type NewClientOfSession, type SessionOfClientRow, sessionRows, type UserSessionRow } from '../storage/sessions.ts'
import { singleUse } from '../storage/single-use.ts'
import type { Sql } from '../storage/sql.ts'
import { subjects } from '../storage/subjects.ts'
import { sessionEndMs } from './lifespans.ts'
import { type RefreshTokenState, refreshTokenState } from './rotation.ts'
import type { Session } from './session.ts'
import { openSessionUses } from './uses.ts'

/** A session without an end is kept until somebody removes it; the database wants a number. */
const neverMs = Number.MAX_SAFE_INTEGER

export interface NewSession {
  readonly userId: string
  readonly offline: boolean
  readonly rememberMe: boolean
  readonly ipAddress: string
  /** The User-Agent of the login: people know their devices by it. */
  readonly userAgent?: string | undefined
  readonly notes: Readonly<Record<string, string>>
  readonly clientNotes: Readonly<Record<string, string>>
}

export interface Sessions {
  /** Without a client nobody has a part in it yet: applications join by single sign-on. */
  create(realm: RealmSnapshot, client: Client | undefined, session: NewSession): Promise<Session>
  /**
   * Gives a client a part in a session that is there (single sign-on), or new notes to the part that it has. `notes` are added to those
   * of the user session. Undefined when the session is gone or over.
   */
  attach(
    realm: RealmSnapshot,
    client: Client,
    id: string,
    joining: {
      readonly userId: string
      readonly notes: Readonly<Record<string, string>>
      readonly clientNotes: Readonly<Record<string, string>>
    },
  ): Promise<Session | undefined>
  /** The user session whatever its clients; undefined when it is gone or over. */
  find(realm: RealmSnapshot, id: string, offline: boolean): Promise<{ readonly userId: string } | undefined>
  /** The notes of an online session; undefined when it is gone or over. */
  notesOf(realm: RealmSnapshot, id: string): Promise<Readonly<Record<string, string>> | undefined>
  /** The session with one client's part in it; undefined when the user session is gone or over or the client has no part. */
  findForClient(realm: RealmSnapshot, client: Client, id: string, offline: boolean): Promise<Session | undefined>
  /** The same for the holder of a token, its user, and whether this token, when it is named, was revoked: one read for all. */
  findForToken(
    realm: RealmSnapshot,
    client: Client,
    token: { readonly sessionId: string; readonly offline: boolean; readonly tokenId?: string },
  ): Promise<SessionOfToken | undefined>
  /** Whether a token without a session was revoked. */
  isRevoked(realm: RealmSnapshot, tokenId: string): Promise<boolean>
  /** Takes one access token back, until it would have ended by itself. */
  revokeToken(realm: RealmSnapshot, token: { readonly id: string; readonly expiresAtMs: number }): Promise<void>
  /** Ends a client's part in a session; the session ends with its last part. */
  removeClient(realm: RealmSnapshot, client: Client, id: string, offline: boolean): Promise<void>
  /** Takes a client's part out of a session, online and offline, and leaves the session to the others: a code was used twice. */
  detachClient(realm: RealmSnapshot, client: Pick<Client, 'id'>, id: string): Promise<void>
  /**
   * Notes that the session was used: moves its idle end. `clientNotes`, when given, become those of the client's part. Returns the
   * session as it is then.
   */
  refreshed(realm: RealmSnapshot, client: Client, session: Session, clientNotes?: Readonly<Record<string, string>>): Promise<Session>
  /**
   * Makes the offline twin of an online session, with the same id and a part for this client. `replacesOnline`: the login was only for
   * this, so the online session ends, unless another client has joined it.
   */
  createOffline(
    realm: RealmSnapshot,
    client: Client,
    session: Session,
    offline: { readonly clientNotes: Readonly<Record<string, string>>; readonly replacesOnline: boolean },
  ): Promise<Session>
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
  /** Writes uses of sessions that wait for it: for those who read the rows in another way than through here. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface SessionOfToken {
  readonly session: Session
  readonly user: UserFacts
  readonly revoked: boolean
}

export type RefreshTokenUse = 'accepted' | Exclude<RefreshTokenState, 'usable'>

/** What a stored session says beside its columns. */
export interface SessionDoc {
  readonly ipAddress: string
  readonly userAgent?: string | undefined
  readonly notes: Readonly<Record<string, string>>
}

/** Characters of a User-Agent that are kept: what names device and browser comes early. */
const userAgentMax = 400

/** A client's part in a session before its first refresh. */
const newPart = (
  client: Client,
  {
    notes,
    ...part
  }: Pick<NewClientOfSession, 'sessionId' | 'offline' | 'startedAtMs'> & { readonly notes: Readonly<Record<string, string>> },
): NewClientOfSession => ({ ...part, clientId: client.id, refreshTokenId: null, refreshTokenUses: 0, doc: JSON.stringify({ notes }) })

interface SessionParts {
  readonly sql: Sql
  readonly people: KnownUsers
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

export function openSessions({ sql, people, clock, random, log }: SessionParts): Sessions {
  const rows = sessionRows(sql)
  const uses = openSessionUses({ sql, log })
  /** The row with uses that are not written yet. */
  const current = <R extends UserSessionRow>(row: R | undefined): R | undefined => {
    const last = row && uses.lastOf(row.id, row.offline === 1)
    return row === undefined || last === undefined || last <= row.last_refresh_ms ? row : { ...row, last_refresh_ms: last }
  }
  const currentOfClient = <R extends SessionOfClientRow>(found: R | undefined, client: Client): R | undefined => {
    const row = current(found)
    const last = row && uses.lastOf(row.id, row.offline === 1, client.id)
    return row === undefined || last === undefined || last <= row.client_last_refresh_ms ? row : { ...row, client_last_refresh_ms: last }
  }
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
        userAgent: made.userAgent?.slice(0, userAgentMax),
        notes: made.notes,
        client: { startedAtMs: now, lastRefreshMs: now, refreshTokenId: undefined, refreshTokenUses: 0, notes: made.clientNotes },
      }
      const offline = made.offline ? 1 : 0
      const doc: SessionDoc = { ipAddress: made.ipAddress, userAgent: session.userAgent, notes: made.notes }
      const row = {
        id: session.id,
        offline,
        realm_id: realm.id,
        user_id: made.userId,
        started_at_ms: now,
        last_refresh_ms: now,
        expires_at_ms: databaseEnd(sessionEndMs(realm, session)),
        remember_me: made.rememberMe ? 1 : 0,
        doc: JSON.stringify(doc),
      }
      await rows.insert(row, client && newPart(client, { sessionId: session.id, offline, startedAtMs: now, notes: made.clientNotes }))
      return session
    },
    async attach(realm, client, id, { userId, notes, clientNotes }) {
      const row = current(await rows.find(realm.id, id, false))
      if (row === undefined || row.user_id !== userId || !alive(realm, row)) return undefined
      const now = clock.now()
      const before = JSON.parse(row.doc) as SessionDoc
      const doc: SessionDoc = { ...before, notes: { ...before.notes, ...notes } }
      const lastRefreshMs = Math.max(now, row.last_refresh_ms)
      const times = { startedAtMs: row.started_at_ms, lastRefreshMs }
      const expiresAtMs = databaseEnd(sessionEndMs(realm, { ...times, offline: false, rememberMe: row.remember_me === 1 }))
      const part = newPart(client, { sessionId: id, offline: 0, startedAtMs: now, notes: clientNotes })
      await rows.join(realm.id, { lastRefreshMs, expiresAtMs, doc: JSON.stringify(doc) }, part)
      const joined = await rows.findForClient(realm.id, id, false, client.id)
      return joined && fromRow(joined)
    },
    async find(realm, id, offline) {
      const row = current(await rows.find(realm.id, id, offline))
      return row && alive(realm, row) ? { userId: row.user_id } : undefined
    },
    async notesOf(realm, id) {
      const row = current(await rows.find(realm.id, id, false))
      return row && alive(realm, row) ? (JSON.parse(row.doc) as SessionDoc).notes : undefined
    },
    async findForClient(realm, client, id, offline) {
      const row = currentOfClient(await rows.findForClient(realm.id, id, offline, client.id), client)
      return row && alive(realm, row) ? fromRow(row) : undefined
    },
    async findForToken(realm, client, { sessionId, offline, tokenId = '' }) {
      const found = await subjects(sql).find({ realmId: realm.id, sessionId, offline, clientId: client.id, tokenId })
      const row = currentOfClient(found, client)
      if (row === undefined || !alive(realm, row)) return undefined
      const user = await people.facts({ ...row, id: row.user_id })
      return { session: fromRow(row), user, revoked: row.revoked > 0 }
    },
    isRevoked: async (realm, tokenId) => (await singleUse(sql).find(tokenId, 'revoked', realm.id, clock.now())) !== undefined,
    async revokeToken(realm, { id, expiresAtMs }) {
      await singleUse(sql).put({ id, kind: 'revoked', realmId: realm.id, expiresAtMs, doc: '{}' })
    },
    async removeClient(realm, client, id, offline) {
      await sql.transaction(async (tx) => {
        await sessionRows(tx).removeClient(id, offline, client.id)
        await sessionRows(tx).removeUnused(realm.id, id, offline)
      })
    },
    async detachClient(realm, client, id) {
      await sql.transaction(async (tx) => {
        const own = sessionRows(tx)
        await own.removeClient(id, false, client.id)
        // Nobody has an offline session but its clients: it ends with the last one. The browser may still have the online one.
        await own.removeClient(id, true, client.id)
        await own.removeUnused(realm.id, id, true)
      })
    },
    async refreshed(realm, client, session, clientNotes) {
      const now = clock.now()
      const { id, offline } = session
      const notes = clientNotes ?? session.client.notes
      const next: Session = { ...session, lastRefreshMs: now, client: { ...session.client, lastRefreshMs: now, notes } }
      const expiresAtMs = databaseEnd(sessionEndMs(realm, next))
      uses.note({ realmId: realm.id, id, offline, clientId: client.id, atMs: now, expiresAtMs })
      if (clientNotes !== undefined) await rows.noteClient(id, offline, client.id, now, JSON.stringify({ notes }))
      return next
    },
    async createOffline(realm, client, session, { clientNotes, replacesOnline }) {
      const now = clock.now()
      const { id, userId, rememberMe, ipAddress, userAgent, notes } = session
      const doc: SessionDoc = { ipAddress, userAgent, notes }
      const times = { startedAtMs: now, lastRefreshMs: now }
      await sql.transaction(async (tx) => {
        const own = sessionRows(tx)
        await own.insertOffline({
          id,
          offline: 1,
          realm_id: realm.id,
          user_id: userId,
          started_at_ms: now,
          last_refresh_ms: now,
          expires_at_ms: databaseEnd(sessionEndMs(realm, { ...times, offline: true, rememberMe })),
          remember_me: rememberMe ? 1 : 0,
          doc: JSON.stringify(doc),
        })
        await own.insertClient({
          sessionId: id,
          offline: 1,
          clientId: client.id,
          startedAtMs: now,
          refreshTokenId: null,
          refreshTokenUses: 0,
          doc: JSON.stringify({ notes: clientNotes }),
        })
        if (replacesOnline && (await own.countClients(id, false)) <= 1) await own.remove(realm.id, id, false)
      })
      const made = await rows.findForClient(realm.id, id, true, client.id)
      return made ? fromRow(made) : { ...session, ...times, offline: true, client: { ...session.client, ...times, notes: clientNotes } }
    },
    async useRefreshToken(realm, client, session, token) {
      const known = session.client
      const uses = known.refreshTokenId === token.id ? known.refreshTokenUses + 1 : 1
      const state = refreshTokenState(realm, known, token)
      const won =
        state === 'usable' &&
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
      return state === 'stale' ? 'stale' : 'reused'
    },
    async remove(realm, id, offline) {
      await rows.remove(realm.id, id, offline)
    },
    settle: uses.flush,
    close: uses.close,
  }
}

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
    userAgent: doc.userAgent,
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
