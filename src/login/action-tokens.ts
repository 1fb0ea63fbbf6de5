import { createHash } from 'node:crypto'
import { type Clock, nowSeconds } from '../clock.ts'
import { decodeJws } from '../crypto/jws.ts'
import type { Random } from '../crypto/random.ts'
import { signJwt } from '../keys/sign.ts'
import { ownSigningKey } from '../keys/signing-key.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { credentials } from '../storage/credentials.ts'
import { organizationInvitations } from '../storage/organization-invitations.ts'
import { singleUse } from '../storage/single-use.ts'
import type { Sql } from '../storage/sql.ts'
import type { UserRow } from '../storage/users.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { verifyToken } from '../tokens/verify.ts'

/**
 * Action tokens: what a link in an e-mail proves. A signed JWT with the reference's members, and a row that is there until it is used:
 * the token alone opens nothing. What each type does is ./action-token-route.ts.
 */
export const actionTokenTypes = ['verify-email', 'reset-credentials', 'execute-actions', 'update-email', 'ORGIVT'] as const

export type ActionTokenType = (typeof actionTokenTypes)[number]

export interface ActionToken {
  readonly id: string
  readonly type: ActionTokenType
  readonly userId: string
  /** clientId of the application that the user comes back to. */
  readonly clientId: string
  readonly issuedAt: number
  readonly expiresAt: number
  /** The tab in which the link was asked for: `rootId.tabId.clientUuid`. */
  readonly loginId: string | undefined
  /** Of a link that was opened in another browser: the tab in which it was asked for. */
  readonly originalLoginId: string | undefined
  /** The user's e-mail when the link was made: with another one it is void. */
  readonly email: string | undefined
  readonly oldEmail: string | undefined
  readonly newEmail: string | undefined
  /** Aliases of the required actions of `execute-actions`. */
  readonly requiredActions: readonly string[]
  readonly redirectUri: string | undefined
  /** Of `ORGIVT`: the organization that the user is invited to. */
  readonly organizationId: string | undefined
}

interface Parts {
  readonly realm: RealmSnapshot
  readonly sql: Sql
  readonly clock: Clock
  readonly baseUrl: string
}

export interface NewActionToken {
  readonly type: ActionTokenType
  readonly user: UserRow
  readonly client: Client
  readonly lifespanSeconds: number
  readonly loginId?: string
  readonly newEmail?: string
  readonly requiredActions?: readonly string[]
  readonly redirectUri?: string
}

/**
 * Seconds that a link which a user asks for works: the realm's setting for the type, else its general one. Types are set by attributes
 * such as `actionTokenGeneratedByUserLifespan.reset-credentials`.
 */
export function userActionLifespan({ settings, attributes }: RealmSnapshot, type: ActionTokenType): number {
  const own = Number(attributes[`actionTokenGeneratedByUserLifespan.${type}`])
  return own > 0 ? own : (settings.actionTokenGeneratedByUserLifespan ?? 300)
}

/** Makes a token and the row that is its one use. */
export async function createActionToken(parts: Parts & { readonly random: Random }, made: NewActionToken): Promise<string> {
  const { realm, sql, clock, random } = parts
  const issuedAt = nowSeconds(clock)
  const token: ActionToken = {
    id: random.uuid(),
    type: made.type,
    userId: made.user.id,
    clientId: made.client.clientId,
    issuedAt,
    expiresAt: issuedAt + made.lifespanSeconds,
    loginId: made.loginId,
    originalLoginId: undefined,
    email: made.type === 'update-email' ? undefined : (made.user.email ?? undefined),
    oldEmail: made.type === 'update-email' ? (made.user.email ?? undefined) : undefined,
    newEmail: made.newEmail,
    requiredActions: made.requiredActions ?? [],
    redirectUri: made.redirectUri,
    organizationId: undefined,
  }
  await singleUse(sql).put({
    id: token.id,
    kind: 'action',
    realmId: realm.id,
    expiresAtMs: token.expiresAt * 1_000,
    doc: JSON.stringify({ passwords: await passwordState(sql, made.user.id) } satisfies Use),
  })
  return signActionToken(parts, token)
}

/** What the row knows and the token must fit. */
interface Use {
  /** Fingerprint of the user's password at the time: a reset link that was not needed dies with the next change. */
  readonly passwords: string
}

async function passwordState(sql: Sql, userId: string): Promise<string> {
  const stored = (await credentials(sql).listOf(userId)).filter(({ type }) => type === 'password')
  return createHash('sha256')
    .update(JSON.stringify(stored.map((credential) => [credential.id, credential.secret_data])))
    .digest('base64url')
}

