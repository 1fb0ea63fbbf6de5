import { type Clock, nowSeconds } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import { realmKeys } from '../keys/realm-keys.ts'
import { signJwt } from '../keys/sign.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { issuerOf } from './issuer.ts'
import { subjectForClient } from './mappers/sha256-pairwise-sub.ts'

/** Long enough for a slow network, too short to be kept. */
const lifespanSeconds = 120
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

interface LogoutTokenContext {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly baseUrl: string
  readonly clock: Clock
  readonly random: Random
}

/**
 * Tells one client that a session is over (OpenID Connect Back-Channel Logout section 2.4), signed like the client's ID tokens.
 *
 * @returns undefined when the realm has no key for the client's algorithm
 */
export async function mintLogoutToken(
  { realm, client, baseUrl, clock, random }: LogoutTokenContext,
  session: { readonly id: string; readonly userId: string },
): Promise<string | undefined> {
  const algorithm = client.attributes['id.token.signed.response.alg'] || realm.settings.defaultSignatureAlgorithm || 'RS256'
  const key = realm.derived(realmKeys).signing(algorithm)
  if (key === undefined) return undefined
  const now = nowSeconds(clock)
  // A client that wants the session id gets it; one without a subject must have it to know what is meant.
  const subject = subjectForClient(client, session.userId)
  const sid = client.attributes['backchannel.logout.session.required'] === 'true' || subject === undefined ? session.id : undefined
  const revokesOffline = client.attributes['backchannel.logout.revoke.offline.tokens'] === 'true'
  const claims = {
    exp: now + lifespanSeconds,
    iat: now,
    jti: random.uuid(),
    iss: issuerOf(baseUrl, realm),
    aud: client.clientId,
    sub: subject,
    typ: 'Logout',
    sid,
    events: { [logoutEvent]: {}, ...(revokesOffline ? { revoke_offline_access: true } : {}) },
  }
  return signJwt(key, claims, 'logout+jwt')
}
