import { createHash } from 'node:crypto'
import { type Clock, nowSeconds } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import { signJwt } from '../keys/sign.ts'
import { ownSigningKey, signingKey } from '../keys/signing-key.ts'
import type { Client, RealmSnapshot, ResolvedScopes, UserFacts } from '../realm/model.ts'
import { attributeSeconds, clientSessionEndMs, sessionMaxEndMs } from '../sessions/lifespans.ts'
import type { Session } from '../sessions/session.ts'
import { issuerOf } from './issuer.ts'
import { tokenPlans } from './plan.ts'
import type { Claims, ClaimsRequest, SessionFacts, TokenFacts } from './protocol-mapper.ts'
import { effectiveRoles, scopeClaim, scopeNamesOf, tokenRoles } from './roles.ts'

/** How the token was come by, as the reference abbreviates it in the token id: ac code, cc client credentials, ro password, rt refresh, na none (the authorization endpoint) … */
export type GrantCode = 'ac' | 'cc' | 'ro' | 'rt' | 'na' | 'dg' | 'ci' | 'te' | 'pt' | 'jb'

/** What a grant has decided. Everything that is put into tokens comes from here. */
export interface Granted {
  readonly grantCode: GrantCode
  readonly user: UserFacts
  readonly scopes: ResolvedScopes
  /** The scopes that stay granted when `scopes` are fewer: a refresh may ask for less once and for all again later. */
  readonly keptScopes?: ResolvedScopes
  /** What the refresh token says when that is more than stays granted now: a scope that comes back counts again. */
  readonly refreshScope?: string
  /** True when the tokens come from the authorization endpoint without a code: they have a lifespan of their own. */
  readonly implicit?: boolean
  /** Undefined for a transient session, which nobody can refresh, list or end. */
  readonly session: Session | undefined
  /** Notes of a transient session, for mappers. */
  readonly transientNotes?: ReadonlyMap<string, string>
  readonly refreshToken: boolean
  readonly acr: string
  readonly authTime: number | undefined
  readonly nonce?: string | undefined
  readonly claimsRequest?: ClaimsRequest | undefined
  /** The `authorization` claim of a requesting party token and of what it is refreshed with. */
  readonly authorization?: unknown
  /** Of a new requesting party token: the resource server that it is for, and whether it holds what an earlier one had. */
  readonly requestingParty?: { readonly resourceServer: Client; readonly upgraded: boolean }
}

/** The JSON of a token response (RFC 6749 section 5.1) in the reference's member order, and what the audit event says of it. */
export interface Minted {
  readonly response: Claims
  readonly accessTokenId: string
  readonly refreshTokenId: string | undefined
  readonly refreshTokenType: string | undefined
  /** What the access token has, for the audit event. */
  readonly scope: string
}

export interface MintContext {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly baseUrl: string
  readonly clock: Clock
  readonly random: Random
}

/** Makes access, refresh and ID token for what a grant has decided. Throws MissingKey. */
export async function mint(context: MintContext, granted: Granted): Promise<Minted> {
  const { realm, client, clock } = context
  const now = nowSeconds(clock)
  const facts = tokenFacts(context, granted)
  const access = accessClaims(context, granted, facts, { now, lightweight: isLightweight(client) })
  const refresh = granted.refreshToken ? refreshClaims(context, granted, access, now) : undefined
  const { requestingParty } = granted
  // The refresh token keeps the audience that the client's own mappers made.
  const audience = requestingParty?.resourceServer.clientId
  if (audience !== undefined && ![access['aud']].flat().includes(audience)) access['aud'] = audience
  const accessToken = await signAccess(realm, client, access)
  const refreshSigned = refresh && signJwt(ownSigningKey(realm), refresh, 'JWT')
  const kept = granted.keptScopes ?? granted.scopes
  const idSigned = kept.openid && requestingParty === undefined ? idToken(context, granted, facts, { now, accessToken }) : undefined
  const expiresIn = Number(access['exp']) - now
  const response: Claims = {
    upgraded: requestingParty?.upgraded,
    access_token: accessToken,
    expires_in: expiresIn,
    refresh_expires_in: refresh && typeof refresh['exp'] === 'number' ? refresh['exp'] - now : 0,
    refresh_token: await refreshSigned,
    token_type: accessType(client),
    id_token: await idSigned,
    'not-before-policy': notBefore(realm, client, granted.user),
    session_state: requestingParty ? undefined : granted.session?.id,
    // Of an offline session the reference tells all that stays granted, of an online one what this token has.
    scope: requestingParty ? undefined : scopeClaim(granted.session?.offline ? kept : granted.scopes),
  }
  if (requestingParty === undefined) tokenPlans(client).plan('response', granted.scopes, false)(response, facts)
  return {
    response,
    accessTokenId: String(access['jti']),
    refreshTokenId: refresh && String(refresh['jti']),
    refreshTokenType: refresh && String(refresh['typ']),
    scope: String(response['scope'] ?? access['scope']),
  }
}

