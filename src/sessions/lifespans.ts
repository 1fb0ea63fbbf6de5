import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { ClientSession, Session } from './session.ts'

/** Idle and absolute limits in seconds; 0 means no limit of its own. */
interface Limits {
  readonly idleSeconds: number
  readonly maxSeconds: number
}

const positive = (...values: readonly (number | undefined)[]): number => values.find((value) => value !== undefined && value > 0) ?? 0

/** A client attribute that holds seconds. Undefined when absent or not a number. */
export function attributeSeconds(client: Client, name: string): number | undefined {
  const text = client.attributes[name]
  if (text === undefined || text === '') return undefined
  const seconds = Number(text)
  return Number.isInteger(seconds) ? seconds : undefined
}

function userLimits(realm: RealmSnapshot, session: Pick<Session, 'offline' | 'rememberMe'>): Limits {
  const s = realm.settings
  if (session.offline)
    return {
      idleSeconds: s.offlineSessionIdleTimeout ?? 0,
      maxSeconds: s.offlineSessionMaxLifespanEnabled ? (s.offlineSessionMaxLifespan ?? 0) : 0,
    }
  return {
    idleSeconds: positive(session.rememberMe ? s.ssoSessionIdleTimeoutRememberMe : 0, s.ssoSessionIdleTimeout),
    maxSeconds: positive(session.rememberMe ? s.ssoSessionMaxLifespanRememberMe : 0, s.ssoSessionMaxLifespan),
  }
}

function clientLimits(realm: RealmSnapshot, client: Client, offline: boolean): Limits {
  const s = realm.settings
  return offline
    ? {
        idleSeconds: positive(attributeSeconds(client, 'client.offline.session.idle.timeout'), s.clientOfflineSessionIdleTimeout),
        maxSeconds: s.offlineSessionMaxLifespanEnabled
          ? positive(attributeSeconds(client, 'client.offline.session.max.lifespan'), s.clientOfflineSessionMaxLifespan)
          : 0,
      }
    : {
        idleSeconds: positive(attributeSeconds(client, 'client.session.idle.timeout'), s.clientSessionIdleTimeout),
        maxSeconds: positive(attributeSeconds(client, 'client.session.max.lifespan'), s.clientSessionMaxLifespan),
      }
}

const endOf = (startedAtMs: number, lastRefreshMs: number, limits: Limits): number =>
  Math.min(
    limits.idleSeconds > 0 ? lastRefreshMs + limits.idleSeconds * 1_000 : Number.POSITIVE_INFINITY,
    limits.maxSeconds > 0 ? startedAtMs + limits.maxSeconds * 1_000 : Number.POSITIVE_INFINITY,
  )

/** When the user session ends unless it is refreshed, in milliseconds; Infinity when nothing ends it. */
export const sessionEndMs = (
  realm: RealmSnapshot,
  session: Pick<Session, 'offline' | 'rememberMe' | 'startedAtMs' | 'lastRefreshMs'>,
): number => endOf(session.startedAtMs, session.lastRefreshMs, userLimits(realm, session))

/**
 * Until when a user is told that his session lasts, in milliseconds: its absolute end, or without one the end of its first idle time.
 * Infinity when nothing ends it.
 */
export function toldSessionEndMs(realm: RealmSnapshot, session: Pick<Session, 'offline' | 'rememberMe' | 'startedAtMs'>): number {
  const { idleSeconds, maxSeconds } = userLimits(realm, session)
  const seconds = maxSeconds > 0 ? maxSeconds : idleSeconds
  return seconds > 0 ? session.startedAtMs + seconds * 1_000 : Number.POSITIVE_INFINITY
}

/** When a client's part of the session ends unless it is refreshed: the user session's end or an earlier one of its own. */
export function clientSessionEndMs(realm: RealmSnapshot, client: Client, session: Session): number {
  const own = endOf(session.client.startedAtMs, session.client.lastRefreshMs, clientLimits(realm, client, session.offline))
  return Math.min(own, sessionEndMs(realm, session))
}

/** The absolute end of the session, which no refresh can move: access tokens do not outlive it. */
export function sessionMaxEndMs(
  realm: RealmSnapshot,
  client: Client,
  session: Pick<Session, 'offline' | 'rememberMe' | 'startedAtMs'> & { readonly client: Pick<ClientSession, 'startedAtMs'> },
): number {
  const user = userLimits(realm, session).maxSeconds
  const own = clientLimits(realm, client, session.offline).maxSeconds
  return Math.min(
    user > 0 ? session.startedAtMs + user * 1_000 : Number.POSITIVE_INFINITY,
    own > 0 ? session.client.startedAtMs + own * 1_000 : Number.POSITIVE_INFINITY,
  )
}
