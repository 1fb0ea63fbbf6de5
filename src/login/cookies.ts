import { createHash, createHmac } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { nowSeconds } from '../clock.ts'
import { secretsEqual } from '../crypto/compare.ts'
import type { Random } from '../crypto/random.ts'
import { type CookieAttributes, expiredCookie, readCookies, setCookie } from '../http/cookies.ts'
import type { HttpRequest } from '../http/values.ts'
import { signJwt } from '../keys/sign.ts'
import { ownSigningKey } from '../keys/signing-key.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { Session } from '../sessions/session.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { verifyToken } from '../tokens/verify.ts'
import { localeCookieName } from './locale.ts'

/** Cookies of a login, with the reference's names. */
export const cookieNames = {
  /** Which browser: the root of its logins in progress. */
  authSession: 'AUTH_SESSION_ID',
  /** Who is logged in: a signed token. */
  identity: 'KEYCLOAK_IDENTITY',
  /** A hash of the session id that the status iframe's script compares. */
  session: 'KEYCLOAK_SESSION',
  /** What a login asked for, to begin it again when it has expired. */
  restart: 'KC_RESTART',
  /** The name that "remember me" fills in. */
  rememberMe: 'KEYCLOAK_REMEMBER_ME',
} as const

/** The type of the identity token; no other token passes for it. */
const identityType = 'Serialized-ID'
const restartType = 'Restart'

/**
 * `Secure; SameSite=None` even on plain-HTTP loopback, as the reference: browsers take it there, and an application's frame or script of
 * another site needs it for silent logins.
 */
const attributes = (request: HttpRequest, realm: RealmSnapshot): CookieAttributes => ({
  path: `${new URL(issuerOf(request.baseUrl, realm)).pathname}/`,
  secure: true,
  httpOnly: true,
  sameSite: 'None',
})

const signatureOf = (realm: RealmSnapshot, rootId: string): string =>
  createHmac('sha512', ownSigningKey(realm).privateKey).update(rootId).digest('base64url')

/** The browser's root id, if its cookie is one of ours. */
export function readRootId(request: HttpRequest, realm: RealmSnapshot): string | undefined {
  const value = readCookies(request).get(cookieNames.authSession)
  const [rootId, signature] = value === undefined ? [] : Buffer.from(value, 'base64url').toString('utf8').split('.', 2)
  return rootId && signature && secretsEqual(signature, signatureOf(realm, rootId)) ? rootId : undefined
}

export const rootIdCookie = (request: HttpRequest, realm: RealmSnapshot, rootId: string): string =>
  setCookie(
    cookieNames.authSession,
    Buffer.from(`${rootId}.${signatureOf(realm, rootId)}`).toString('base64url'),
    attributes(request, realm),
  )

interface CookieContext {
  readonly realm: RealmSnapshot
  readonly request: HttpRequest
  readonly clock: Clock
}

/** Who the browser is logged in as, as far as its cookie says; whether the session is still there is the caller's question. */
export function readIdentity({ realm, request, clock }: CookieContext): { sessionId: string; userId: string } | undefined {
  const token = readCookies(request).get(cookieNames.identity)
  const verified = token && verifyToken({ realm, baseUrl: request.baseUrl, clock }, token, [identityType])
  if (!verified || 'fault' in verified) return undefined
  const { sid, sub } = verified.claims
  return typeof sid === 'string' && typeof sub === 'string' ? { sessionId: sid, userId: sub } : undefined
}

/** The hash of a session id that browser scripts may see: SHA-384, base64url. */
export const sessionHash = (sessionId: string): string => createHash('sha384').update(sessionId).digest('base64url')

/** Cookies of a browser that has logged in. */
export async function loginCookies(
  { realm, request, clock, random }: CookieContext & { readonly random: Random },
  session: Session,
): Promise<string[]> {
  const { settings } = realm
  const remembered = session.rememberMe ? settings.ssoSessionMaxLifespanRememberMe || settings.ssoSessionMaxLifespan : undefined
  const lifespanSeconds = remembered ?? settings.ssoSessionMaxLifespan ?? 0
  const now = nowSeconds(clock)
  const identity = await signJwt(ownSigningKey(realm), {
    exp: lifespanSeconds > 0 ? now + lifespanSeconds : undefined,
    iat: now,
    jti: random.uuid(),
    iss: issuerOf(request.baseUrl, realm),
    sub: session.userId,
    typ: identityType,
    sid: session.id,
    state_checker: random.bytes(32).toString('base64url'),
  })
  const common = attributes(request, realm)
  const kept = session.rememberMe ? { maxAgeSeconds: lifespanSeconds } : {}
  return [
    setCookie(cookieNames.identity, identity, { ...common, ...kept }),
    setCookie(cookieNames.session, sessionHash(session.id), { ...common, httpOnly: false, maxAgeSeconds: lifespanSeconds }),
  ]
}

/** Takes the login out of the browser. */
export const expireLoginCookies = (request: HttpRequest, realm: RealmSnapshot): string[] =>
  [cookieNames.identity, cookieNames.session].map((name) => expiredCookie(name, attributes(request, realm)))

/** What was asked for, signed: a login that has expired can begin again with it. */
export async function restartCookie(
  { realm, request, clock }: CookieContext,
  asked: { readonly clientId: string; readonly redirectUri: string; readonly request: Readonly<Record<string, string>> },
): Promise<string> {
  const token = await signJwt(ownSigningKey(realm), {
    iat: nowSeconds(clock),
    iss: issuerOf(request.baseUrl, realm),
    typ: restartType,
    ...asked,
  })
  return setCookie(cookieNames.restart, token, attributes(request, realm))
}

export const expireRestartCookie = (request: HttpRequest, realm: RealmSnapshot): string =>
  expiredCookie(cookieNames.restart, attributes(request, realm))

/** Undefined when the cookie is not there or not ours. */
export function readRestart({
  realm,
  request,
  clock,
}: CookieContext): { readonly clientId: string; readonly redirectUri: string; readonly request: Record<string, string> } | undefined {
  const token = readCookies(request).get(cookieNames.restart)
  const verified = token && verifyToken({ realm, baseUrl: request.baseUrl, clock }, token, [restartType])
  if (!verified || 'fault' in verified) return undefined
  const { clientId, redirectUri, request: asked } = verified.claims
  if (typeof clientId !== 'string' || typeof redirectUri !== 'string' || typeof asked !== 'object' || asked === null) return undefined
  return { clientId, redirectUri, request: asked as Record<string, string> }
}

/** The language of the browser's next page. */
export const localeCookie = (request: HttpRequest, realm: RealmSnapshot, locale: string): string =>
  setCookie(localeCookieName, locale, attributes(request, realm))

/** A year: as long as the reference remembers a name. */
const rememberMeSeconds = 31_536_000

/** Remembers a name, or forgets the one that the browser remembers. */
export function rememberMeCookies(request: HttpRequest, realm: RealmSnapshot, username: string | undefined): string[] {
  const { rememberMe: name } = cookieNames
  if (username === undefined) return readCookies(request).has(name) ? [expiredCookie(name, attributes(request, realm))] : []
  const value = `username:${encodeURIComponent(username)}`
  return [setCookie(name, value, { ...attributes(request, realm), maxAgeSeconds: rememberMeSeconds })]
}

export function readRememberedName(request: HttpRequest): string | undefined {
  const value = readCookies(request).get(cookieNames.rememberMe)
  try {
    return value?.startsWith('username:') ? decodeURIComponent(value.slice('username:'.length)) : undefined
  } catch {
    return undefined
  }
}
