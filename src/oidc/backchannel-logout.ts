import { oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { realmOf } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/**
 * Where identity providers that we broker tell of their own logouts (OpenID Connect Back-Channel Logout section 2.5). No provider is
 * known yet, so there is no token that could be right.
 */
export const backchannelLogoutRoute: Route<OidcServices> = {
  method: 'POST',
  path: '/realms/:realm/protocol/openid-connect/logout/backchannel-logout',
  family: 'oauth',
  summary: 'Back-channel logout by an identity provider',
  async handle(request, services) {
    const realm = await realmOf(request, services)
    const given = readForm(request).get('logout_token') !== undefined
    const reason = given ? 'The decode of the logoutToken failed' : 'No logout token'
    services.events.emit({
      type: 'LOGOUT_ERROR',
      realmId: realm.id,
      realmName: realm.name,
      ipAddress: request.remoteAddress,
      error: 'invalid_token',
      details: { reason },
    })
    return oauthErrorResponse(new OAuthError('invalid_request', reason))
  },
}
