import { type Clock, nowSeconds } from '../clock.ts'
import { knownSignatures } from '../keys/known-signatures.ts'
import { realmKeys } from '../keys/realm-keys.ts'
import { verifyJwt } from '../keys/verify.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { issuerOf } from './issuer.ts'
import type { Claims } from './protocol-mapper.ts'

/** Why a token is not accepted, for the audit event and the operator; clients are told less. */
export type TokenFault =
  | 'malformed or badly signed'
  | 'foreign issuer'
  | 'wrong type'
  | 'expired'
  | 'not yet valid'
  | 'older than not-before'

/** `rejected` is what a token says that is one of our own, and all the same no good. */
export type VerifiedToken = { readonly claims: Claims } | { readonly fault: TokenFault; readonly rejected: Claims | undefined }

/** Tokens for the registration of clients end with the client or when another takes their place; `exp` 0 is no end. */
const registrationTypes: ReadonlySet<unknown> = new Set(['InitialAccessToken', 'RegistrationAccessToken'])

interface RuleContext {
  readonly realm: RealmSnapshot
  readonly baseUrl: string
  readonly clock: Clock
  /** The types of tokens that will do. */
  readonly types: readonly string[]
}

export interface TokenRule {
  /** The word for it in explanations. */
  readonly check: string
  readonly fault: TokenFault
  holds(claims: Claims, context: RuleContext): boolean
}

/** What must hold of a token beside its signature, in the order in which it is told. */
export const tokenRules: readonly TokenRule[] = [
  { check: 'issuer', fault: 'foreign issuer', holds: ({ iss }, { realm, baseUrl }) => iss === issuerOf(baseUrl, realm) },
  { check: 'type', fault: 'wrong type', holds: (claims, { types }) => types.includes(typeOf(claims)) },
  {
    check: 'expiry',
    fault: 'expired',
    holds: ({ exp, typ }, { clock }) =>
      exp === undefined || (exp === 0 && registrationTypes.has(typ)) || (typeof exp === 'number' && nowSeconds(clock) < exp),
  },
  {
    check: 'not before',
    fault: 'not yet valid',
    holds: ({ nbf }, { clock }) => nbf === undefined || (typeof nbf === 'number' && nbf <= nowSeconds(clock)),
  },
  {
    check: 'revocation of the realm',
    fault: 'older than not-before',
    holds: ({ iat, typ }, { realm }) => registrationTypes.has(typ) || (typeof iat === 'number' && iat >= (realm.settings.notBefore ?? 0)),
  },
]

/** The type of a token. Clients may want that of access tokens in small letters; it is the same type. */
export const typeOf = ({ typ }: Claims): string => (typ === 'bearer' ? 'Bearer' : String(typ))

/** What holds of a token for ever. */
const lastingRules = tokenRules.filter(({ fault }) => fault === 'foreign issuer' || fault === 'wrong type')

interface VerifyContext {
  readonly realm: RealmSnapshot
  readonly baseUrl: string
  readonly clock: Clock
}

/**
 * Checks one of our own tokens: signature by a key of the realm, issuer, type, times and the realm's not-before. Nothing about session
 * or user. A token of one type never passes as another (RFC 8725 section 3.12).
 */
export const verifyToken = (context: VerifyContext, token: string, types: readonly string[]): VerifiedToken =>
  check(context, token, types, tokenRules)

/** The same for who wants to end a token: one that has ended by itself is one of our own just as well. */
export const verifyAnytime = (context: VerifyContext, token: string, types: readonly string[]): VerifiedToken =>
  check(context, token, types, lastingRules)

function check(context: VerifyContext, token: string, types: readonly string[], rules: readonly TokenRule[]): VerifiedToken {
  const { realm } = context
  const verified = verifyJwt(realm.derived(realmKeys), token, realm.derived(knownSignatures))
  if (verified === undefined) return { fault: 'malformed or badly signed', rejected: undefined }
  const { claims } = verified
  for (const rule of rules) if (!rule.holds(claims, { ...context, types })) return { fault: rule.fault, rejected: claims }
  return { claims }
}
