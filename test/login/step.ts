/** Test support: one execution of a login in progress over the real rooms of a server, without a browser. */
import assert from 'node:assert/strict'
import { type Form, parseParameters } from '../../src/http/parameters.ts'
import type { HttpRequest } from '../../src/http/values.ts'
import type { PageContent } from '../../src/login/pages/page.ts'
import { renderPage } from '../../src/login/pages/render.ts'
import type { LoginServices } from '../../src/login/services.ts'
import type { Step } from '../../src/login/step.ts'
import type { Client, RealmSnapshot } from '../../src/realm/model.ts'
import type { AuthenticationSession } from '../../src/sessions/authentication-session.ts'
import { credentials } from '../../src/storage/credentials.ts'
import { type UserRow, users } from '../../src/storage/users.ts'
import type { TestServer } from '../server.ts'

export interface StepOptions {
  readonly realm: string
  readonly clientId?: string
  /** Who is known already. */
  readonly username?: string
  readonly config?: Readonly<Record<string, string>>
  /** Parameters of the authorization request. */
  readonly request?: Readonly<Record<string, string>>
  readonly execution?: string
  /** A login that began with another step. */
  readonly session?: AuthenticationSession
  /** Body of the HTTP request, for what reads it itself. */
  readonly body?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly configured?: boolean
}

export interface TestStep extends Step {
  readonly realm: RealmSnapshot
  readonly client: Client
}

/** A step of a new login, or of the one given. Users and credentials are read anew each time. */
export async function stepOn(server: TestServer, options: StepOptions): Promise<TestStep> {
  const services = server.services as unknown as LoginServices
  const realm = await services.realms.find(options.realm)
  const client = await realm?.client(options.clientId ?? 'app')
  assert.ok(realm && client)
  const session = options.session ?? newSession(realm, client, options.request ?? {})
  if (options.username !== undefined) session.userId = (await users(services.database).find(realm.id, options.username))?.id
  return {
    realm,
    client,
    session,
    request: httpRequest(options),
    services,
    execution: options.execution ?? 'execution',
    config: options.config ?? {},
    user: async () => (session.userId === undefined ? undefined : users(services.database).findById(realm.id, session.userId)),
    facts: async () => (session.userId === undefined ? undefined : services.users.facts(realm, session.userId)),
    credentials: async () => (session.userId === undefined ? [] : credentials(services.database).listOf(session.userId)),
    identify: (user: UserRow | null) => {
      session.userId = user?.id
    },
    actionUrl: 'https://id.example/auth/realms/x/login-actions/authenticate?session_code=c',
    link: (path) => `https://id.example/auth/realms/x/login-actions/${path}`,
    flowIsConfigured: async () => options.configured ?? false,
    details: {},
  }
}

function newSession(realm: RealmSnapshot, client: Client, request: Readonly<Record<string, string>>): AuthenticationSession {
  return {
    rootId: 'root',
    tabId: 'tab',
    realmId: realm.id,
    clientId: client.id,
    startedAtMs: 0,
    shownAtMs: 0,
    revision: 1,
    redirectUri: 'https://app.example/cb',
    request: { ...request },
    notes: {},
    sessionNotes: {},
    userId: undefined,
    flowPath: 'authenticate',
    stage: 'authenticate',
    executions: {},
    current: undefined,
    code: 'code',
    requiredActions: [],
  }
}

const httpRequest = ({ body = {}, headers = {} }: StepOptions): HttpRequest => ({
  method: 'POST',
  path: '/realms/x/login-actions/authenticate',
  params: {},
  queryText: '',
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: Buffer.from(new URLSearchParams(body).toString()),
  baseUrl: 'https://id.example/auth',
  remoteAddress: '192.0.2.1',
  secure: true,
  requestId: 'request',
})

export const formOf = (fields: Readonly<Record<string, string>>): Form => parseParameters(new URLSearchParams(fields).toString())

/** The HTML of a page as a browser gets it. */
export const drawn = ({ realm, client, request }: TestStep, page: PageContent): string =>
  String(renderPage({ realm, client, request }, page).body)

/** A user as realm JSON has it, with a password `pw` and further credentials. */
export const person = (username: string, more: readonly object[] = [], rest: object = {}) => ({
  username,
  enabled: true,
  email: `${username}@example.org`,
  firstName: 'First',
  lastName: 'Last',
  credentials: [{ type: 'password', value: 'pw', temporary: false }, ...more],
  ...rest,
})

export const app = { clientId: 'app', publicClient: true, redirectUris: ['https://app.example/*'], directAccessGrantsEnabled: true }
