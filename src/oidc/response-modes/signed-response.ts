import { nowSeconds } from '../../clock.ts'
import { realmKeys } from '../../keys/realm-keys.ts'
import { signJwt } from '../../keys/sign.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import { MissingKey } from '../../tokens/mint.ts'
import type { AuthorizationAnswer } from './response-mode.ts'

/** The answer as one signed JWT (JWT Secured Authorization Response Mode, section 2.1). It lives as long as a code. Throws MissingKey. */
export async function signedResponse({
  realm,
  client,
  baseUrl,
  clock,
  parameters,
}: AuthorizationAnswer): Promise<readonly [[string, string]]> {
  const algorithm = client.attributes['authorization.signed.response.alg'] || realm.settings.defaultSignatureAlgorithm || 'RS256'
  const key = realm.derived(realmKeys).signing(algorithm)
  if (key === undefined) throw new MissingKey(algorithm)
  const claims = {
    ...Object.fromEntries(parameters),
    exp: nowSeconds(clock) + (realm.settings.accessCodeLifespan ?? 0),
    iss: issuerOf(baseUrl, realm),
    aud: client.clientId,
  }
  return [['response', await signJwt(key, claims)]]
}
