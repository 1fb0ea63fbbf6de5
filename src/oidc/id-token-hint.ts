import { realmKeys } from '../keys/realm-keys.ts'
import { verifyJwt } from '../keys/verify.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { issuerOf } from '../tokens/issuer.ts'
import type { Claims } from '../tokens/protocol-mapper.ts'

/** `reason` is what the audit event says, in the reference's words. */
export type IdTokenHint = { readonly claims: Claims } | { readonly reason: string }

/**
 * Reads an `id_token_hint`: one of our ID tokens, which may have expired, since it says who was logged in and not who is
 * (OpenID Connect RP-Initiated Logout section 2).
 */
export function readIdTokenHint(
  { realm, baseUrl }: { readonly realm: RealmSnapshot; readonly baseUrl: string },
  hint: string,
): IdTokenHint {
  const verified = verifyJwt(realm.derived(realmKeys), hint)
  if (verified === undefined || verified.claims['iss'] !== issuerOf(baseUrl, realm)) return { reason: 'Invalid IDToken' }
  const { claims } = verified
  const type = String(claims['typ'])
  return type === 'ID' ? { claims } : { reason: `Token type is incorrect. Expected '[ID]' but was '${type}'` }
}
