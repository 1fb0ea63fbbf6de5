import { PageError } from '../http/errors.ts'
import { readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { users } from '../storage/users.ts'
import { actionTokenHandlers } from './action-token-handlers.ts'
import { type ActionTokenOpening, errorAnswer, openTab, reportToken } from './action-token-opening.ts'
import { type ActionToken, isActionTokenUsed, readActionToken } from './action-tokens.ts'
import { redirect } from './answers.ts'
import { loginActionsUrl } from './context.ts'
import { readIdentity, readRootId } from './cookies.ts'
import { noteForwardedMessage } from './forwarded-message.ts'
import type { LoginServices } from './services.ts'

/** Opens the link of an e-mail. What it changes is the business of its type: action-token-handlers.ts. */
export const actionTokenRoute: Route<LoginServices> = {
  method: 'GET',
  path: '/realms/:realm/login-actions/action-token',
  family: 'page',
  summary: 'A link of an e-mail',
  handle,
}

async function handle(request: HttpRequest, services: LoginServices): Promise<HttpResponse> {
  const realm = await services.realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new PageError('realmNotFound', 404, 'realm_not_found')
  if (!realm.enabled) throw new PageError('realmNotEnabled', 400, 'realm_disabled')
  // Mail scanners ask whether the link is there; that opens nothing.
  if (request.method === 'HEAD') return { status: 200 }
  const at = { realm, request, services }
  const key = readQuery(request).get('key')
  if (key === undefined) {
    reportToken(at, 'EXECUTE_ACTION_TOKEN', undefined, { error: 'not_allowed', reason: 'invalidRequestMessage' })
    return errorAnswer({ ...at, client: await namedClient(realm, request) }, 'invalidRequestMessage')
  }
  const read = readActionToken({ realm, clock: services.clock, baseUrl: request.baseUrl }, key)
  if (read.kind === 'malformed') {
    reportToken(at, 'EXECUTE_ACTION_TOKEN', undefined, { error: 'invalid_code', reason: 'not a token of this realm' })
    return errorAnswer({ ...at, client: await namedClient(realm, request) }, 'invalidCodeMessage')
  }
  return read.kind === 'expired' ? expired(at, read.token) : open(at, read.token)
}

type At = Pick<ActionTokenOpening, 'realm' | 'request' | 'services'>

/** For the link back alone. */
const namedClient = (realm: RealmSnapshot, request: HttpRequest) => realm.client(readQuery(request).get('client_id') ?? '')

/** Too late. In the browser that asked for the link the login begins again; elsewhere there is nothing to go on with. */
async function expired(at: At, token: ActionToken): Promise<HttpResponse> {
  const { realm, request, services } = at
  reportToken(at, 'EXECUTE_ACTION_TOKEN', token, { error: 'expired_code', reason: 'Token is not active' })
  const client = await realm.client(token.clientId)
  const tab = client && (await openTab({ ...at, client, rootId: readRootId(request, realm) }, token.loginId))
  if (client === undefined || tab === undefined) return errorAnswer({ ...at, client: undefined }, 'expiredActionTokenNoSessionMessage')
  const { redirectUri } = tab
  const again = await services.authenticationSessions.create(realm, client, tab.rootId, { redirectUri, request: tab.request })
  noteForwardedMessage(again, { kind: 'error', key: 'expiredActionTokenSessionExistsMessage' })
  await services.authenticationSessions.save(realm, again)
  return redirect(loginActionsUrl({ realm, client, session: again, request }, 'authenticate'))
}

/** The checks that all types share, in the reference's order; then the type's own. */
async function open(at: At, token: ActionToken): Promise<HttpResponse> {
  const { realm, request, services } = at
  const handler = actionTokenHandlers[token.type]
  const client = await realm.client(token.clientId)
  const refuse = (error: string, messageKey: string, values: readonly string[] = []): Promise<HttpResponse> => {
    reportToken(at, handler.event, token, { error, reason: messageKey })
    return errorAnswer({ ...at, client }, messageKey, values)
  }
  if (client === undefined) return refuse('client_not_found', 'clientNotFoundMessage')
  if (!client.enabled) return refuse('client_disabled', 'clientDisabledMessage')
  const user = await users(services.database).findById(realm.id, token.userId)
  if (user === undefined) return refuse('user_not_found', 'invalidUserMessage')
  if (user.enabled !== 1) return refuse('user_disabled', 'accountDisabledMessage')
  if (token.issuedAt < user.not_before) return refuse('expired_code', 'expiredActionMessage')
  const opening: ActionTokenOpening = { ...at, client, token, user, rootId: readRootId(request, realm) }
  const done = await handler.beforeUse?.(opening)
  if (done !== undefined) return done
  if (token.email !== undefined && token.email !== user.email) return refuse('invalid_email', handler.staleMessage)
  if (await isActionTokenUsed({ realm, sql: services.database, clock: services.clock }, token))
    return refuse('expired_code', 'expiredActionMessage')
  const other = handler.needsOwnBrowser ? await otherUser(at, token) : undefined
  if (other !== undefined) return refuse('different_user_authenticated', 'differentUserAuthenticated', [other])
  return handler.open(opening)
}

/** The name of somebody else who is logged in here: the link of one must not change what another one sees. */
async function otherUser({ realm, request, services }: At, token: ActionToken): Promise<string | undefined> {
  const identity = readIdentity({ realm, request, clock: services.clock })
  const session = identity && (await services.sessions.find(realm, identity.sessionId, false))
  if (session === undefined || session.userId === token.userId) return undefined
  return (await users(services.database).findById(realm.id, session.userId))?.username
}
