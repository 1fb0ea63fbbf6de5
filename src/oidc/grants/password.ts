import { HashQueueFull } from '../../crypto/hash-queue.ts'
import { OAuthError } from '../../http/errors.ts'
import type { Granted } from '../../tokens/mint.ts'
import type { Grant, TokenRequest } from './grant.ts'
import { grantedScopes, requestedScopes } from './scopes.ts'

/** RFC 6749 section 4.3, with a one-time password as `totp` or `otp` where the user has one. */
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
    requestedScopes(client, form.get('scope'))
    event.details['auth_method'] = 'openid-connect'
    const username = form.get('username')
    if (username === undefined)
      throw new OAuthError('invalid_request', 'Missing parameter: username', { status: 401, event: 'user_not_found' })
    event.details['username'] = username
    const login = await services.users
      .authenticate(realm, { username, password: form.get('password') ?? '', otp: form.get('otp') ?? form.get('totp') })
      .catch(comeAgain)
    if (login.kind === 'refused') {
      event.userId = login.userId
      throw refusal(login.reason)
    }
    const { user } = login
    event.userId = user.id
    const scopes = grantedScopes(client, form.get('scope'), user)
    const session = await services.sessions.create(realm, client, {
      userId: user.id,
      offline: false,
      rememberMe: false,
      ipAddress: request.remoteAddress,
      notes: {},
      clientNotes: { scope: form.get('scope') ?? '' },
    })
    const refreshToken = client.attributes['use.refresh.tokens'] !== 'false'
    return { grantCode: 'ro', user, scopes, session, refreshToken, acr: '1', authTime: undefined }
  },
}

/** More logins than can be hashed are under way. The client may try again; nobody was refused for good. */
function comeAgain(error: unknown): never {
  if (!(error instanceof HashQueueFull)) throw error
  throw new OAuthError('temporarily_unavailable', 'Too many logins are waiting', { status: 503, event: 'temporarily_unavailable' })
}

type Reason = 'user_not_found' | 'invalid_user_credentials' | 'user_disabled' | 'resolve_required_actions'

function refusal(reason: Reason): OAuthError {
  switch (reason) {
    case 'user_disabled':
      return new OAuthError('invalid_grant', 'Account disabled', { event: reason })
    case 'resolve_required_actions':
      return new OAuthError('invalid_grant', 'Account is not fully set up', { event: reason, reason: 'Account is not fully set up' })
    default:
      return new OAuthError('invalid_grant', 'Invalid user credentials', { event: reason })
  }
}
