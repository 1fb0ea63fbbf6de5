import { OAuthError, PageError } from '../http/errors.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { readRootId } from '../login/cookies.ts'
import { beginInvitedRegistration } from '../login/invited-registration.ts'
import { errorContent } from '../login/pages/error.ts'
import { renderPage } from '../login/pages/render.ts'
import { startLogin } from '../login/start.ts'
import { httpsMissing } from '../realm/https-required.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { FlowPath } from '../sessions/authentication-session.ts'
import { errorParameters } from './answer.ts'
import { keptParameters, readAuthorizationRequest, readParameters } from './authorization-request.ts'
import type { AuthorizationRequest } from './checks/check.ts'
import { checksOf } from './checks/table.ts'
import { requestedScopes, requireOrganizations } from './grants/scopes.ts'
import { realmOf } from './realm-of.ts'
import { query } from './response-modes/query.ts'
import type { OidcServices } from './services.ts'

/** The authorization endpoint (RFC 6749 section 3.1), and the reference's two entrances that begin with another page. */
const entrances = [
  { path: 'auth', flowPath: 'authenticate', summary: 'Authorization endpoint' },
  { path: 'registrations', flowPath: 'registration', summary: 'Authorization endpoint that begins with the registration page' },
  { path: 'forgot-credentials', flowPath: 'reset-credentials', summary: 'Authorization endpoint that begins with a forgotten password' },
] as const satisfies readonly { path: string; flowPath: FlowPath; summary: string }[]

const methods = ['GET', 'POST'] as const satisfies readonly HttpMethod[]

export const authorizeRoutes: readonly Route<OidcServices>[] = entrances.flatMap(({ path, flowPath, summary }) =>
  methods.map((method) => ({
    method,
    path: `/realms/:realm/protocol/openid-connect/${path}`,
    family: 'page',
    summary,
    handle: (request, services) => authorize(request, services, flowPath),
  })),
)

const checks = checksOf('auth')

async function authorize(request: HttpRequest, services: OidcServices, path: FlowPath): Promise<HttpResponse> {
  const realm = await realmOf(request, services)
  let asked: AuthorizationRequest | undefined
  let clientId: string | undefined
  try {
    if (httpsMissing(realm, request)) throw new PageError('httpsRequiredMessage', 400, 'ssl_required')
    if (!realm.enabled) throw new PageError('realmNotEnabled', 400, 'realm_disabled')
    const form = readParameters(request)
    clientId = form.get('client_id')
    if (clientId === undefined || form.repeated === 'client_id') throw new PageError('invalidRequestMessage', 400, 'invalid_request')
    const invitation = path === 'registration' && realm.settings.organizationsEnabled ? form.get('token') : undefined
    if (invitation !== undefined) return await beginInvitedRegistration(request, services, realm, invitation)
    const client = await realm.client(clientId)
    if (client === undefined) throw new PageError('clientNotFoundMessage', 400, 'client_not_found')
    const knowsAccessType = services.oauth2Realm === realm.name
    asked = readAuthorizationRequest(form, { realm, client, baseUrl: request.baseUrl, path, knowsAccessType })
    for (const check of checks) check.run(asked)
    const scope = asked.get('scope')
    await requireOrganizations(services.database, realm, requestedScopes(client, scope), scope)
    return await beginLogin(request, services, asked)
  } catch (error) {
    if (!(error instanceof PageError || error instanceof OAuthError)) throw error
    failed(request, services, realm, { clientId, asked, error })
    if (error instanceof PageError) return page(request, services, realm, asked, error)
    if (asked?.redirectUri === undefined) return page(request, services, realm, asked, new PageError('invalidRequestMessage', 400))
    const { client, redirectUri, responseMode = query } = asked
    const parameters = errorParameters({ realm, client, baseUrl: request.baseUrl }, error, asked.get('state'))
    return responseMode.send({ realm, client, baseUrl: request.baseUrl, clock: services.clock, redirectUri, parameters })
  }
}

async function beginLogin(request: HttpRequest, services: OidcServices, asked: AuthorizationRequest): Promise<HttpResponse> {
  const { realm, client, redirectUri = '', flowPath } = asked
  const rootId = readRootId(request, realm)
  const made = { redirectUri, request: keptParameters(asked), flowPath }
  const session = await services.authenticationSessions.create(realm, client, rootId, made)
  return startLogin({ realm, client, request, services, session, isNewBrowser: rootId === undefined })
}

function page(
  request: HttpRequest,
  { themes }: OidcServices,
  realm: RealmSnapshot,
  asked: AuthorizationRequest | undefined,
  { messageKey: key, values, status }: PageError,
): HttpResponse {
  const context = { realm, client: asked?.client, request, themes, uiLocales: asked?.get('ui_locales') }
  return renderPage(context, errorContent({ message: { key, values }, status }))
}

interface Failure {
  readonly clientId: string | undefined
  readonly asked: AuthorizationRequest | undefined
  readonly error: PageError | OAuthError
}

function failed(request: HttpRequest, { events }: OidcServices, realm: RealmSnapshot, { clientId, asked, error }: Failure): void {
  events.emit({
    type: 'LOGIN_ERROR',
    realmId: realm.id,
    realmName: realm.name,
    clientId,
    ipAddress: request.remoteAddress,
    error: error.event ?? 'invalid_request',
    details: {
      reason: error instanceof OAuthError ? (error.reason ?? error.description) : undefined,
      redirect_uri: asked?.get('redirect_uri'),
      response_type: asked?.get('response_type'),
      response_mode: asked?.responseType && asked.responseMode?.id,
    },
  })
}
