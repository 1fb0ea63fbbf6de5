import { decodeJws } from '../crypto/jws.ts'
import { oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import type { Form } from '../http/parameters.ts'
import { readForm, readJsonForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { unknownClientOrigin } from '../oidc/origin.ts'
import type { OidcServices } from '../oidc/services.ts'
import { tokenRoute } from '../oidc/token.ts'
import { realmNameOf } from '../tokens/issuer.ts'
import { pairsOf, withForm } from './forms.ts'

/**
 * `POST /token/refresh`: a form or a JSON object with `refresh_token`, and what proves the client as at the token endpoint. The token names
 * its realm by its issuer, and its client where the request names none; nothing else of it is believed before the grant has verified it.
 */
export const tokenRefreshRoute: Route<OidcServices> = {
  method: 'POST',
  path: '/token/refresh',
  family: 'oauth',
  summary: "Token refresh; the realm is that of the token's issuer",
  preflight: 'POST, OPTIONS',
  handle: refresh,
}

const grantType = 'refresh_token'

async function refresh(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  try {
    const form = readJsonForm(request) ?? readForm(request)
    const given = form.get('grant_type')
    if (given !== undefined && given !== grantType) throw new OAuthError('unsupported_grant_type', 'Unsupported grant_type')
    const token = form.get('refresh_token')
    if (token === undefined) throw new OAuthError('invalid_request', 'No refresh token')
    const claims = decodeJws(token)?.claims ?? {}
    const realm = realmNameOf(claims['iss'])
    if (realm === undefined || (await services.realms.find(realm)) === undefined)
      throw new OAuthError('invalid_grant', 'Invalid refresh token')
    const pairs = pairsOf(form)
    if (given === undefined) pairs.push(['grant_type', grantType])
    const { azp } = claims
    if (namesNoClient(request, form) && typeof azp === 'string') pairs.push(['client_id', azp])
    return await tokenRoute.handle(withForm({ ...request, params: { realm } }, pairs), services)
  } catch (error) {
    if (error instanceof OAuthError) return oauthErrorResponse(error, unknownClientOrigin(request))
    throw error
  }
}

const namesNoClient = ({ headers }: HttpRequest, form: Form): boolean =>
  headers.authorization === undefined && form.get('client_id') === undefined && form.get('client_assertion') === undefined
