import type { AuthenticationFlow, Client, RealmAuthentication, RealmSnapshot } from '../realm/model.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import { takeOverCompleted } from '../sessions/completed-executions.ts'

/**
 * Levels of authentication (LoA): numbers that flows reach by their conditions, and the names (acr) by which applications ask for
 * them and are told of them. All of it as the reference server does, whose rules differ from what one might guess: of several asked
 * values the lowest counts, and an unknown one asks for nothing.
 */

/** The parameters of an authorization request that speak of levels. Client sessions keep them in notes of the same names. */
export interface AcrRequest {
  readonly [name: string]: string | undefined
}

/** Note of a login in progress and of the client's part in a session: the level that this login reached. */
export const levelNote = 'level-of-authentication'
/** Note of the client's part in a session: the `acr` that its tokens tell. */
export const acrNote = 'acr'
/** Note of the user session: `{"1": seconds since the epoch at which level 1 was reached}`. */
export const levelTimesNote = 'loa-map'

const noLevel = -1
const lowestLevel = 0
/** Seconds; used where a condition does not say how long its level holds. */
const defaultMaxAgeSeconds = 36_000

/** The names of levels: the client's own map, or else the realm's. In the order in which they were written. */
export const acrLevels = (realm: RealmSnapshot, client: Client): ReadonlyMap<string, number> =>
  client.derived(clientLevels).size > 0 ? client.derived(clientLevels) : realm.derived(realmLevels)

const clientLevels = ({ attributes }: Client): ReadonlyMap<string, number> => readLevels(attributes['acr.loa.map'])
const realmLevels = ({ attributes }: RealmSnapshot): ReadonlyMap<string, number> => readLevels(attributes['acr.loa.map'])

