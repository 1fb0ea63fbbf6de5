import { OAuthError } from '../../http/errors.ts'
import { loginByRequest } from '../../login/direct-grant.ts'
import type { Granted } from '../../tokens/mint.ts'
import { permittedScopes } from '../../tokens/roles.ts'
import type { Grant, TokenRequest } from './grant.ts'
import { offlineAsked } from './offline.ts'
import { askedScopes, requireOrganizations } from './scopes.ts'

/** RFC 6749 section 4.3, by the direct grant flow. */
export const password: Grant = {
  type: 'password',
  event: 'LOGIN',
  async grant({ realm, client, form, request, services, event }: TokenRequest): Promise<Granted> {
    event.details['auth_method'] = 'oauth_credentials'
    if (!client.doc.directAccessGrantsEnabled) {
      const reason = 'Client not allowed for direct access grants'
      throw new OAuthError('unauthorized_client', reason, { event: 'not_allowed', reason })
    }
    if (client.doc.consentRequired) {
      const reason = 'Client requires user consent'
      throw new OAuthError('invalid_client', reason, { event: 'consent_denied', reason })
    }
    const requested = askedScopes(client, form.get('scope'))
    await requireOrganizations(services.database, realm, requested, form.get('scope'))
    event.details['auth_method'] = 'openid-connect'
    const login = await loginByRequest({ realm, client, request, services, details: event.details }, ({ id }) => {
      event.userId = id
    })
    event.userId = login.user.id
    const { user } = login
    const scopes = permittedScopes(requested, user)
    const refreshToken = client.attributes['use.refresh.tokens'] !== 'false'
    const session = await services.sessions.create(realm, client, {
      userId: user.id,
      offline: refreshToken && offlineAsked(requested, scopes),
      rememberMe: false,
      ipAddress: request.remoteAddress,
      userAgent: request.headers['user-agent'],
      notes: { ...login.sessionNotes },
      clientNotes: { scope: form.get('scope') ?? '' },
    })
    return { grantCode: 'ro', user, scopes, session, refreshToken, acr: '1', authTime: undefined }
  },
}