/** The text of a token, also of one that was changed (another tab): id, use and end stay the same. */
export async function signActionToken({ realm, clock, baseUrl }: Omit<Parts, 'sql'>, token: ActionToken): Promise<string> {
  const issuer = issuerOf(baseUrl, realm)
  return signJwt(ownSigningKey(realm), {
    exp: token.expiresAt,
    iat: nowSeconds(clock),
    jti: token.id,
    iss: issuer,
    aud: issuer,
    sub: token.userId || undefined,
    typ: token.type,
    azp: token.clientId,
    asid: token.loginId,
    eml: token.email,
    oldEmail: token.oldEmail,
    newEmail: token.newEmail,
    rqac: token.requiredActions.length > 0 ? token.requiredActions : undefined,
    reduri: token.redirectUri,
    oasid: token.originalLoginId,
    org_id: token.organizationId,
    // When the link was made, which changing the tab does not move: not-before of the realm and of the user count from it.
    oiat: token.issuedAt,
  })
}

export type ReadActionToken =
  | { readonly kind: 'token'; readonly token: ActionToken }
  | { readonly kind: 'malformed' }
  /** It was ours; `token` is what it said. */
  | { readonly kind: 'expired'; readonly token: ActionToken }

/** Checks signature, issuer, audience, type and times. Whether it was used already is `isActionTokenUsed`. */
export function readActionToken({ realm, clock, baseUrl }: Omit<Parts, 'sql'>, text: string): ReadActionToken {
  const verified = verifyToken({ realm, baseUrl, clock }, text, actionTokenTypes)
  if ('claims' in verified) {
    const token = tokenOf(verified.claims)
    if (token === undefined || verified.claims['aud'] !== issuerOf(baseUrl, realm)) return { kind: 'malformed' }
    return token.issuedAt < (realm.settings.notBefore ?? 0) ? { kind: 'expired', token } : { kind: 'token', token }
  }
  if (verified.fault !== 'expired' && verified.fault !== 'older than not-before') return { kind: 'malformed' }
  const token = tokenOf(decodeJws(text)?.claims ?? {})
  return token === undefined ? { kind: 'malformed' } : { kind: 'expired', token }
}

function tokenOf(claims: Readonly<Record<string, unknown>>): ActionToken | undefined {
  const text = (name: string): string | undefined => (typeof claims[name] === 'string' ? claims[name] : undefined)
  const id = text('jti')
  // Who is invited to an organization may not be a user yet.
  const userId = text('sub') ?? (text('typ') === 'ORGIVT' ? '' : undefined)
  const clientId = text('azp')
  const { exp, oiat, rqac } = claims
  if (id === undefined || userId === undefined || clientId === undefined) return undefined
  if (typeof exp !== 'number' || typeof oiat !== 'number') return undefined
  return {
    id,
    type: text('typ') as ActionTokenType,
    userId,
    clientId,
    issuedAt: oiat,
    expiresAt: exp,
    loginId: text('asid'),
    originalLoginId: text('oasid'),
    email: text('eml'),
    oldEmail: text('oldEmail'),
    newEmail: text('newEmail'),
    requiredActions: Array.isArray(rqac) ? rqac.filter((alias) => typeof alias === 'string') : [],
    redirectUri: text('reduri'),
    organizationId: text('org_id'),
  }
}

/**
 * True when the token opens nothing any more: it was spent, or, of a reset link, the password was changed since. Looking does not spend
 * it: mail scanners open links too.
 */
export async function isActionTokenUsed({ realm, sql, clock }: Omit<Parts, 'baseUrl'>, token: ActionToken): Promise<boolean> {
  if (token.type === 'ORGIVT') return (await organizationInvitations(sql).find(token.organizationId ?? '', token.id)) === undefined
  const row = await singleUse(sql).find(token.id, 'action', realm.id, clock.now())
  if (row === undefined) return true
  const use = JSON.parse(row.doc) as Use
  return token.type === 'reset-credentials' && use.passwords !== (await passwordState(sql, token.userId))
}

/** Uses the token up: true for exactly one of several callers. */
export const spendActionToken = async ({ realm, sql, clock }: Omit<Parts, 'baseUrl'>, tokenId: string): Promise<boolean> =>
  (await singleUse(sql).take(tokenId, 'action', realm.id, clock.now())) !== undefined
