import type { Client, ClientScope, UserFacts } from '../realm/model.ts'
import type { Session } from '../sessions/session.ts'
import { readClaimsRequest } from './claims-request.ts'
import { type ExplainedRole, explainRoles } from './explain-roles.ts'
import { type Granted, isLightweight, type MintContext, serverClaims, tokenFacts } from './mint.ts'
import { type Plan, type PlanStep, planOf } from './plan.ts'
import type { Claims, MapperTarget, TokenFacts } from './protocol-mapper.ts'
import { permittedScopes, scopesOfToken } from './roles.ts'
import { isOfOfflineSession } from './subject.ts'
import { leavesOf, stepWords, type Trace, traceSteps, writtenAlone } from './trace.ts'
import { typeOf } from './verify.ts'

export interface ClaimSource {
  /** `server`: the server itself; `mapper`: a protocol mapper; `unknown`: nothing that is there now. */
  readonly kind: 'server' | 'mapper' | 'unknown'
  readonly name: string
  /** The client scope of a mapper; absent for the client's own. */
  readonly scope?: string
}

export interface ExplainedClaim {
  readonly claim: string
  readonly value: unknown
  readonly source: ClaimSource
  readonly reason: string
}

export interface Withheld {
  readonly claim?: string
  readonly role?: string
  readonly client?: string
  readonly reason: string
}

export interface Explanation {
  readonly claims: readonly ExplainedClaim[]
  readonly roles: readonly ExplainedRole[]
  readonly withheld: readonly Withheld[]
}

/** Whose token it is, as far as that is still there. */
export interface TokenOwner {
  readonly user: UserFacts
  readonly session: Session | undefined
  /** How the user comes by each role, by its id. */
  readonly origins: ReadonlyMap<string, string>
}

/**
 * Says of each claim and role of a token what put it there, and what withheld others. The mappers that minting compiles are run once more,
 * with what is known now, and watched: so that the explanation cannot say anything else than minting does. Pure; verifies nothing.
 */
export function explainToken(context: MintContext, claims: Claims, owner: TokenOwner | undefined): Explanation {
  const target = targetOf(claims)
  if (owner === undefined || target === undefined) return { claims: claimsOf(claims, undefined), roles: [], withheld: [] }
  const { client } = context
  const lightweight = target === 'access' && isLightweight(client)
  const granted = grantedOf(client, claims, owner)
  const facts = tokenFacts(context, granted)
  const plan = planOf(granted.scopes, target, { lightweight })
  const base = serverClaims(context, granted, target, lightweight)
  const served = new Set(Object.keys(base).filter((name) => base[name] !== undefined))
  const trace = withFixedClient(traceSteps(plan.steps, base, facts), context, granted)
  const roles = explainRoles({ claims, facts, plan, lightweight, origins: owner.origins })
  const made: Made = { plan, trace, facts, lightweight, target, served }
  return { claims: claimsOf(claims, made), roles, withheld: [...withheldRoles(roles), ...withheldClaims(claims, made, owner)] }
}

/** Without a session minting takes back what a mapper has made of the client's name. */
function withFixedClient({ claims, writers }: Trace, { client }: MintContext, { session }: Granted): Trace {
  if (session !== undefined) return { claims, writers }
  return { claims: { ...claims, azp: client.clientId }, writers: new Map([...writers].filter(([path]) => path !== 'azp')) }
}

/** A token of now, made from the same facts. */
interface Made {
  readonly plan: Plan
  readonly trace: Trace
  readonly facts: TokenFacts
  readonly lightweight: boolean
  readonly target: MapperTarget
  /** What is there before the mappers run. */
  readonly served: ReadonlySet<string>
}

