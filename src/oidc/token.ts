import { noStore, oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError } from '../http/errors.ts'
import { type Form, readForm, readJsonForm, withoutControls } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { BearerSubject } from '../tokens/bearer-subject.ts'
import { type Minted, mint } from '../tokens/mint.ts'
import { authenticateClient, requireTokenClient } from './client-auth/authenticate.ts'
import type { EventDraft, Grant, TokenRequest } from './grants/grant.ts'
import { findGrant } from './grants/grants.ts'
import { clientOrigin, unknownClientOrigin } from './origin.ts'
import { realmOf, requireUsable } from './realm-of.ts'
import type { OidcServices } from './services.ts'

/** The token endpoint (RFC 6749 section 3.2): the whole pipeline, in the reference's order. */
export const tokenRoute: Route<OidcServices> = {
  method: 'POST',
  path: '/realms/:realm/protocol/openid-connect/token',
  family: 'oauth',
  summary: 'Token endpoint',
  preflight: 'POST, OPTIONS',
  handle: token,
}

async function token(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const event: EventDraft = { clientId: undefined, userId: undefined, sessionId: undefined, details: {} }
  let cors: Record<string, string> = {}
  let grant: Grant | undefined
  try {
    requireUsable(realm, request)
    const sent = readTokenForm(request, realm)
    // A line break at the end of a token out of a file does no harm; ids and secrets of clients count as they were sent (reference behaviour).
    const form = withoutControls(sent)
    const type = form.get('grant_type')
    if (type === undefined) throw new OAuthError('invalid_request', 'Missing form parameter: grant_type')
    grant = findGrant(type)
    if (grant === undefined) throw new OAuthError('unsupported_grant_type', 'Unsupported grant_type')
    event.details['grant_type'] = type
    cors = unknownClientOrigin(request)
    const { client, bearer } = await clientOf(grant, { realm, form: sent, request, services, event })
    cors = {}
    requireTokenClient(client)
    cors = clientOrigin(request, client)
    if (form.repeated !== undefined && grant.repeatable !== true)
      throw new OAuthError('invalid_request', 'duplicated parameter', { audited: false })
    const granted = await grant.grant({ realm, client, form, request, services, event, bearer })
    event.userId = granted.user.id
    if ('answer' in granted) {
      emitSuccess(services, realm, request, grant, event, {})
      return jsonResponse(200, granted.answer, { ...noStore, ...cors })
    }
    event.sessionId = granted.session?.id
    const minted = await mint(
      { realm, client: granted.scopes.client, baseUrl: request.baseUrl, clock: services.clock, random: services.random },
      granted,
    )
    succeeded(services, realm, request, grant, event, minted)
    return jsonResponse(200, minted.response, { ...noStore, ...cors })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    failed(services, realm, request, grant, event, error)
    return oauthErrorResponse(error, cors)
  }
}

/** The client that asks, authenticated by its own proof or by the token that it brings. */
async function clientOf(
  grant: Grant,
  context: Omit<TokenRequest, 'client' | 'bearer'>,
): Promise<{ client: Client; bearer: BearerSubject | undefined }> {
  const { realm, form, request, services, event } = context
  const bearer = await grant.bearer?.(context)
  if (bearer !== undefined) return { client: bearer.client, bearer }
  const { client, method } = await authenticateClient(request, form, { ...services, realm, details: event.details }, (clientId) => {
    event.clientId = clientId
  })
  event.details['client_auth_method'] = method
  return { client, bearer: undefined }
}

/** A JSON body with the same members counts where the realm says so; the reference knows forms alone. */
function readTokenForm(request: HttpRequest, realm: RealmSnapshot): Form {
  const json = realm.attributes['tokenEndpointAcceptsJson'] === 'true' ? readJsonForm(request) : undefined
  return json ?? readForm(request)
}

function succeeded(
  services: OidcServices,
  realm: RealmSnapshot,
  request: HttpRequest,
  grant: Grant,
  event: EventDraft,
  minted: Minted,
): void {
  const refreshed = event.details['refresh_token_id'] !== undefined
  emitSuccess(services, realm, request, grant, event, {
    token_id: minted.accessTokenId,
    scope: minted.scope,
    // Of a refresh the id in the details is that of the token that was used.
    [refreshed ? 'updated_refresh_token_id' : 'refresh_token_id']: minted.refreshTokenId,
    access_token_expiration_time: refreshed ? String(minted.response['expires_in']) : undefined,
    refresh_token_type: minted.refreshTokenType ?? event.details['refresh_token_type'],
  })
}

function emitSuccess(
  { events }: OidcServices,
  realm: RealmSnapshot,
  request: HttpRequest,
  grant: Grant,
  event: EventDraft,
  details: Readonly<Record<string, string | undefined>>,
): void {
  events.emit({
    type: grant.event,
    realmId: realm.id,
    realmName: realm.name,
    clientId: event.clientId,
    userId: event.userId,
    sessionId: event.sessionId,
    ipAddress: request.remoteAddress,
    details: { ...event.details, ...details },
  })
}

/** Mistakes before the grant is known are no events, as in the reference: anybody can make them without a client. */
function failed(
  { events }: OidcServices,
  realm: RealmSnapshot,
  request: HttpRequest,
  grant: Grant | undefined,
  event: EventDraft,
  error: OAuthError,
): void {
  if (grant === undefined || !error.audited) return
  events.emit({
    type: `${grant.event}_ERROR`,
    realmId: realm.id,
    realmName: realm.name,
    clientId: event.clientId,
    userId: event.userId,
    sessionId: event.sessionId,
    ipAddress: request.remoteAddress,
    error: error.event,
    details: error.reason === undefined ? event.details : { ...event.details, reason: error.reason },
  })
}
