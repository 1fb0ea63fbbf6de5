import { nowSeconds } from '../../clock.ts'
import type { HttpRequest } from '../../http/values.ts'
import { realmKeys } from '../../keys/realm-keys.ts'
import { signJwt } from '../../keys/sign.ts'
import { ownSigningKey } from '../../keys/signing-key.ts'
import { verifyJwt } from '../../keys/verify.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import type { OidcServices } from '../services.ts'

/** One permission of a ticket. */
export interface TicketPermission {
  readonly rsid?: string
  readonly scopes?: readonly string[]
}

/** What a permission ticket says (UMA 2.0 Federated Authorization, section 4.1). */
export interface PermissionTicketToken {
  readonly permissions: readonly TicketPermission[]
  readonly claims: Readonly<Record<string, readonly string[]>> | undefined
  /** clientId of the resource server. */
  readonly audience: string
}

type Parts = Pick<OidcServices, 'clock' | 'random'>

/** Throws MissingKey. */
export async function signTicket(
  { clock, random }: Parts,
  realm: RealmSnapshot,
  request: HttpRequest,
  { permissions, claims, audience }: PermissionTicketToken,
  subjectId: string,
): Promise<string> {
  const now = nowSeconds(clock)
  return signJwt(
    ownSigningKey(realm),
    {
      exp: now + (realm.settings.accessTokenLifespan ?? 0),
      iat: now,
      permissions,
      claims,
      jti: `${random.uuid()}-${clock.now()}`,
      aud: issuerOf(request.baseUrl, realm),
      sub: subjectId,
      azp: audience,
    },
    'JWT',
  )
}

/** Undefined: not one of ours; 'expired': it was. */
export function readTicket(
  { clock }: Pick<Parts, 'clock'>,
  realm: RealmSnapshot,
  request: HttpRequest,
  text: string,
): PermissionTicketToken | 'expired' | undefined {
  const claims = verifyJwt(realm.derived(realmKeys), text)?.claims
  const { permissions, azp, aud, exp, typ } = claims ?? {}
  // A token of another kind is no ticket, whatever it holds: those have a type, tickets have none.
  if (!Array.isArray(permissions) || typ !== undefined || aud !== issuerOf(request.baseUrl, realm) || typeof azp !== 'string')
    return undefined
  if (typeof exp !== 'number' || exp <= nowSeconds(clock)) return 'expired'
  return { permissions, audience: azp, claims: claims?.['claims'] as PermissionTicketToken['claims'] }
}