/** The claims that an access token for what was granted would have, without making one: what policies look at. */
export function accessTokenClaims(context: MintContext, granted: Granted): Claims {
  return accessClaims(context, granted, tokenFacts(context, granted), { now: nowSeconds(context.clock), lightweight: false })
}

/** What the authorization endpoint gives to the browser itself, and what is hashed into the ID token. */
export interface FrontRequest {
  readonly accessToken: boolean
  readonly idToken: boolean
  readonly code: string | undefined
  readonly state: string | undefined
}

export interface FrontTokens {
  readonly accessToken: string | undefined
  /** Of the access token; undefined without one. */
  readonly expiresInSeconds: number | undefined
  readonly accessTokenId: string | undefined
  readonly idToken: string | undefined
}

/** Makes the tokens of implicit and hybrid flows (OpenID Connect Core sections 3.2 and 3.3). Never a refresh token. Throws MissingKey. */
export async function mintFront(context: MintContext, granted: Granted, wanted: FrontRequest): Promise<FrontTokens> {
  const { realm, client, clock } = context
  const now = nowSeconds(clock)
  const facts = tokenFacts(context, granted)
  const access = wanted.accessToken ? accessClaims(context, granted, facts, { now, lightweight: isLightweight(client) }) : undefined
  const accessToken = access && (await signAccess(realm, client, access))
  const { code, state } = wanted
  return {
    accessToken,
    expiresInSeconds: access && Number(access['exp']) - now,
    accessTokenId: access && String(access['jti']),
    idToken: wanted.idToken ? await idToken(context, granted, facts, { now, accessToken, code, state }) : undefined,
  }
}

/** The type of the client's access tokens as it wants to read it: token types are the same in any letters (RFC 6749 section 5.1). */
export const accessType = ({ attributes }: Client): string =>
  attributes['token.response.type.bearer.lower-case'] === 'true' ? 'bearer' : 'Bearer'

/** True when the client's access tokens hold little, and introspection the rest. */
export const isLightweight = (client: Client): boolean => client.attributes['client.use.lightweight.access.token.enabled'] === 'true'

function signAccess(realm: RealmSnapshot, client: Client, claims: Claims): Promise<string> {
  const type = client.attributes['access.token.header.type.rfc9068'] === 'true' ? 'at+jwt' : 'JWT'
  return signJwt(signingKey(realm, client.attributes['access.token.signed.response.alg']), claims, type)
}

/** What mappers may look at, for tokens that are being made and for answers about existing ones. */
export function tokenFacts(context: Pick<MintContext, 'realm' | 'client' | 'baseUrl'>, granted: Granted): TokenFacts {
  const roles = effectiveRoles(granted.user, granted.scopes)
  return {
    realm: context.realm,
    client: context.client,
    user: granted.user,
    session: sessionFacts(granted),
    scopes: granted.scopes,
    effectiveRoles: roles,
    roles: tokenRoles(roles),
    baseUrl: context.baseUrl,
    claimsRequest: granted.claimsRequest,
    resourceServer: granted.requestingParty?.resourceServer,
  }
}

