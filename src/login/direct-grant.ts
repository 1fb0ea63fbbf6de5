import { OAuthError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'
import type { AuthenticationFlow, Client, RealmAuthentication, RealmSnapshot, UserFacts } from '../realm/model.ts'
import { newAuthenticationSession } from '../sessions/authentication-session.ts'
import type { UserRow } from '../storage/users.ts'
import { owesActions } from './complete.ts'
import { type LoginContext, loginContext } from './context.ts'
import { type FlowOutcome, runFlow } from './flow.ts'
import type { LoginServices } from './services.ts'

/** A token request that carries the proof of who the user is (RFC 6749 section 4.3). */
export interface DirectGrant {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly request: HttpRequest
  readonly services: LoginServices
  /** The audit event's; the executions of the flow add to it. */
  readonly details: Record<string, string | undefined>
}

export interface DirectLogin {
  readonly user: UserFacts
  /** What the executions noted for the session: levels of authentication, the credentials that were used. */
  readonly sessionNotes: Readonly<Record<string, string>>
}

/** Whom the flow had found out when it refused; for the audit event. */
export type Refused = (user: UserRow) => void

/**
 * Walks the direct grant flow of the client or the realm in this one request. Throws OAuthError: the answer of the execution that refused,
 * or `invalid_grant` when the user has something to do that needs a browser.
 */
export async function loginByRequest(grant: DirectGrant, refused: Refused): Promise<DirectLogin> {
  const { realm, client, services } = grant
  const session = newAuthenticationSession(services, realm, client, { rootId: '', redirectUri: '', request: {} })
  const context = { ...(await loginContext({ ...grant, session })), details: grant.details }
  try {
    const outcome = await run(context)
    if (outcome.kind !== 'success') throw errorOf(outcome)
    const user = await context.facts()
    if (user === undefined) throw wrongCredentials('user_not_found')
    if (await owesActions(context)) throw notSetUp()
    await services.guard.succeeded(realm, user.id)
    return { user, sessionNotes: session.sessionNotes }
  } catch (error) {
    const user = await context.user()
    if (user !== undefined) refused(user)
    throw error
  }
}

async function run(context: LoginContext): Promise<FlowOutcome> {
  const flow = flowOf(context.authentication, context)
  return flow === undefined ? { kind: 'failed', error: 'authentication_flow_not_found' } : runFlow(context, flow)
}

function flowOf(authentication: RealmAuthentication, { realm, client }: LoginContext): AuthenticationFlow | undefined {
  const own = client.doc.authenticationFlowBindingOverrides?.['direct_grant']
  return (own && authentication.flowById(own)) || authentication.flow(realm.settings.directGrantFlow ?? 'direct grant')
}

const wrongCredentials = (event: string): OAuthError => new OAuthError('invalid_grant', 'Invalid user credentials', { event })

function notSetUp(): OAuthError {
  const reason = 'Account is not fully set up'
  return new OAuthError('invalid_grant', reason, { event: 'resolve_required_actions', reason })
}

/** An execution that wants to show a page cannot be answered here. */
function errorOf(outcome: Exclude<FlowOutcome, { kind: 'success' }>): OAuthError {
  if (outcome.kind === 'failed') return outcome.oauth ?? wrongCredentials(outcome.error)
  return wrongCredentials('invalid_user_credentials')
}
