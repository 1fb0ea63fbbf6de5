import { nowSeconds } from '../../clock.ts'
import { signJwt } from '../../keys/sign.ts'
import { ownSigningKey } from '../../keys/signing-key.ts'
import { issuerOf } from '../../tokens/issuer.ts'
import type { AdminContext } from '../admin-route.ts'

interface RegistrationToken {
  readonly id: string
  readonly typ: 'InitialAccessToken' | 'RegistrationAccessToken'
  /** 0: it does not expire. */
  readonly lifespanSeconds?: number
  readonly registrationAuth?: 'anonymous' | 'authenticated'
  readonly allowedOrigins?: readonly string[]
}

/** Signs a token of client registration, for ourselves as audience. Throws MissingKey. */
export function registrationToken(
  { services, realm, request }: Pick<AdminContext, 'services' | 'realm' | 'request'>,
  token: RegistrationToken,
): Promise<string> {
  const now = nowSeconds(services.clock)
  const issuer = issuerOf(request.baseUrl, realm)
  const { id, typ, lifespanSeconds = 0, registrationAuth, allowedOrigins } = token
  return signJwt(ownSigningKey(realm), {
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
