import { nowSeconds } from '../../clock.ts'
import { signJwt } from '../../keys/sign.ts'
import { signingKey } from '../../keys/signing-key.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import type { AuthorizationAnswer } from './response-mode.ts'

/** The answer as one signed JWT (JWT Secured Authorization Response Mode, section 2.1). It lives as long as a code. Throws MissingKey. */
export async function signedResponse({
  realm,
  client,
  baseUrl,
  clock,
  parameters,
}: AuthorizationAnswer): Promise<readonly [[string, string]]> {
  const key = signingKey(realm, client.attributes['authorization.signed.response.alg'])
  const claims = {
    ...Object.fromEntries(parameters),
    exp: nowSeconds(clock) + (realm.settings.accessCodeLifespan ?? 0),
    iss: issuerOf(baseUrl, realm),
    aud: client.clientId,
  }
  return [['response', await signJwt(key, claims)]]
}
