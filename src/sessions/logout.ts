import type { Client, RealmSnapshot } from '../realm/model.ts'
import { sessionRows, type UserSessionRow } from '../storage/sessions.ts'
import type { Sql } from '../storage/sql.ts'

/** A session that is over, and whom that concerns. */
export interface EndedSession {
  readonly id: string
  readonly offline: boolean
  readonly userId: string
  /** The clients that had a part in it, in the order in which they joined; removed clients are left out. */
  readonly clients: readonly Client[]
}

/** Tells clients that sessions are over. Declared here, implemented by the protocol's room. */
export interface ClientLogout {
  /**
   * Calls the clients' own servers. Waits for their answers, but not for long, and never throws: a client that cannot be reached does
   * not keep anybody from leaving.
   */
  notify(realm: RealmSnapshot, baseUrl: string, ended: readonly EndedSession[]): Promise<void>
}

export interface LogoutServices {
  readonly database: Sql
  readonly clientLogout: ClientLogout
}

/** Sessions that one logout ends and tells of together; a user has few. */
const batchMax = 1_000

/**
 * Ends a session for all its clients, and tells those that asked to be told.
 *
 * @param baseUrl from which the issuer in what clients are told is made
 * @returns undefined when the session was gone already: of several callers one ends it
 */
export async function logoutSession(
  services: LogoutServices,
  realm: RealmSnapshot,
  { id, offline }: { readonly id: string; readonly offline: boolean },
  baseUrl: string,
): Promise<EndedSession | undefined> {
  const row = await sessionRows(services.database).find(realm.id, id, offline)
  const [ended] = row ? await end(services, realm, [row], offline) : []
  if (ended) await services.clientLogout.notify(realm, baseUrl, [ended])
  return ended
}

/** Ends all online sessions of a user; offline ones stay, as in the reference. */
export async function logoutUser(
  services: LogoutServices,
  realm: RealmSnapshot,
  userId: string,
  baseUrl: string,
): Promise<readonly EndedSession[]> {
  return logoutSessions(services, realm, await sessionRows(services.database).ofUser(realm.id, userId, false), false, baseUrl)
}

/** Ends the given sessions of one kind, and tells their clients. Those that are gone already are left out of the answer. */
export async function logoutSessions(
  services: LogoutServices,
  realm: RealmSnapshot,
  rows: readonly UserSessionRow[],
  offline: boolean,
  baseUrl: string,
): Promise<readonly EndedSession[]> {
  const all: EndedSession[] = []
  for (let at = 0; at < rows.length; at += batchMax) all.push(...(await end(services, realm, rows.slice(at, at + batchMax), offline)))
  if (all.length > 0) await services.clientLogout.notify(realm, baseUrl, all)
  return all
}

/**
 * Takes a client's part out of a user's sessions, when he takes back what he allowed it: out of the offline ones, and out of the online ones
 * when he had allowed something (`online`).
 */
export const detachClientOfUser = (
  { database }: Pick<LogoutServices, 'database'>,
  realm: RealmSnapshot,
  { userId, clientId, online }: { readonly userId: string; readonly clientId: string; readonly online: boolean },
): Promise<void> =>
  database.transaction(async (tx) => {
    await sessionRows(tx).removeClientOfUser(realm.id, userId, clientId, online)
    // Nobody has an offline session but its clients: it ends with the last one. The browser may still have the online one.
    await sessionRows(tx).removeUnusedOffline(realm.id, userId)
  })

/** Ends all online sessions of a realm without telling anybody: there may be a million of them. Returns how many there were. */
export const logoutRealm = (services: Pick<LogoutServices, 'database'>, realm: RealmSnapshot): Promise<number> =>
  sessionRows(services.database).removeOfRealm(realm.id)

async function end(
  { database }: LogoutServices,
  realm: RealmSnapshot,
  rows: readonly UserSessionRow[],
  offline: boolean,
): Promise<EndedSession[]> {
  const parts = Map.groupBy(
    await sessionRows(database).clientsOf(
      rows.map((row) => row.id),
      offline,
    ),
    (part) => part.session_id,
  )
  const ended: EndedSession[] = []
  for (const { id, user_id: userId } of rows) {
    if ((await sessionRows(database).remove(realm.id, id, offline)) === 0) continue
    const clients = await Promise.all((parts.get(id) ?? []).map((part) => realm.clientById(part.client_id)))
    ended.push({ id, offline, userId, clients: clients.filter((client) => client !== undefined) })
  }
  return ended
}
