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

export type VerifiedToken = { readonly claims: Claims } | { readonly fault: TokenFault }

/**
 * Checks one of our own tokens: signature by a key of the realm, issuer, type, times and the realm's not-before. Nothing about session
 * or user. A token of one type never passes as another (RFC 8725 section 3.12).
 */
export function verifyToken(
  { realm, baseUrl, clock }: { realm: RealmSnapshot; baseUrl: string; clock: Clock },
  token: string,
  types: readonly string[],
): VerifiedToken {
  const verified = verifyJwt(realm.derived(realmKeys), token, realm.derived(knownSignatures))
  if (verified === undefined) return { fault: 'malformed or badly signed' }
  const { claims } = verified
  if (claims['iss'] !== issuerOf(baseUrl, realm)) return { fault: 'foreign issuer' }
  if (!types.includes(String(claims['typ']))) return { fault: 'wrong type' }
  const now = nowSeconds(clock)
  const { exp, iat, nbf } = claims
  if (exp !== undefined && !(typeof exp === 'number' && now < exp)) return { fault: 'expired' }
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now)) return { fault: 'not yet valid' }
  if (typeof iat !== 'number' || iat < (realm.settings.notBefore ?? 0)) return { fault: 'older than not-before' }
  return { claims }
}
