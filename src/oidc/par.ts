import { noStore, oauthErrorResponse } from '../http/error-responses.ts'
import { OAuthError, PageError } from '../http/errors.ts'
import { type Form, readForm } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { readAuthorizationRequest } from './authorization-request.ts'
import { checksOf } from './checks/table.ts'
import { authenticateClient, requireTokenClient } from './client-auth/authenticate.ts'
import type { EventDraft } from './grants/grant.ts'
import { requestedScopes, requireOrganizations } from './grants/scopes.ts'
import { clientOrigin, unknownClientOrigin } from './origin.ts'
import { pushRequest } from './pushed-requests.ts'
import { realmOf, requireUsable } from './realm-of.ts'
import { withRequestObject } from './request-object.ts'
import type { OidcServices } from './services.ts'

/** Pushed authorization requests (RFC 9126): a client says directly what it will ask for, and sends people with no more than an address. */
export const parRoute: Route<OidcServices> = {
  method: 'POST',
  path: '/realms/:realm/protocol/openid-connect/ext/par/request',
  family: 'oauth',
  summary: 'Pushed authorization requests',
  handle: push,
}

const checks = checksOf('par')

async function push(request: HttpRequest, services: OidcServices): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  const event: EventDraft = { clientId: undefined, userId: undefined, sessionId: undefined, details: {} }
  let cors = unknownClientOrigin(request)
  try {
    requireUsable(realm, request)
    const form = readForm(request)
    const client = await authenticate(request, services, realm, form, event)
    cors = {}
    cors = clientOrigin(request, client)
    if (form.get('request_uri') !== undefined)
      throw new OAuthError('invalid_request', 'It is not allowed to include request_uri to PAR.', { event: 'invalid_request' })
    const whole = await withObject(request, services, realm, client, form)
    await check(request, services, realm, client, whole)
    const { requestUri, expiresInSeconds } = await pushRequest(services, realm, client, whole)
    return jsonResponse(201, { request_uri: requestUri, expires_in: expiresInSeconds }, { ...noStore, ...cors })
  } catch (error) {
    const told = error instanceof PageError || error instanceof OAuthError ? inJson(error) : undefined
    if (told === undefined) throw error
    services.events.emit({
      type: 'PUSHED_AUTHORIZATION_REQUEST_ERROR',
      realmId: realm.id,
      realmName: realm.name,
      ipAddress: request.remoteAddress,
      clientId: event.clientId,
      error: told.event,
      details: { ...event.details, reason: told.reason ?? told.description },
    })
    return oauthErrorResponse(told, cors)
  }
}

/** Throws OAuthError: the endpoint has one word for everything that proves nothing (reference behaviour). */
async function authenticate(
  request: HttpRequest,
  services: OidcServices,
  realm: RealmSnapshot,
  form: Form,
  event: EventDraft,
): Promise<Client> {
  try {
    const { client, method } = await authenticateClient(request, form, { ...services, realm, details: event.details }, (clientId) => {
      event.clientId = clientId
    })
    event.details['client_auth_method'] = method
    requireTokenClient(client)
    return client
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    throw new OAuthError('invalid_request', 'Authentication failed.', { status: 401, event: error.event })
  }
}

/** Throws OAuthError for a request object that is no good, or missing. */
async function withObject(request: HttpRequest, services: OidcServices, realm: RealmSnapshot, client: Client, form: Form): Promise<Form> {
  try {
    return await withRequestObject({ services, realm, client, baseUrl: request.baseUrl, endpoint: 'par' }, form)
  } catch (error) {
    if (!(error instanceof PageError)) throw error
    const code = form.get('request') === undefined ? 'invalid_request' : 'invalid_request_object'
    throw new OAuthError(code, error.messageKey)
  }
}

/** Throws what is wrong with the request as the authorization endpoint would. */
async function check(request: HttpRequest, services: OidcServices, realm: RealmSnapshot, client: Client, form: Form): Promise<void> {
  const knowsAccessType = services.oauth2Realm === realm.name
  const context = { realm, client, baseUrl: request.baseUrl, path: 'authenticate', pushed: true, knowsAccessType } as const
  const asked = readAuthorizationRequest(form, context)
  for (const { run } of checks) run(asked)
  const scope = asked.get('scope')
  await requireOrganizations(services.database, realm, requestedScopes(client, scope), scope)
}

/** Nobody is at a browser here: pages and redirects become JSON, most of them `invalid_request` (reference behaviour). */
function inJson(error: PageError | OAuthError): OAuthError {
  if (error instanceof PageError) {
    const [name] = error.values
    const description = name === undefined ? error.messageKey : `Invalid parameter: ${name}`
    return new OAuthError('invalid_request', description, { event: error.event ?? 'invalid_request' })
  }
  const { code, event, reason = error.description } = error
  const more = { event, ...(reason === undefined ? {} : { reason }) }
  if (code === 'unsupported_response_type') return new OAuthError('invalid_request', 'Unsupported response type', more)
  if (code === 'invalid_scope') return new OAuthError('invalid_request', error.description, more)
  if (code === 'unauthorized_client') return new OAuthError(code, error.description, { ...more, status: 401 })
  return error
}
