import { OAuthError } from '../../http/errors.ts'
import type { Granted } from '../../tokens/mint.ts'
import { permittedScopes } from '../../tokens/roles.ts'
import type { Grant, TokenRequest } from './grant.ts'
import { offlineAsked } from './offline.ts'
import { askedScopes, requireOrganizations } from './scopes.ts'

const refused = (description: string): OAuthError =>
  new OAuthError('unauthorized_client', description, { status: 401, event: 'invalid_client', reason: description })

/** RFC 6749 section 4.4. The session is transient unless the client asks for refresh tokens. */
export const clientCredentials: Grant = {
  type: 'client_credentials',
  event: 'CLIENT_LOGIN',
  async grant({ realm, client, form, request, services, event }: TokenRequest): Promise<Granted> {
    if (client.publicClient) throw refused('Public client not allowed to retrieve service account')
    if (!client.doc.serviceAccountsEnabled) throw refused('Client not enabled to retrieve service account')
    const user = await realm.serviceAccount(client)
    if (user === undefined) throw refused('Client not enabled to retrieve service account')
    event.details['username'] = user.username
    event.userId = user.id
    if (!user.enabled) {
      const reason = `User '${user.username}' disabled`
      throw new OAuthError('invalid_request', reason, { status: 401, event: 'user_disabled', reason })
    }
    const requested = askedScopes(client, form.get('scope'))
    await requireOrganizations(services.database, realm, requested, form.get('scope'))
    const scopes = permittedScopes(requested, user)
    const notes = { clientHost: request.remoteAddress, clientAddress: request.remoteAddress, client_id: client.clientId }
    const refreshToken = client.attributes['client_credentials.use_refresh_token'] === 'true'
    const common = { grantCode: 'cc', user, scopes, refreshToken, acr: '1', authTime: undefined } as const
    if (!refreshToken) return { ...common, session: undefined, transientNotes: new Map(Object.entries(notes)) }
    const session = await services.sessions.create(realm, client, {
      userId: user.id,
      offline: offlineAsked(requested, scopes),
      rememberMe: false,
      ipAddress: request.remoteAddress,
      userAgent: request.headers['user-agent'],
      notes,
      clientNotes: { scope: form.get('scope') ?? '' },
    })
    return { ...common, session }
  },
}
