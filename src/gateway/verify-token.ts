import { hash } from 'node:crypto'
import { type Clock, nowSeconds } from '../clock.ts'
import type { PublicKey } from '../crypto/jwk-set.ts'
import { type DecodedJws, decodeJws, verifySignature } from '../crypto/jws.ts'
import { findSignatureAlgorithm } from '../crypto/jws-algorithms.ts'
import { boundedMap } from '../realm/bounded-map.ts'
import { type Claims, textOf, userInfoOf } from './claims.ts'
import type { Introspection } from './introspection.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { IssuerError } from './metadata.ts'
import { badToken, type Refusal, type Trace, undecided } from './refusal.ts'

/** An issuer whose tokens are accepted. */
export interface Issuer {
  readonly issuer: string
  /** Verifies signatures; undefined when only introspection decides. */
  readonly keys: IssuerKeys | undefined
  readonly introspection: Introspection | undefined
}

/** A token that is good, whatever it opens. */
export interface GoodToken {
  readonly claims: Claims
  /** The value of X-Userinfo. */
  readonly userInfo: string
}

export type Verdict = GoodToken | { readonly refusal: Refusal }

/** Tokens that were verified by a key, the latest ones: the signature is the dear part, and one bearer asks again and again. */
export const knownTokensMax = 1_000

interface KnownToken extends GoodToken {
  readonly issuer: Issuer
  readonly key: PublicKey
}

export interface Verifier {
  /** With a trace everything is looked at anew. */
  verify(token: string, trace?: Trace): Verdict | Promise<Verdict>
}

interface Parts {
  readonly issuers: readonly Issuer[]
  readonly clock: Clock
  readonly clockSkewSeconds: number
}

export function createVerifier({ issuers, clock, clockSkewSeconds }: Parts): Verifier {
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]))
  /** By the digest of a token, so that no token lies in memory for longer than its request. */
  const known = boundedMap<string, KnownToken>(knownTokensMax)
  const untimely = (claims: Claims): Refusal | undefined => timeFault(claims, nowSeconds(clock), clockSkewSeconds)

  const judge = async (token: string, digest: string, trace: Trace | undefined): Promise<Verdict> => {
    const opened = openToken(token, byName, trace)
    if ('refusal' in opened) return opened
    const { jws, issuer, algorithm } = opened
    const late = untimely(jws.claims)
    if (late !== undefined) return { refusal: late }
    trace?.('expiry', `valid until ${timeText(jws.claims['exp'])}`)
    let key: PublicKey | undefined
    if (issuer.keys !== undefined) {
      key = await issuer.keys.find(textOf(jws.header['kid']), algorithm)
      const fault = signatureFault(jws, key, algorithm)
      if (fault !== undefined || key === undefined) return { refusal: badToken('signature', 'The token is not valid', fault) }
      trace?.('signature', `${algorithm} by key ${key.kid}`)
    }
    const claims = issuer.introspection === undefined ? jws.claims : await issuer.introspection.ask(token, digest)
    if (claims === undefined) return { refusal: badToken('active', 'The token is not active') }
    const fault =
      issuer.introspection === undefined
        ? undefined
        : (answerFault(claims, issuer.issuer) ?? untimely({ exp: jws.claims['exp'], ...claims }))
    if (fault !== undefined) return { refusal: fault }
    if (issuer.introspection !== undefined) trace?.('active', `says ${issuer.issuer}`)
    if (textOf(claims['sub']) === undefined) return { refusal: badToken('subject', 'The token names no subject') }
    trace?.('subject', String(claims['sub']))
    const good = { claims, userInfo: userInfoOf(claims) }
    if (key !== undefined && issuer.introspection === undefined) known.set(digest, { ...good, issuer, key })
    return good
  }
  return {
    verify(token, trace) {
      const digest = hash('sha256', token, 'base64')
      const before = trace === undefined ? known.get(digest) : undefined
      if (before?.issuer.keys?.holds(before.key) === true) {
        const late = untimely(before.claims)
        if (late === undefined) return before
        known.delete(digest)
        return { refusal: late }
      }
      known.delete(digest)
      return judge(token, digest, trace).catch((error: unknown) => {
        if (error instanceof IssuerError) return { refusal: undecided('signature', error.message) }
        throw error
      })
    },
  }
}

