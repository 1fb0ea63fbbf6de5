import { type Clock, nowSeconds } from '../../clock.ts'
import { secretsEqual } from '../../crypto/compare.ts'
import type { Random } from '../../crypto/random.ts'
import { type CookieAttributes, expiredCookie, readCookies, setCookie } from '../../http/cookies.ts'
import type { HttpRequest } from '../../http/values.ts'
import { signJwt } from '../../keys/sign.ts'
import { ownSigningKey } from '../../keys/signing-key.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import { verifyToken } from '../../tokens/verify.ts'
import { addressesOf } from './addresses.ts'

export const pageSessionLimits = {
  /** A page that was signed in to is good for a working day; the user session may end earlier. */
  lifespanSeconds: 10 * 60 * 60,
  /** Time for the way to the login and back. */
  signInSeconds: 30 * 60,
} as const

const sessionCookie = 'OSTIARY_REGISTRY'
const signInCookie = 'OSTIARY_REGISTRY_SIGN_IN'
const sessionType = 'RegistryPage'
const signInType = 'RegistrySignIn'

/** Somebody who has signed in to the pages of a realm. */
export interface PageSession {
  /** Of the user session: with it the page's ends. */
  readonly sessionId: string
  readonly userId: string
  /** Stands in every form of this browser. */
  readonly csrf: string
  /** Seconds. */
  readonly issuedAt: number
}

/** What is remembered of a sign-in while the person is at the login. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

interface CookieContext {
  readonly request: HttpRequest
  readonly realm: RealmSnapshot
  readonly clock: Clock
}

/** Cookies go to these pages alone, and `Secure` ones to plain-HTTP loopback too, as those of the login. */
const attributes = ({ request, realm }: CookieContext, sameSite: 'Lax' | 'Strict'): CookieAttributes => ({
  path: new URL(addressesOf(request, realm).list).pathname,
  secure: true,
  httpOnly: true,
  sameSite,
})

function sign({ request, realm, clock }: CookieContext, typ: string, lifespanSeconds: number, claims: object): Promise<string> {
  const now = nowSeconds(clock)
  return signJwt(ownSigningKey(realm), { ...claims, typ, iss: issuerOf(request.baseUrl, realm), iat: now, exp: now + lifespanSeconds })
}

function read({ request, realm, clock }: CookieContext, cookie: string, typ: string): Readonly<Record<string, unknown>> | undefined {
  const token = readCookies(request).get(cookie)
  const verified = token && verifyToken({ realm, baseUrl: request.baseUrl, clock }, token, [typ])
  return !verified || 'fault' in verified ? undefined : verified.claims
}

/** The page's session as its cookie says it; whether the user session is still there is the caller's question. */
export function readPageSession(context: CookieContext): PageSession | undefined {
  const { sid, sub, csrf, iat } = read(context, sessionCookie, sessionType) ?? {}
  if (typeof sid !== 'string' || typeof sub !== 'string' || typeof csrf !== 'string') return undefined
  return { sessionId: sid, userId: sub, csrf, issuedAt: Number(iat) }
}

export async function pageSessionCookie(
  context: CookieContext & { readonly random: Random },
  { sessionId, userId }: Pick<PageSession, 'sessionId' | 'userId'>,
): Promise<string> {
  const csrf = context.random.bytes(32).toString('base64url')
  const token = await sign(context, sessionType, pageSessionLimits.lifespanSeconds, { sid: sessionId, sub: userId, csrf })
  return setCookie(sessionCookie, token, attributes(context, 'Strict'))
}

export const expirePageSession = (context: CookieContext): string => expiredCookie(sessionCookie, attributes(context, 'Strict'))

/** A form of this session, and not one that another site has made the browser send. */
export const isOwnForm = ({ csrf }: PageSession, given: string | undefined): boolean => given !== undefined && secretsEqual(given, csrf)

/** The login may send the browser back from another site, so this one cookie is `Lax`. */
export async function signInCookieOf(context: CookieContext, pending: PendingSignIn): Promise<string> {
  return setCookie(signInCookie, await sign(context, signInType, pageSessionLimits.signInSeconds, pending), attributes(context, 'Lax'))
}

export function readSignIn(context: CookieContext): PendingSignIn | undefined {
  const { state, nonce, verifier } = read(context, signInCookie, signInType) ?? {}
  if (typeof state !== 'string' || typeof nonce !== 'string' || typeof verifier !== 'string') return undefined
  return { state, nonce, verifier }
}

export const expireSignIn = (context: CookieContext): string => expiredCookie(signInCookie, attributes(context, 'Lax'))