function sessionFacts({ session, transientNotes = noNotes, acr, authTime }: Granted): SessionFacts {
  if (session === undefined) return { id: undefined, offline: false, notes: transientNotes, clientNotes: noNotes, authTime, acr }
  return {
    id: session.id,
    offline: session.offline,
    notes: new Map(Object.entries(session.notes)),
    clientNotes: new Map(Object.entries(session.client.notes)),
    authTime,
    acr,
  }
}

const noNotes: ReadonlyMap<string, string> = new Map()

function accessClaims(
  context: MintContext,
  granted: Granted,
  facts: TokenFacts,
  { now, lightweight }: { now: number; lightweight: boolean },
): Claims {
  const { client } = context
  const claims = accessBase(context, granted, { now, lightweight })
  tokenPlans(client).plan('access', granted.scopes, lightweight)(claims, facts)
  // Without a session the client's name leads to its service account: a mapper could make the token that of another one.
  if (granted.session === undefined) claims['azp'] = client.clientId
  return claims
}

/** What an access token has before the mappers run. */
function accessBase(
  { realm, client, baseUrl, clock, random }: MintContext,
  granted: Granted,
  { now, lightweight }: { now: number; lightweight: boolean },
): Claims {
  const { session, scopes, grantCode } = granted
  const context = `${session === undefined ? 'tr' : session.offline ? 'of' : 'on'}${lightweight ? 'lt' : 'rt'}${grantCode}`
  // Members that mappers fill are named here so that they print in the reference's order.
  return {
    exp: now + accessLifespanSeconds(realm, client, granted, clock),
    iat: now,
    auth_time: undefined,
    jti: `${context}:${random.uuid()}`,
    iss: issuerOf(baseUrl, realm),
    aud: undefined,
    // Without a session nothing else says whose token it is; with one the sub mapper decides (reference behaviour).
    sub: session === undefined ? granted.user.id : undefined,
    typ: accessType(client),
    azp: client.clientId,
    sid: session?.id,
    acr: undefined,
    'allowed-origins': undefined,
    realm_access: undefined,
    resource_access: undefined,
    authorization: granted.authorization,
    scope: scopeClaim(scopes),
  }
}

/** Seconds that an access token lives: the client's or the realm's setting, but never beyond the end of the session, be it transient. */
function accessLifespanSeconds(realm: RealmSnapshot, client: Client, { session, implicit }: Granted, clock: Clock): number {
  const ofRealm = implicit ? realm.settings.accessTokenLifespanForImplicitFlow : realm.settings.accessTokenLifespan
  const lifespan = attributeSeconds(client, 'access.token.lifespan') ?? ofRealm ?? 0
  const startedNow = { startedAtMs: clock.now() }
  const lived = session ?? { ...startedNow, offline: false, rememberMe: false, client: startedNow }
  const secondsLeft = (offline: boolean): number =>
    Math.floor(sessionMaxEndMs(realm, client, { ...lived, offline }) / 1_000) - nowSeconds(clock)
  // Tokens that never expire (-1) end with the session; where it is offline and has no end, when an online one would have ended.
  return Math.max(0, Math.min(lifespan === -1 ? secondsLeft(false) : lifespan, secondsLeft(lived.offline)))
}

function refreshClaims({ realm, client, baseUrl, random }: MintContext, granted: Granted, access: Claims, now: number): Claims {
  const { session, scopes, keptScopes: kept = scopes } = granted
  const issuer = issuerOf(baseUrl, realm)
  const endMs = session ? clientSessionEndMs(realm, client, session) : Number.POSITIVE_INFINITY
  const endless = session?.offline === true && !realm.settings.offlineSessionMaxLifespanEnabled
  return {
    exp: endless || !Number.isFinite(endMs) ? undefined : Math.floor(endMs / 1_000),
    iat: now,
    jti: random.uuid(),
    iss: issuer,
    aud: issuer,
    sub: access['sub'],
    typ: session?.offline ? 'Offline' : 'Refresh',
    azp: client.clientId,
    sid: session?.id,
    authorization: granted.authorization,
    scope: granted.refreshScope ?? [...(kept.openid ? ['openid'] : []), ...scopeNamesOf(kept)].join(' '),
    aud_x: access['aud'],
    prov: 'default',
  }
}

