import { OAuthError, PageError } from '../http/errors.ts'
import type { Form } from '../http/parameters.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { clientUrl } from '../login/client-url.ts'
import { readRootId } from '../login/cookies.ts'
import { beginInvitedRegistration } from '../login/invited-registration.ts'
import { errorContent } from '../login/pages/error.ts'
import { renderPage } from '../login/pages/render.ts'
import { sendToLogin, startLogin } from '../login/start.ts'
import { httpsMissing } from '../realm/https-required.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import type { FlowPath } from '../sessions/authentication-session.ts'
import { errorParameters } from './answer.ts'
import { keptParameters, readAuthorizationRequest, readParameters } from './authorization-request.ts'
import type { AuthorizationRequest } from './checks/check.ts'
import { checksOf } from './checks/table.ts'
import { requestedScopes, requireOrganizations } from './grants/scopes.ts'
import { findPushedRequest, isPushed, pushedRequestNote } from './pushed-requests.ts'
import { realmOf } from './realm-of.ts'
import { withRequestObject } from './request-object.ts'
import { query } from './response-modes/query.ts'
import type { OidcServices } from './services.ts'

interface Entrance {
  readonly path: string
  readonly flowPath: FlowPath
  readonly errorType: 'LOGIN_ERROR' | 'REGISTER_ERROR' | 'RESET_PASSWORD_ERROR'
  readonly summary: string
}

/** The authorization endpoint (RFC 6749 section 3.1), and the reference's two entrances that begin with another page. */
const entrances = [
  { path: 'auth', flowPath: 'authenticate', errorType: 'LOGIN_ERROR', summary: 'Authorization endpoint' },
  {
    path: 'registrations',
    flowPath: 'registration',
    errorType: 'REGISTER_ERROR',
    summary: 'Authorization endpoint that begins with the registration page',
  },
  {
    path: 'forgot-credentials',
    flowPath: 'reset-credentials',
    errorType: 'RESET_PASSWORD_ERROR',
    summary: 'Authorization endpoint that begins with a forgotten password',
  },
] as const satisfies readonly Entrance[]

const methods = ['GET', 'POST'] as const satisfies readonly HttpMethod[]

export const authorizeRoutes: readonly Route<OidcServices>[] = entrances.flatMap((entrance) =>
  methods.map((method) => ({
    method,
    path: `/realms/:realm/protocol/openid-connect/${entrance.path}`,
    family: 'page',
    summary: entrance.summary,
    handle: (request, services) => authorize(request, services, entrance),
  })),
)

const checks = checksOf('auth')

const noClientId = "Parameter 'client_id' not present or present multiple times in the HTTP request parameters"

async function authorize(request: HttpRequest, services: OidcServices, { flowPath: path, errorType }: Entrance): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  let asked: AuthorizationRequest | undefined
  let clientId: string | undefined
  const details: Record<string, string | undefined> = {}
  try {
    if (httpsMissing(realm, request)) throw new PageError('httpsRequiredMessage', 400, 'ssl_required')
    if (!realm.enabled) throw new PageError('realmNotEnabled', 400, 'realm_disabled')
    const sent = readParameters(request)
    clientId = sent.get('client_id')
    if (clientId === undefined || sent.repeated === 'client_id')
      throw new PageError('invalidRequestMessage', 400, 'invalid_request', [], noClientId)
    const invitation = path === 'registration' && realm.settings.organizationsEnabled ? sent.get('token') : undefined
    if (invitation !== undefined) return await beginInvitedRegistration(request, services, realm, invitation)
    const client = await realm.client(clientId)
    if (client === undefined) throw new PageError('clientNotFoundMessage', 400, 'client_not_found')
    const knowsAccessType = services.oauth2Realm === realm.name
    const requestUri = pushedUri(sent)
    const objectContext = { services, realm, client, baseUrl: request.baseUrl, endpoint: 'auth' } as const
    const form =
      requestUri === undefined ? await withRequestObject(objectContext, sent) : await pushedForm(services, realm, client, requestUri)
    asked = readAuthorizationRequest(form, {
      realm,
      client,
      baseUrl: request.baseUrl,
      path,
      pushed: requestUri !== undefined,
      knowsAccessType,
    })
    for (const check of checks) {
      Object.assign(details, check.details?.(asked))
      check.run(asked)
    }
    const scope = asked.get('scope')
    await requireOrganizations(services.database, realm, requestedScopes(client, scope), scope)
    return await beginLogin(request, services, asked, requestUri)
  } catch (error) {
    if (!(error instanceof PageError || error instanceof OAuthError)) throw error
    failed(request, services, realm, { errorType, clientId, details, error })
    if (error instanceof PageError) return page(request, services, realm, asked, error)
    if (asked?.redirectUri === undefined) return page(request, services, realm, asked, new PageError('invalidRequestMessage', 400))
    const { client, redirectUri, responseMode = query } = asked
    const parameters = errorParameters({ realm, client, baseUrl: request.baseUrl }, error, asked.get('state'))
    return responseMode.send({ realm, client, baseUrl: request.baseUrl, clock: services.clock, redirectUri, parameters })
  }
}

