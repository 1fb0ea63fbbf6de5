import { acceptsHtml } from '../http/accept.ts'
import { adminErrorResponse } from '../http/error-responses.ts'
import { AdminError, PageError } from '../http/errors.ts'
import type { HttpMethod, Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { allowsOrigin } from '../realm/web-origins.ts'
import { authenticate, type Caller, forbidden, unauthorized } from './caller.ts'
import type { AccountServices } from './services.ts'

/** What the handler of a route below /realms/{realm}/account is given. */
export interface AccountContext {
  readonly request: HttpRequest
  readonly services: AccountServices
  readonly realm: RealmSnapshot
  /** The client `account`: events are told in its name. */
  readonly account: Client
  readonly caller: Caller
}

/** One row of the Account API's table. */
export interface AccountRoute {
  readonly method: HttpMethod
  /** Below /realms/:realm/account, '' for the account itself. */
  readonly path: string
  readonly summary: string
  /** One of these roles of the client `account` is needed, in the token; empty: none, a token for the API is enough. */
  readonly roles: readonly string[]
  readonly bodyBytesMax?: number
  handle(context: AccountContext): Promise<HttpResponse>
}

/** The client whose tokens this API takes, and whose roles its callers need. */
const accountClientId = 'account'

/** Methods that the reference tells a browser for every path of the API. */
const preflight = 'HEAD, DELETE, POST, GET, OPTIONS, PUT'

/** The API's own name of its version, which may stand in its paths. */
const version = 'v1alpha1'

/** More than the fields of a profile is nobody's account. */
const bodyBytesMax = 256 * 1024

/** The routes of a row, with and without the version in the path. */
export function toRoutes(row: AccountRoute): Route<AccountServices>[] {
  const { method, path, summary, roles } = row
  return ['', `/${version}`].map((prefix) => ({
    method,
    path: `/realms/:realm/account${prefix}${path}`,
    family: 'admin',
    summary,
    preflight,
    ...(roles.length === 0 ? {} : { role: roles }),
    bodyBytesMax: row.bodyBytesMax ?? bodyBytesMax,
    handle: (request, services) => answer(row, request, services, prefix !== ''),
  }))
}

/** In the reference's order: the realm, the client `account`, page or API, the token, the origin, service accounts, the roles. */
async function answer(row: AccountRoute, request: HttpRequest, services: AccountServices, versioned: boolean): Promise<HttpResponse> {
  const wantsPage = !versioned && !asksForJson(request)
  const realm = await services.realms.find(request.params['realm'] ?? '')
  // The page has its own words for it.
  if (realm === undefined && wantsPage && isRead(request) && services.accountConsole !== undefined) return services.accountConsole(request)
  if (realm === undefined) throw new AdminError(404, { error: 'Realm does not exist' })
  const account = await realm.client(accountClientId)
  if (account === undefined || !account.enabled) throw notEnabled(request, wantsPage)
  const page = wantsPage ? await pageFor(request, services) : undefined
  if (page !== undefined) return page
  const caller = await authenticate(request, services, realm, account)
  const cors = corsHeaders(request, caller.client)
  try {
    if (caller.user.serviceAccountClientId !== undefined) throw unauthorized()
    if (row.roles.length > 0 && !row.roles.some((role) => caller.roles.has(role))) throw forbidden()
    return withHeaders(await row.handle({ request, services, realm, account, caller }), cors)
  } catch (error) {
    if (!(error instanceof AdminError)) throw error
    return withHeaders(adminErrorResponse(error), cors)
  }
}

const isRead = ({ method }: HttpRequest): boolean => method === 'GET' || method === 'HEAD'

const notEnabled = (request: HttpRequest, wantsPage: boolean): Error =>
  wantsPage && acceptsHtml(request) ? new PageError('pageNotFound', 404) : new AdminError(404, { error: 'account management not enabled' })

const withHeaders = (response: HttpResponse, more: Readonly<Record<string, string>>): HttpResponse => ({
  ...response,
  headers: { ...response.headers, ...more },
})

const isJson = (type: string): boolean => type.trim().toLowerCase() === 'application/json'

/** Page and API share their paths. Who names JSON, as what he takes or what he sends, means the API; a parameter makes it another type (reference behaviour). */
function asksForJson({ headers }: HttpRequest): boolean {
  return (headers.accept ?? '').split(',').some(isJson) || isJson(headers['content-type'] ?? '')
}

/** Undefined: the API answers, since there is no page and nobody insists on one. */
async function pageFor(request: HttpRequest, services: AccountServices): Promise<HttpResponse | undefined> {
  if (!isRead(request)) throw new AdminError(405, { error: 'HTTP 405 Method Not Allowed' })
  if (services.accountConsole !== undefined) return services.accountConsole(request)
  if (acceptsHtml(request)) throw new PageError('pageNotFound', 404)
  return undefined
}

/** None without an Origin or for our own. Throws for an origin that the token's client has not registered. */
function corsHeaders(request: HttpRequest, client: Client): Record<string, string> {
  const { origin } = request.headers
  if (origin === undefined || origin === new URL(request.baseUrl).origin) return {}
  if (!client.derived(allowsOrigin)(origin)) throw new AdminError(403, { error: 'Invalid origin' })
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
}

const otherPath: AccountRoute['handle'] = async ({ request }) => {
  const isVersion = /^v\d[\w-]*$/.test(request.params['*']?.split('/', 1)[0] ?? '')
  throw new AdminError(404, { error: isVersion ? 'API version not found' : 'HTTP 404 Not Found' })
}

/**
 * Rows that find nothing, and tell callers alone: every path is a page of the console, also those of resources that nobody reads. `rows` are
 * those of resources.
 */
export function otherPaths(rows: readonly AccountRoute[]): AccountRoute[] {
  const summary = 'Pages of the Account Console; no resource'
  const read = new Set(rows.flatMap(({ method, path }) => (method === 'GET' ? [path] : [])))
  const unread = [...new Set(rows.map(({ path }) => path))].filter((path) => !read.has(path))
  return [
    ...unread.map((path): AccountRoute => ({ method: 'GET', path, summary, roles: [], handle: otherPath })),
    ...(['GET', 'POST', 'PUT', 'DELETE'] as const).map(
      (method): AccountRoute => ({ method, path: '/*', summary, roles: [], handle: otherPath }),
    ),
  ]
}