interface BoundTo {
  readonly now: number
  readonly accessToken: string | undefined
  readonly code?: string | undefined
  readonly state?: string | undefined
}

const idTokenAlgorithm = (client: Client): string | undefined => client.attributes['id.token.signed.response.alg']

function idToken(context: MintContext, granted: Granted, facts: TokenFacts, bound: BoundTo): Promise<string> {
  return signJwt(signingKey(context.realm, idTokenAlgorithm(context.client)), idClaims(context, granted, facts, bound), 'JWT')
}

function idClaims(context: MintContext, granted: Granted, facts: TokenFacts, bound: BoundTo): Claims {
  const claims = idBase(context, granted, bound)
  tokenPlans(context.client).plan('id', granted.scopes, false)(claims, facts)
  return claims
}

/** What it comes with is hashed into it, so that none can be exchanged for another (OpenID Connect Core section 3.3.2.11). */
function idBase(context: MintContext, granted: Granted, bound: BoundTo): Claims {
  const { now, accessToken, code, state } = bound
  const { realm, client, baseUrl, clock, random } = context
  const algorithm = (): string => signingKey(realm, idTokenAlgorithm(client)).algorithm
  return {
    exp: now + accessLifespanSeconds(realm, client, granted, clock),
    iat: now,
    auth_time: granted.authTime,
    jti: random.uuid(),
    iss: issuerOf(baseUrl, realm),
    aud: client.clientId,
    sub: granted.user.id,
    typ: 'ID',
    azp: client.clientId,
    nonce: granted.nonce,
    sid: granted.session?.id,
    at_hash: accessToken ? halfHash(accessToken, algorithm()) : undefined,
    c_hash: code ? halfHash(code, algorithm()) : undefined,
    acr: undefined,
    s_hash: state ? halfHash(state, algorithm()) : undefined,
  }
}

/** What the server itself says in a token, before its mappers run: for whoever explains one. */
export function serverClaims(context: MintContext, granted: Granted, kind: 'access' | 'id', lightweight: boolean): Claims {
  const now = nowSeconds(context.clock)
  if (kind === 'id') return idBase(context, granted, { now, accessToken: undefined })
  return accessBase(context, granted, { now, lightweight })
}

/** The claims that a token would have, without making one: for administrators who want to see what mappers and scopes do. */
export function exampleClaims(context: MintContext, granted: Granted, kind: 'access' | 'id' | 'userinfo'): Claims {
  const { client, clock } = context
  const facts = tokenFacts(context, granted)
  const now = nowSeconds(clock)
  if (kind === 'access') return accessClaims(context, granted, facts, { now, lightweight: isLightweight(client) })
  if (kind === 'id') return idClaims(context, granted, facts, { now, accessToken: undefined })
  const claims: Claims = { sub: granted.user.id }
  tokenPlans(client).plan('userinfo', granted.scopes, false)(claims, facts)
  return claims
}

/** The left half of the hash that belongs to a signature algorithm (OpenID Connect Core section 3.1.3.6). EdDSA uses SHA-512. */
function halfHash(text: string, algorithm: string): string {
  const bits = /(256|384|512)$/.exec(algorithm)?.[1] ?? '512'
  const hash = createHash(`sha${bits}`).update(text).digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

/** Tokens issued before this second are void: the latest of what realm, client and user say. */
export const notBefore = (realm: RealmSnapshot, client: Client, user: UserFacts): number =>
  Math.max(realm.settings.notBefore ?? 0, client.doc.notBefore ?? 0, user.notBefore)