function pushedUri(sent: Form): string | undefined {
  const requestUri = sent.get('request_uri')
  return requestUri !== undefined && isPushed(requestUri) ? requestUri : undefined
}

/** What a client has pushed is all that counts, and for that client alone (RFC 9126 sections 2.2 and 4). Throws PageError. */
async function pushedForm(services: OidcServices, realm: RealmSnapshot, client: Client, requestUri: string): Promise<Form> {
  const pushed = await findPushedRequest(services, realm, requestUri)
  if (pushed === undefined) throw new PageError('invalidRequestMessage', 400, 'invalid_request')
  if (pushed.clientId !== client.id) throw new PageError('invalidParameterMessage', 400, 'invalid_redirect_uri', ['redirect_uri'])
  return pushed.form
}

/** The login of a pushed request begins at an address of its own, unless nobody shall be asked (reference behaviour). */
async function beginLogin(
  request: HttpRequest,
  services: OidcServices,
  asked: AuthorizationRequest,
  requestUri: string | undefined,
): Promise<HttpResponse> {
  const { realm, client, redirectUri = '', flowPath } = asked
  const rootId = readRootId(request, realm)
  const kept = requestUri === undefined ? {} : { [pushedRequestNote]: requestUri }
  const made = { redirectUri, request: { ...keptParameters(asked), ...kept }, flowPath }
  const session = await services.authenticationSessions.create(realm, client, rootId, made)
  const parts = { realm, client, request, services, session, isNewBrowser: rootId === undefined }
  const isPassive = asked.get('prompt')?.split(' ').includes('none') === true
  return requestUri === undefined || isPassive ? startLogin(parts) : sendToLogin(parts)
}

function page(
  request: HttpRequest,
  { themes }: OidcServices,
  realm: RealmSnapshot,
  asked: AuthorizationRequest | undefined,
  { messageKey: key, values, status }: PageError,
): HttpResponse {
  const context = { realm, client: asked?.client, request, themes, uiLocales: asked?.get('ui_locales') }
  const backUrl = asked && clientUrl({ client: asked.client, request })
  return renderPage(context, errorContent({ message: { key, values }, status, backUrl }))
}

interface Failure {
  readonly errorType: Entrance['errorType']
  readonly clientId: string | undefined
  readonly details: Readonly<Record<string, string | undefined>>
  readonly error: PageError | OAuthError
}

function failed(request: HttpRequest, { events }: OidcServices, realm: RealmSnapshot, failure: Failure): void {
  const { errorType, clientId, details, error } = failure
  events.emit({
    type: errorType,
    realmId: realm.id,
    realmName: realm.name,
    clientId,
    ipAddress: request.remoteAddress,
    error: error.event ?? 'invalid_request',
    details: { ...details, reason: error.reason ?? (error instanceof OAuthError ? error.description : undefined) },
  })
}