interface OpenedToken {
  readonly jws: DecodedJws
  readonly issuer: Issuer
  readonly algorithm: string
}

/** What can be told of a token by itself. Nothing in it is trusted yet, but nobody is asked about what cannot be accepted anyway. */
function openToken(token: string, issuers: ReadonlyMap<string, Issuer>, trace: Trace | undefined): OpenedToken | { refusal: Refusal } {
  const jws = decodeJws(token)
  if (jws === undefined) return { refusal: badToken('form', 'The token is malformed') }
  trace?.('form', 'a signed JWT')
  const { header, claims } = jws
  const algorithm = textOf(header['alg']) ?? 'none'
  const found = findSignatureAlgorithm(algorithm)
  // A secret that the gateway does not have, or no signature at all.
  if (found === undefined || found.kind === 'hmac') {
    return { refusal: badToken('algorithm', 'The token is not valid', `signed with ${algorithm}, not by a public key`) }
  }
  trace?.('algorithm', algorithm)
  const issuer = issuers.get(String(claims['iss']))
  if (issuer === undefined) {
    return { refusal: badToken('issuer', 'The token is of another issuer', `the issuer ${String(claims['iss'])} is not in the settings`) }
  }
  trace?.('issuer', issuer.issuer)
  const fault = typeFault(header, claims)
  if (fault !== undefined) return { refusal: badToken('type', fault) }
  trace?.('type', 'a bearer access token')
  return { jws, issuer, algorithm }
}

const headerTypes: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt'])

/** Clients may have it in small letters. */
const isBearer = (type: unknown): boolean => type === 'Bearer' || type === 'bearer'

/** Access tokens say so by their claim `typ`, or by their header (RFC 9068 section 2.1); ID, refresh and logout tokens are none. */
function typeFault(header: Claims, claims: Claims): string | undefined {
  const headerType = header['typ'] === undefined ? 'jwt' : String(header['typ']).toLowerCase()
  const type = claims['typ']
  if (type === 'DPoP') return 'DPoP-bound tokens are not supported'
  const isAccess = isBearer(type) || (type === undefined && headerType.endsWith('at+jwt'))
  if (!isAccess || !headerTypes.has(headerType)) return 'The token is not an access token'
  // Whoever presents it would have to prove that the key is his (RFC 7800), which is not looked at here.
  if (claims['cnf'] !== undefined) return 'Tokens that are bound to a key are not supported'
  const { azp } = claims
  return azp === undefined || textOf(azp) !== undefined ? undefined : 'The token names no client'
}

function timeFault({ exp, nbf }: Claims, now: number, skewSeconds: number): Refusal | undefined {
  if (typeof exp !== 'number') return badToken('expiry', 'The token has no expiry')
  if (now - skewSeconds >= exp) return badToken('expiry', 'The token is expired', `expired at ${timeText(exp)}`)
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + skewSeconds)) {
    return badToken('expiry', 'The token is not valid yet', `not valid before ${timeText(nbf)}`)
  }
  return undefined
}

const timeText = (seconds: unknown): string =>
  typeof seconds === 'number' && Math.abs(seconds) < 8.64e12 ? new Date(seconds * 1_000).toISOString() : String(seconds)

function signatureFault(jws: DecodedJws, key: PublicKey | undefined, algorithm: string): string | undefined {
  if (key === undefined) return `the issuer has no key ${textOf(jws.header['kid']) ?? `for ${algorithm}`}`
  if ((key.algorithm ?? algorithm) !== algorithm) return `key ${key.kid} is for ${key.algorithm}, not for ${algorithm}`
  return verifySignature(jws, key.key, algorithm) ? undefined : `the signature is not by key ${key.kid}`
}

/** An answer about something else than an access token of this issuer. */
function answerFault(answer: Claims, issuer: string): Refusal | undefined {
  if (answer['iss'] !== undefined && answer['iss'] !== issuer) return badToken('issuer', 'The token is of another issuer')
  if (answer['typ'] !== undefined && !isBearer(answer['typ'])) return badToken('type', 'The token is not an access token')
  return answer['cnf'] === undefined ? undefined : badToken('type', 'Tokens that are bound to a key are not supported')
}