function readLevels(text: string | undefined): ReadonlyMap<string, number> {
  const levels = parseObject(text)
  return new Map(
    Object.entries(levels).flatMap(([name, level]) => (Number.isInteger(Number(level)) ? [[name, Number(level)] as const] : [])),
  )
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined || text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** `acr` of the `id_token` member of the claims parameter (OpenID Connect Core section 5.5.1); `values` before `value`. */
function claimedAcr(request: AcrRequest): { readonly essential: boolean; readonly values: readonly string[] } {
  const idToken = parseObject(request['claims'])['id_token']
  const acr = typeof idToken === 'object' && idToken !== null ? (idToken as Record<string, unknown>)['acr'] : undefined
  if (typeof acr !== 'object' || acr === null) return { essential: false, values: [] }
  const { essential, value, values } = acr as { essential?: unknown; value?: unknown; values?: unknown }
  const list = Array.isArray(values) ? values.map(String) : typeof value === 'string' ? [value] : []
  return { essential: essential === true, values: list }
}

const essentialValues = (request: AcrRequest): readonly string[] => {
  const { essential, values } = claimedAcr(request)
  return essential ? values : []
}

/** What is asked for without insisting: claims and `acr_values`, or else the client's default; never below the client's minimum. */
function voluntaryValues(realm: RealmSnapshot, client: Client, request: AcrRequest): readonly string[] {
  const asked = [...claimedAcr(request).values, ...namesIn(request['acr_values'] ?? '')]
  const defaults = (client.attributes['default.acr.values'] ?? '').split('##').filter((value) => value !== '')
  const values = asked.length > 0 ? asked : defaults
  const minimum = client.attributes['minimum.acr.value'] || undefined
  if (minimum === undefined) return values
  const allowed = values.filter((value) => reachesMinimum(realm, client, value, minimum))
  return allowed.length > 0 ? allowed : [minimum]
}

/** Trailing blanks make no names; a blank before a name is an unknown one, which asks for nothing (reference behaviour). */
const namesIn = (text: string): string[] => (text.trim() === '' ? [] : text.trimEnd().split(' '))

/** A number counts beside a minimum only when it is one of the named levels. */
function reachesMinimum(realm: RealmSnapshot, client: Client, value: string, minimum: string): boolean {
  const levels = acrLevels(realm, client)
  const known = levels.get(value) ?? [...levels.values()].find((level) => String(level) === value)
  return known !== undefined && known >= (levels.get(minimum) ?? levelOfNumber(minimum))
}

const levelOfNumber = (value: string): number => (/^-?\d{1,9}$/.test(value) ? Number(value) : noLevel)

/**
 * False when the request insists on a level that cannot be: an unknown name, or less than the client's minimum. The reference then shows
 * the error page `Invalid parameter: claims` (400).
 */
export function essentialAcrIsPossible(realm: RealmSnapshot, client: Client, request: AcrRequest): boolean {
  const levels = acrLevels(realm, client)
  const minimum = client.attributes['minimum.acr.value'] || undefined
  return essentialValues(request).every((value) =>
    minimum === undefined ? levels.has(value) || /^-?\d{1,9}$/.test(value) : reachesMinimum(realm, client, value, minimum),
  )
}

export interface RequestedLevel {
  /** -1 when nothing is asked for. */
  readonly level: number
  /** The login fails when the level is not reached. */
  readonly insisted: boolean
}

export function requestedLevel(realm: RealmSnapshot, client: Client, request: AcrRequest): RequestedLevel {
  const essential = essentialValues(request)
  const values = essential.length > 0 ? essential : voluntaryValues(realm, client, request)
  const levels = acrLevels(realm, client)
  const asked = values.map((value) => levels.get(value) ?? levelOfNumber(value))
  return { level: asked.length === 0 ? noLevel : Math.min(...asked), insisted: essential.length > 0 }
}

/**
 * The `acr` claim for a level: of the values that were asked for the highest that the level reaches, or else of all names, or else the
 * number. `request` holds what was asked for, from the authorization request or the notes of the client's part in the session.
 */
export function acrOfLevel(realm: RealmSnapshot, client: Client, request: AcrRequest, level: number): string {
  const levels = acrLevels(realm, client)
  const best = (values: Iterable<string>): string | undefined => {
    if (levels.size === 0) return undefined
    let found: { readonly value: string; readonly level: number } | undefined
    for (const value of values) {
      const wanted = levels.get(value) ?? levelOfNumber(value)
      if (wanted >= lowestLevel && wanted <= level && wanted > (found?.level ?? noLevel)) found = { value, level: wanted }
    }
    return found?.value
  }
  return best(essentialValues(request)) ?? best(voluntaryValues(realm, client, request)) ?? best(levels.keys()) ?? String(level)
}

/** The level of a condition's configuration; undefined when it has none. */
export const configuredLevel = (config: Readonly<Record<string, string>>): number | undefined =>
  /^-?\d{1,9}$/.test(config['loa-condition-level'] ?? '') ? Number(config['loa-condition-level']) : undefined

/** Seconds for which a level holds. */
export const configuredMaxAgeSeconds = (config: Readonly<Record<string, string>>): number =>
  /^\d{1,9}$/.test(config['loa-max-age'] ?? '') ? Number(config['loa-max-age']) : defaultMaxAgeSeconds

/** Sub-flows may name each other; deeper than this nobody nests them. */
const depthMax = 16

/** How long each level holds, from the conditions of a flow and of the flows in it. */
export function levelMaxAges(
  authentication: Pick<RealmAuthentication, 'flow'>,
  flow: AuthenticationFlow | undefined,
  depth = 0,
): ReadonlyMap<number, number> {
  const ages = new Map<number, number>()
  for (const { authenticator, flowAlias, config, requirement } of flow?.executions ?? []) {
    if (requirement === 'DISABLED') continue
    const level = authenticator === 'conditional-level-of-authentication' ? configuredLevel(config) : undefined
    if (level !== undefined) ages.set(level, configuredMaxAgeSeconds(config))
    const inner = flowAlias === undefined || depth >= depthMax ? undefined : authentication.flow(flowAlias)
    if (inner) for (const [known, age] of levelMaxAges(authentication, inner, depth + 1)) ages.set(known, age)
  }
  return ages
}

type Session = Pick<AuthenticationSession, 'notes' | 'sessionNotes'>

const levelTimes = (text: string | undefined): ReadonlyMap<number, number> =>
  new Map(Object.entries(parseObject(text)).map(([level, at]) => [Number(level), Number(at)] as const))

/** The level that this login has reached so far; -1 before any. */
export const reachedLevel = ({ notes }: Session): number => levelOfNumber(notes[levelNote] ?? '')

/** Notes that a level is reached. A level that holds for no time counts for this login alone. */
export function reachLevel(session: Session, level: number, maxAgeSeconds: number, nowSeconds: number): void {
  session.notes[levelNote] = String(level)
  if (maxAgeSeconds === 0) return
  const times = new Map(levelTimes(session.sessionNotes[levelTimesNote])).set(level, nowSeconds)
  session.sessionNotes[levelTimesNote] = JSON.stringify(Object.fromEntries(times))
}

/** True when the level was reached before and still holds. */
export function levelHolds({ sessionNotes }: Session, level: number, maxAgeSeconds: number, nowSeconds: number): boolean {
  const at = levelTimes(sessionNotes[levelTimesNote]).get(level)
  return at !== undefined && at + maxAgeSeconds >= nowSeconds
}

/**
 * Starts from a session that the browser has: what was proved there counts, as far as it still holds. Not to be called when the
 * application wants everything to be proved again.
 *
 * @returns false when the application asks for more than the session has reached: the cookie alone is not enough
 */
export function resumeLevels(
  login: { readonly realm: RealmSnapshot; readonly client: Client; readonly session: AuthenticationSession },
  ofSession: Readonly<Record<string, string>>,
  maxAges: ReadonlyMap<number, number>,
  nowSeconds: number,
): boolean {
  const { realm, client, session } = login
  takeOverCompleted(session.sessionNotes, ofSession)
  const times = ofSession[levelTimesNote]
  if (times !== undefined) session.sessionNotes[levelTimesNote] = times
  const level = heldLevel(levelTimes(times), maxAges, nowSeconds)
  session.notes[levelNote] = String(level)
  return requestedLevel(realm, client, session.request).level <= level
}

/** The highest level below which none has run out. */
function heldLevel(times: ReadonlyMap<number, number>, maxAges: ReadonlyMap<number, number>, nowSeconds: number): number {
  let held = times.size === 0 ? noLevel : lowestLevel
  for (const [level, at] of [...times].sort(([a], [b]) => a - b)) {
    const maxAge = maxAges.get(level)
    if (maxAge === undefined || at + maxAge < nowSeconds) break
    held = level
  }
  return held
}

/** The level of a finished login, for the client's part in the session. A flow without conditions of level gives 1, or 0 by cookie alone. */
export function finalLevel(session: Session, bySso: boolean): number {
  const level = reachedLevel(session)
  if (level !== noLevel) return level
  return bySso ? 0 : 1
}

/**
 * False when the application insisted on a level that the flow did not reach. Only flows with a condition of level are checked: in others
 * an essential acr is as good as none (reference behaviour). The reference shows `acrNotFulfilled` (400).
 */
export function insistedLevelIsReached(
  { realm, client, session }: { readonly realm: RealmSnapshot; readonly client: Client; readonly session: AuthenticationSession },
  maxAges: ReadonlyMap<number, number>,
): boolean {
  const { level, insisted } = requestedLevel(realm, client, session.request)
  return !insisted || maxAges.size === 0 || reachedLevel(session) >= level
}
