import { OAuthError } from '../../http/errors.ts'
import { acrNote } from '../../login/acr.ts'
import { clientSessionEndMs } from '../../sessions/lifespans.ts'
import type { Session } from '../../sessions/session.ts'
import { readClaimsRequest } from '../../tokens/claims-request.ts'
import type { Granted } from '../../tokens/mint.ts'
import { permittedScopes, scopesOfToken } from '../../tokens/roles.ts'
import { accessTypeNote } from '../authorization-request.ts'
import { type CodeGrant, type CodeParts, codeNames, stillUsedOnce, takeCode } from '../code.ts'
import { authTimeOf } from '../login-protocol.ts'
import { isPkceText, verifierFits } from '../pkce.ts'
import { requireConsent } from './consent.ts'
import type { Grant, TokenRequest } from './grant.ts'
import { hasOfflineAccess, offlineAsked } from './offline.ts'

const invalidGrant = (description: string, event: string, reason?: string): OAuthError =>
  new OAuthError('invalid_grant', description, { event, ...(reason === undefined ? {} : { reason }) })

const invalidCode = (): OAuthError => invalidGrant('Code not valid', 'invalid_code')

/** RFC 6749 section 4.1.3. The code is taken first: whatever is wrong with the rest, it does not work again. */
export const authorizationCode: Grant = {
  type: 'authorization_code',
  event: 'CODE_TO_TOKEN',
  async grant(request: TokenRequest): Promise<Granted> {
    const { realm, client, form, services, event } = request
    const code = form.get('code')
    if (code === undefined) {
      const reason = 'Missing parameter: code'
      throw new OAuthError('invalid_request', reason, { event: 'invalid_code', reason })
    }
    const names = codeNames(code)
    event.details['code_id'] = names?.sessionId
    event.sessionId = names?.sessionId
    // Read before the code is taken: who tries it again takes the client's part out of the session, and the first one is to have its answer.
    const found =
      names?.clientId === client.id
        ? await services.sessions.findForToken(realm, client, { sessionId: names.sessionId, offline: false })
        : undefined
    const grant = await take(request, code)
    event.userId = found?.user.id
    requireSameRequest(request, grant)
    if (found === undefined) throw await sessionGone(request, grant)
    const { session, user } = found
    if (!user.enabled) throw invalidGrant('User disabled', 'user_disabled')
    if (client.doc.standardFlowEnabled === false) throw invalidGrant(noCodes, 'not_allowed', noCodes)
    if (clientSessionEndMs(realm, client, session) <= services.clock.now())
      throw invalidGrant('Session not active', 'user_session_not_found')
    requireVerifier(grant, form.get('code_verifier'))
    const requested = scopesOfToken(client, grant.clientNotes['scope'] ?? '')
    const scopes = permittedScopes(requested, user)
    await requireConsent(services, client, user.id, scopes)
    const accessType = grant.clientNotes[accessTypeNote]
    const refreshToken = client.attributes['use.refresh.tokens'] !== 'false' && accessType !== 'online'
    // Who asks by access_type is content with a refresh token of the session where the user may not have more.
    const offline = refreshToken && (accessType === 'offline' ? hasOfflineAccess(scopes) : offlineAsked(requested, scopes))
    return {
      grantCode: 'ac',
      user,
      scopes,
      session: offline ? await goOffline(request, code, grant, session) : await goOn(request, grant, session),
      refreshToken,
      acr: grant.clientNotes[acrNote] ?? '1',
      authTime: authTimeOf(session.notes),
      nonce: grant.nonce,
      claimsRequest: readClaimsRequest(grant.clientNotes['claims']),
    }
  },
}

const noCodes = 'Client not allowed to exchange code'

const codeParts = ({ services: { database, clock, random } }: TokenRequest): CodeParts => ({ sql: database, clock, random })

/** A code that comes twice has leaked: what it was exchanged for ends with it (RFC 6749 section 4.1.2). */
async function take(request: TokenRequest, code: string): Promise<CodeGrant> {
  const { realm, services } = request
  const taken = await takeCode(codeParts(request), realm, code)
  if (taken.kind === 'taken') return taken.grant
  if (taken.kind === 'reused') await services.sessions.detachClient(realm, { id: taken.clientId }, taken.sessionId)
  throw invalidCode()
}

/** The user has logged out, or another use of a code has taken the client out of the session. */
async function sessionGone({ realm, services }: TokenRequest, { sessionId }: CodeGrant): Promise<OAuthError> {
  const isThere = (await services.sessions.find(realm, sessionId, false)) !== undefined
  return isThere ? invalidGrant('User session not found', 'user_session_not_found') : invalidCode()
}

function requireSameRequest({ client, form }: TokenRequest, grant: CodeGrant): void {
  const given = form.get('redirect_uri')
  if (grant.redirectUri !== undefined && grant.redirectUri !== given) {
    const saved = `Saved redirectUri: ${grant.redirectUri}, redirectUri parameter: ${given ?? 'null'}`
    const reason = `Parameter 'redirect_uri' did not match originally saved redirect URI used in initial OIDC request. ${saved}`
    throw invalidGrant('Incorrect redirect_uri', 'invalid_redirect_uri', reason)
  }
  if (grant.clientId !== client.id) {
    const reason = 'Auth error: Found different client_id in clientSession'
    throw invalidGrant(reason, 'invalid_client', reason)
  }
}

/** RFC 7636 section 4.6. A verifier that nothing asked for is refused as well: somebody took the challenge out of the request. */
function requireVerifier({ challenge, challengeMethod }: CodeGrant, verifier: string | undefined): void {
  if (challenge === undefined) {
    if (verifier === undefined) return
    const reason = 'PKCE code verifier specified but challenge not present in authorization'
    throw invalidGrant(reason, 'invalid_code_verifier', reason)
  }
  if (verifier === undefined) {
    const reason = 'PKCE code verifier not specified'
    throw invalidGrant(reason, 'code_verifier_missing', reason)
  }
  if (!isPkceText(verifier))
    throw invalidGrant('PKCE verification failed: Invalid code verifier', 'invalid_code_verifier', 'Invalid code verifier')
  if (!verifierFits(verifier, challenge, challengeMethod))
    throw invalidGrant('PKCE verification failed: Code mismatch', 'pkce_verification_failed', 'Code mismatch')
}

const goOn = ({ realm, client, services }: TokenRequest, { clientNotes }: CodeGrant, session: Session): Promise<Session> =>
  services.sessions.refreshed(realm, client, session, clientNotes)

/** The session goes on without the browser. Should the code have come again meanwhile, nobody keeps anything of it. */
async function goOffline(request: TokenRequest, code: string, grant: CodeGrant, session: Session): Promise<Session> {
  const { realm, client, services } = request
  const { clientNotes, madeSession: replacesOnline } = grant
  const offline = await services.sessions.createOffline(realm, client, session, { clientNotes, replacesOnline })
  if (!(await stillUsedOnce(codeParts(request), realm, code))) await services.sessions.detachClient(realm, client, session.id)
  return offline
}
