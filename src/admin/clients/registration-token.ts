import { nowSeconds } from '../../clock.ts'
import { realmKeys } from '../../keys/realm-keys.ts'
import { signJwt } from '../../keys/sign.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import { MissingKey } from '../../tokens/mint.ts'
import type { AdminContext } from '../admin-route.ts'

/** Only we read these tokens, so a secret key does. */
const algorithm = 'HS512'

interface RegistrationToken {
  readonly id: string
  readonly typ: 'InitialAccessToken' | 'RegistrationAccessToken'
  /** 0: it does not expire. */
  readonly lifespanSeconds?: number
  readonly registrationAuth?: 'anonymous' | 'authenticated'
  readonly allowedOrigins?: readonly string[]
}

/** Signs a token of client registration, for ourselves as audience. Throws MissingKey. */
export function registrationToken({ services, realm, request }: AdminContext, token: RegistrationToken): Promise<string> {
  const key = realm.derived(realmKeys).signing(algorithm)
  if (key === undefined) throw new MissingKey(algorithm)
  const now = nowSeconds(services.clock)
  const issuer = issuerOf(request.baseUrl, realm)
  const { id, typ, lifespanSeconds = 0, registrationAuth, allowedOrigins } = token
  return signJwt(key, {
    exp: lifespanSeconds === 0 ? 0 : now + lifespanSeconds,
    iat: now,
    jti: id,
    iss: issuer,
    aud: issuer,
    typ,
    ...(registrationAuth === undefined ? {} : { registration_auth: registrationAuth }),
    ...(allowedOrigins === undefined ? {} : { 'allowed-origins': allowedOrigins }),
  })
}
