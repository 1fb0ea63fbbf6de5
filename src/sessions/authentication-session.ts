import type { Clock } from '../clock.ts'
import { type Random, randomSessionId } from '../crypto/random.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { authenticationSessionRows } from '../storage/authentication-sessions.ts'
import type { Sql } from '../storage/sql.ts'

/** What became of one execution of a flow; the reference's words. */
export type ExecutionStatus =
  | 'SUCCESS'
  | 'ATTEMPTED'
  | 'FAILED'
  | 'CHALLENGED'
  | 'SKIPPED'
  | 'SETUP_REQUIRED'
  | 'EVALUATED_TRUE'
  | 'EVALUATED_FALSE'

/** Which of the realm's flows a login walks through; the word is that of the login-actions path. */
export type FlowPath = 'authenticate' | 'registration' | 'reset-credentials' | 'first-broker-login' | 'post-broker-login'

/**
 * One tab's login in progress. A request loads it, changes it and saves it once; two answers of one tab cannot overwrite each other.
 */
export interface AuthenticationSession {
  readonly rootId: string
  readonly tabId: string
  readonly realmId: string
  /** Internal id of the client that asked. */
  readonly clientId: string
  readonly startedAtMs: number
  /** When the page that is shown was drawn: how long a person may take for it is counted from then. */
  readonly shownAtMs: number
  readonly revision: number
  /** Where the application wants its answer; checked before it got in here. */
  redirectUri: string
  /** The parameters of the authorization request that the protocol needs at the end. */
  request: Record<string, string>
  /** What authenticators and actions noted for each other. Names are the reference's where it has them. */
  notes: Record<string, string>
  /** What becomes notes of the user session. */
  sessionNotes: Record<string, string>
  userId: string | undefined
  flowPath: FlowPath
  /** `required-actions` after the flow has succeeded. */
  stage: 'authenticate' | 'required-actions'
  /** By execution id. */
  executions: Record<string, ExecutionStatus>
  /** The execution or required action whose page is shown. */
  current: string | undefined
  /** Goes into the form's address and must come back with it: a form of an earlier step is not taken. */
  code: string
  /** Aliases of actions that this login adds to those of the user (kc_action, a weak password …). */
  requiredActions: string[]
}

export type NewAuthenticationSession = Pick<AuthenticationSession, 'redirectUri' | 'request'> & { readonly flowPath?: FlowPath }

export interface AuthenticationSessions {
  /** Makes a tab in the browser with the root id, or in a new one. */
  create(realm: RealmSnapshot, client: Client, rootId: string | undefined, made: NewAuthenticationSession): Promise<AuthenticationSession>
  find(realm: RealmSnapshot, rootId: string, tabId: string): Promise<AuthenticationSession | undefined>
  /** Saves what a request changed. False when another answer of the tab came first: then nothing is saved. */
  save(realm: RealmSnapshot, session: AuthenticationSession): Promise<boolean>
  /** Ends the tab. True for exactly one of several callers: a login is finished once. */
  take(session: AuthenticationSession): Promise<boolean>
  /** Forgets all tabs of a browser. */
  removeRoot(realm: RealmSnapshot, rootId: string): Promise<void>
}

export const authenticationSessionLimits = {
  /** Tabs of one browser; the reference's default. Opening more forgets the oldest. */
  tabsMax: 300,
  /** Characters of an authorization request's parameter that is kept; the reference's limit: longer ones are dropped. */
  parameterLengthMax: 4_000,
} as const

/** A login may take as long as the slowest of what the realm allows. */
const lifespanMs = ({ settings }: RealmSnapshot): number =>
  Math.max(settings.accessCodeLifespanLogin ?? 0, settings.accessCodeLifespanUserAction ?? 0, settings.accessCodeLifespan ?? 0) * 1_000

/** How long a person may take for one page of a login, or for one of an action in or beside it; one that is not set takes the other's. */
export function stepLifespanMs({ settings }: RealmSnapshot, step: 'login' | 'action'): number {
  const { accessCodeLifespanLogin: login, accessCodeLifespanUserAction: action, accessCodeLifespan } = settings
  const seconds = step === 'login' ? login || action : action || accessCodeLifespan
  return (seconds ?? 0) * 1_000
}

type Doc = Omit<AuthenticationSession, 'rootId' | 'tabId' | 'realmId' | 'revision'>

/** 64 random bits: tells tabs of one browser apart, no secret. */
const tabIdBytes = 8

/** A login in progress that nothing keeps: one that begins and ends in one request needs no more. */
export const newAuthenticationSession = (
  { clock, random }: { clock: Clock; random: Random },
  realm: RealmSnapshot,
  client: Client,
  made: NewAuthenticationSession & { readonly rootId: string },
): AuthenticationSession => ({
  rootId: made.rootId,
  tabId: random.bytes(tabIdBytes).toString('base64url'),
  realmId: realm.id,
  clientId: client.id,
  startedAtMs: clock.now(),
  shownAtMs: clock.now(),
  revision: 1,
  redirectUri: made.redirectUri,
  request: made.request,
  notes: {},
  sessionNotes: {},
  userId: undefined,
  flowPath: made.flowPath ?? 'authenticate',
  stage: 'authenticate',
  executions: {},
  current: undefined,
  code: randomSessionId(random),
  requiredActions: [],
})

export function openAuthenticationSessions({ sql, clock, random }: { sql: Sql; clock: Clock; random: Random }): AuthenticationSessions {
  const rows = authenticationSessionRows(sql)
  const docOf = ({ rootId: _root, tabId: _tab, realmId: _realm, revision: _revision, ...doc }: AuthenticationSession): string =>
    JSON.stringify(doc)
  return {
    async create(realm, client, rootId, made) {
      const root = rootId ?? randomSessionId(random)
      const session = newAuthenticationSession({ clock, random }, realm, client, { ...made, rootId: root })
      if (rootId !== undefined) {
        const tabs = await rows.count(root)
        if (tabs >= authenticationSessionLimits.tabsMax) await rows.removeOldest(root, tabs - authenticationSessionLimits.tabsMax + 1)
      }
      await rows.insert({
        rootId: root,
        tabId: session.tabId,
        realmId: realm.id,
        expiresAtMs: clock.now() + lifespanMs(realm),
        doc: docOf(session),
      })
      return session
    },
    async find(realm, rootId, tabId) {
      const row = await rows.find(realm.id, rootId, tabId, clock.now())
      if (row === undefined) return undefined
      return {
        ...(JSON.parse(row.doc) as Doc),
        rootId,
        tabId,
        realmId: realm.id,
        revision: row.revision,
      }
    },
    async save(realm, session) {
      const { rootId, tabId, revision } = session
      const now = clock.now()
      const doc = docOf({ ...session, shownAtMs: now })
      return (await rows.update({ rootId, tabId, revision, expiresAtMs: now + lifespanMs(realm), doc })) === 1
    },
    take: async (session) => (await rows.take(session.rootId, session.tabId)) !== undefined,
    async removeRoot(realm, rootId) {
      await rows.removeRoot(realm.id, rootId)
    },
  }
}
