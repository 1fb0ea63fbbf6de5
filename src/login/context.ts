import type { HttpRequest } from '../http/values.ts'
import type { Client, FlowExecution, RealmAuthentication, RealmSnapshot, UserFacts } from '../realm/model.ts'
import type { AuthenticationSession, FlowPath } from '../sessions/authentication-session.ts'
import { type CredentialRow, credentials } from '../storage/credentials.ts'
import { type UserRow, users } from '../storage/users.ts'
import { issuerOf } from '../tokens/issuer.ts'
import { clientData } from './client-data.ts'
import { attemptedUsernameNote, localeNote } from './notes.ts'
import type { LoginServices } from './services.ts'
import type { Step } from './step.ts'

/** One request of one login. What a request reads of the user it reads once. */
export interface LoginContext {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly session: AuthenticationSession
  readonly request: HttpRequest
  readonly services: LoginServices
  readonly authentication: RealmAuthentication
  readonly details: Record<string, string | undefined>
  user(): Promise<UserRow | undefined>
  /** What else is known of the user, as of when he was read. */
  facts(): Promise<UserFacts | undefined>
  credentials(): Promise<readonly CredentialRow[]>
  identify(user: UserRow | null): void
  /** The user was changed: what was read of him counts no more. */
  readAgain(): void
}

export interface LoginContextParts {
  readonly realm: RealmSnapshot
  readonly client: Client
  readonly session: AuthenticationSession
  readonly request: HttpRequest
  readonly services: LoginServices
}

export async function loginContext(parts: LoginContextParts): Promise<LoginContext> {
  const { realm, session, services } = parts
  let user: Promise<UserRow | undefined> | undefined
  let facts: Promise<UserFacts | undefined> | undefined
  let stored: Promise<readonly CredentialRow[]> | undefined
  const readUser = (): Promise<UserRow | undefined> => {
    const id = session.userId
    user ??= id === undefined ? Promise.resolve(undefined) : users(services.database).findById(realm.id, id)
    return user
  }
  const readFacts = async (): Promise<UserFacts | undefined> => {
    const row = await readUser()
    return row && services.users.factsOf(row)
  }
  return {
    ...parts,
    authentication: await realm.authentication(),
    details: {
      auth_method: 'openid-connect',
      // The reference says so of every flow of the browser, whatever the response type.
      auth_type: session.stage === 'authenticate' ? 'code' : undefined,
      redirect_uri: session.redirectUri,
      code_id: session.rootId,
    },
    user: readUser,
    facts() {
      facts ??= readFacts()
      return facts
    },
    credentials() {
      const id = session.userId
      stored ??= id === undefined ? Promise.resolve([]) : credentials(services.database).listOf(id)
      return stored
    },
    identify(row) {
      session.userId = row?.id
      user = Promise.resolve(row ?? undefined)
      facts = undefined
      stored = undefined
    },
    readAgain() {
      user = undefined
      facts = undefined
      stored = undefined
    },
  }
}

/** Notes that say nothing of who logs in. */
const lastingNotes = [localeNote, attemptedUsernameNote] as const

/**
 * Begins a login anew on one of its paths: who was named, what was proved and reached counts no more, since somebody else may go on.
 */
export function beginAnew(context: LoginContext, path: FlowPath): void {
  const { session } = context
  session.flowPath = path
  session.stage = 'authenticate'
  session.executions = {}
  session.notes = Object.fromEntries(
    lastingNotes.flatMap((name) => (session.notes[name] === undefined ? [] : [[name, session.notes[name]]])),
  )
  session.sessionNotes = {}
  session.requiredActions = []
  session.current = undefined
  context.identify(null)
}

export type LoginActionsPath = 'authenticate' | 'registration' | 'reset-credentials' | 'restart' | 'required-action' | 'consent'

/** An address below login-actions that belongs to one tab. `code` makes it the address of a form. */
export function loginActionsUrl(
  { realm, client, session, request }: Pick<LoginContext, 'realm' | 'client' | 'session' | 'request'>,
  path: LoginActionsPath,
  step: { readonly code?: boolean; readonly execution?: string } = {},
): string {
  const query = new URLSearchParams()
  if (step.code === true) query.set('session_code', session.code)
  if (step.execution !== undefined) query.set('execution', step.execution)
  query.set('client_id', client.clientId)
  query.set('tab_id', session.tabId)
  query.set('client_data', clientData(session))
  return `${issuerOf(request.baseUrl, realm)}/login-actions/${path}?${query}`
}

/** The path below login-actions that shows the current step of a login. */
export function currentPath({ stage, flowPath }: AuthenticationSession): LoginActionsPath {
  if (stage === 'required-actions') return 'required-action'
  return flowPath === 'registration' || flowPath === 'reset-credentials' ? flowPath : 'authenticate'
}

/** What an authenticator or an action is given. */
export function stepOf(
  context: LoginContext,
  execution: Pick<FlowExecution, 'id' | 'config'>,
  flowIsConfigured: () => Promise<boolean> = async () => false,
): Step {
  const { session } = context
  return {
    realm: context.realm,
    client: context.client,
    session,
    request: context.request,
    services: context.services,
    execution: execution.id,
    config: execution.config,
    user: () => context.user(),
    facts: () => context.facts(),
    credentials: () => context.credentials(),
    identify: (user) => context.identify(user),
    get actionUrl() {
      return loginActionsUrl(context, currentPath(session), { code: true, execution: execution.id })
    },
    link: (path) => loginActionsUrl(context, path),
    flowIsConfigured,
    details: context.details,
  }
}