/** Refresh tokens have no mappers of their own. */
function targetOf(claims: Claims): 'access' | 'id' | undefined {
  const typ = typeOf(claims)
  return typ === 'Bearer' ? 'access' : typ === 'ID' ? 'id' : undefined
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function grantedOf(client: Client, claims: Claims, { user, session: found }: TokenOwner): Granted {
  const { acr, auth_time: authTime, nonce, authorization } = claims
  const session = found ?? endedSession(claims, user)
  // An ID token does not tell its scopes: they are those of the session, as they were asked for.
  const told = textOf(claims['scope']) ?? session?.client.notes['scope'] ?? ''
  const asked = [told, ...untold(client, session)].join(' ').trim()
  return {
    grantCode: 'na',
    user,
    scopes: permittedScopes(scopesOfToken(client, asked), user),
    session,
    ...(session === undefined ? { transientNotes: serviceNotes(client, claims) } : {}),
    refreshToken: false,
    acr: textOf(acr) ?? session?.client.notes['acr'] ?? '1',
    authTime: typeof authTime === 'number' ? authTime : undefined,
    nonce: textOf(nonce),
    claimsRequest: readClaimsRequest(session?.client.notes['claims']),
    authorization,
  }
}

/** What a token tells of its session is all that is left of one that has ended; undefined for a token without one. */
function endedSession(claims: Claims, user: UserFacts): Session | undefined {
  const id = textOf(claims['sid'])
  if (id === undefined) return undefined
  const times = { startedAtMs: 0, lastRefreshMs: 0 }
  const client = { ...times, refreshTokenId: undefined, refreshTokenUses: 0, notes: {} }
  return { ...times, id, offline: isOfOfflineSession(claims), userId: user.id, rememberMe: false, ipAddress: '', notes: {}, client }
}

/** The notes of a session that was never kept: the token itself has what became of them. */
function serviceNotes({ clientId }: Client, claims: Claims): ReadonlyMap<string, string> {
  const notes = ['clientHost', 'clientAddress'].flatMap((name): [string, string][] => {
    const value = textOf(claims[name])
    return value === undefined ? [] : [[name, value]]
  })
  return new Map([['client_id', clientId], ...notes])
}

/** Names that were asked for and that tokens do not tell. */
function untold({ optionalScopes }: Client, session: Session | undefined): string[] {
  const asked = new Set(session?.client.notes['scope']?.split(' '))
  return optionalScopes
    .filter(({ name, attributes }) => asked.has(name) && attributes['include.in.token.scope'] === 'false')
    .map(({ name }) => name)
}

/** What the server itself says, and why. */
const ofServer: Readonly<Record<string, string>> = {
  exp: 'when the token ends: a lifespan of the client or of the realm, but never after the session',
  iat: 'when the token was made',
  nbf: 'from when on the token is good',
  auth_time: 'when the user proved who he is',
  jti: 'the name of this one token; its beginning says of what kind the session is and how the token was come by',
  iss: 'the realm that made the token',
  aud: 'whom the token is for',
  sub: 'whose token it is',
  typ: 'what kind of token it is',
  azp: 'the client that the token was made for',
  nonce: 'repeated from the authorization request',
  sid: 'the session of the user',
  scope: 'the scopes that were granted and are told in tokens',
  authorization: 'the permissions that authorization services granted',
  at_hash: 'binds the token to the access token that it came with',
  c_hash: 'binds the token to the code that it came with',
  s_hash: 'binds the token to the state of the request',
  aud_x: 'the audience of the access tokens that it is exchanged for',
  prov: 'how the token is to be read by the server',
}

function claimsOf(claims: Claims, made: Made | undefined): ExplainedClaim[] {
  return Array.from(leavesOf(claims), ([claim, value]): ExplainedClaim => {
    const writers = made?.trace.writers.get(claim) ?? []
    const ownWord = serverReason(claim, claims, made)
    const last = writers.at(-1)
    const isOverridden = claim === 'aud' && ownWord !== undefined && last !== undefined
    if (last !== undefined && !isOverridden)
      return { claim, value, source: sourceOf(last), reason: writtenReason(writers, value, made?.trace, claim) }
    if (ownWord !== undefined) return { claim, value, source: { kind: 'server', name: 'server' }, reason: ownWord }
    const could = made?.plan.steps.find(({ mapper }) => mapper.config?.['claim.name'] === claim)
    if (could !== undefined)
      return { claim, value, source: sourceOf(could), reason: `by ${stepWords(could)}, which would have no value for it now` }
    const reason =
      made === undefined
        ? 'whose token it is cannot be found any more'
        : 'nothing puts it there now: a mapper, scope, role or attribute has changed'
    return { claim, value, source: { kind: 'unknown', name: '' }, reason }
  })
}

const sourceOf = ({ mapper, scope }: PlanStep): ClaimSource => ({
  kind: 'mapper',
  name: mapper.name ?? '',
  ...(scope === undefined ? {} : { scope: scope.name }),
})

/** What a claim has from the server: the claim itself, or an object of which this is a member. */
function serverReason(claim: string, claims: Claims, made: Made | undefined): string | undefined {
  const top = claim.split(/(?<!\\)\./, 1)[0] ?? ''
  if (top === 'aud' && claims['authorization'] !== undefined) return 'the resource server that the permissions are for'
  const isServed = made === undefined || made.served.has(top) || (made.target === 'id' && boundClaims.has(top))
  return isServed && Object.hasOwn(ofServer, top) ? ofServer[top] : undefined
}

/** What an ID token has of whatever it came with. */
const boundClaims: ReadonlySet<string> = new Set(['nonce', 'at_hash', 'c_hash', 's_hash', 'auth_time', 'sid'])

function writtenReason(writers: readonly PlanStep[], value: unknown, trace: Trace | undefined, claim: string): string {
  const [first, ...more] = writers.map(stepWords)
  const now = trace && leavesOf(trace.claims).get(claim)
  const changed = JSON.stringify(now) === JSON.stringify(value) ? '' : `; a token made now would have ${JSON.stringify(now)}`
  return `by ${first}${more.map((words) => `, added to by ${words}`).join('')}${changed}`
}

const withheldRoles = (roles: readonly ExplainedRole[]): Withheld[] =>
  roles.filter((role) => !role.in).map(({ role, client, reason }) => ({ role, ...(client === undefined ? {} : { client }), reason }))

function withheldClaims(claims: Claims, made: Made, { user }: TokenOwner): Withheld[] {
  const { plan, facts, target, lightweight } = made
  const there = leavesOf(claims)
  const missing = (step: PlanStep): string[] => [...writtenAlone([step], facts).keys()].filter((path) => !there.has(path))
  const off = lightweight
    ? 'lacks "Add to lightweight access token", and the token is a lightweight one'
    : `lacks ${switchWords[target] ?? 'its switch'}`
  const switchedOff = plan.passedOver
    .filter(({ type }) => type.targets.includes(target))
    .flatMap((step) => missing(step).map((claim) => ({ claim, reason: `${stepWords(step)} ${off}` })))
  const silent = plan.steps.flatMap((step): Withheld[] => {
    const claim = step.mapper.config?.['claim.name']
    if (claim === undefined || claim === '' || claim.includes('${') || there.has(claim) || writtenAlone([step], facts).size > 0) return []
    return [
      { claim, reason: `${stepWords(step)} has no value for the user ${user.username}, or the claim is one that the server alone says` },
    ]
  })
  const notAsked = facts.client.optionalScopes
    .filter((scope) => !facts.scopes.scopes.includes(scope))
    .flatMap((scope) => ofScope(scope, made).flatMap((step) => missing(step).map((claim) => ({ claim, reason: notGranted(scope, user) }))))
  return distinct([...switchedOff, ...silent, ...notAsked])
}

const switchWords: Readonly<Partial<Record<MapperTarget, string>>> = { access: '"Add to access token"', id: '"Add to ID token"' }

/** What would run if the scope were there as well; of its roles nothing is known without it. */
function ofScope(scope: ClientScope, { facts, target, lightweight }: Made): readonly PlanStep[] {
  const scopes = { ...facts.scopes, scopes: [...facts.scopes.scopes, scope] }
  return planOf(scopes, target, { lightweight }).steps.filter((step) => step.scope === scope)
}

const notGranted = ({ name, roleIds }: ClientScope, { roles }: UserFacts): string =>
  roleIds.size > 0 && !roles.some(({ id }) => roleIds.has(id))
    ? `the scope "${name}" is mapped to roles, and the user has none of them`
    : `the scope "${name}" was not requested`

function distinct(list: readonly Withheld[]): Withheld[] {
  const seen = new Set<string>()
  return list.filter((one) => {
    const text = JSON.stringify(one)
    if (seen.has(text)) return false
    seen.add(text)
    return true
  })
}
