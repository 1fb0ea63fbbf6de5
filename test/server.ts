/**
 * Test support: a real server on a free port, over memory, a SQLite file or PostgreSQL, with a clock that tests move and with every log
 * line kept. With OSTIARY_TEST_REFERENCE=http://host/auth the same tests ask a running reference server (admin/admin) instead: so an
 * expectation is compared with what the reference really answers. Tests that need a clock or a log say `{ skip: server.onReference }`.
 */
import { after } from 'node:test'
import { loadConfig } from '../src/config/load.ts'
import { createLogger } from '../src/log.ts'
import type { RealmRepresentation } from '../src/representations/realm.ts'
import { type Services, startServer } from '../src/server.ts'
import { type Answer, type CallOptions, call, type Json } from './server/call.ts'
import { type Changes, changesOfAdminApi, changesOfServices } from './server/changes.ts'
import { type TestClock, testClock } from './server/clock.ts'
import { eventsOfAdminApi, type LoggedEvent, readEvents } from './server/events.ts'
import { type TestRealm, testRealm } from './server/realm.ts'
import { collectSecrets } from './server/secrets.ts'
import { engines } from './storage/engines.ts'

export interface TestServerOptions {
  /** Made through the Admin API; on the reference server they are removed at the end. */
  readonly realms?: readonly RealmRepresentation[]
  readonly engine?: 'memory' | 'sqlite' | 'postgres'
  /** Further options of `start-dev`: `--http-relative-path=/auth`. */
  readonly args?: readonly string[]
  readonly clock?: TestClock
}

export interface TestServer extends AsyncDisposable {
  /** Where it is reached: the base URL with the canonical path, whatever hostname is configured. */
  readonly url: string
  readonly clock: TestClock
  /** Everything logged so far, one JSON object a line. */
  readonly lines: readonly string[]
  readonly onReference: boolean
  /** The rooms behind the wire. Throws on the reference server. */
  readonly services: Services
  realm(name: string): TestRealm
  /** A request below the base URL, or to a URL of its own. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** A request below /admin as administrator of all realms: `admin('GET', '/realms/x')`. */
  admin(method: string, path: string, json?: unknown): Promise<Answer>
  /** The names of the SQL statements that run while `work` does. */
  statements(work: () => Promise<unknown>): Promise<readonly string[]>
  /** Stops it. Throws when a log line holds a secret that went over the wire. */
  close(): Promise<void>
}

/** What differs between our server and the reference. */
interface Target {
  readonly url: string
  readonly onReference: boolean
  readonly lines: readonly string[]
  services(): Services
  changes(admin: TestServer['admin']): Changes
  events(realm: string, admin: TestServer['admin']): Promise<readonly LoggedEvent[]>
  statements: TestServer['statements']
  close(admin: TestServer['admin']): Promise<void>
}

/** The statement that runs every few seconds, whatever is asked: the comparison of realm revisions. */
const periodic = 'realm.revisions'

/** Admin tokens live 60 s. */
const adminTokenSeconds = 50

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const clock = options.clock ?? testClock()
  const reference = process.env['OSTIARY_TEST_REFERENCE']
  const target = reference === undefined ? await startOwn(options, clock) : referenceTarget(reference, options)
  const secrets = collectSecrets()
  const send: TestServer['call'] = async (method, path, callOptions = {}) => {
    secrets.sent(callOptions)
    const answer = await call(method, path.startsWith('http:') ? path : target.url + path, callOptions)
    secrets.received(answer)
    return answer
  }
  let adminToken: { readonly bearer: string; readonly untilMs: number } | undefined
  const now = (): number => (target.onReference ? Date.now() : clock.now())
  const admin: TestServer['admin'] = async (method, path, json) => {
    if (adminToken === undefined || now() >= adminToken.untilMs) {
      const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
      const answer = await send('POST', '/realms/master/protocol/openid-connect/token', { form })
      if (answer.status !== 200) throw new Error(`no admin token: ${answer.status} ${answer.text}`)
      adminToken = { bearer: String(answer.json['access_token']), untilMs: now() + adminTokenSeconds * 1_000 }
    }
    return send(method, `/admin${path}`, { bearer: adminToken.bearer, ...(json === undefined ? {} : { json }) })
  }
  const close = async (): Promise<void> => {
    await target.close(admin)
    const leaks = secrets.leaks(target.lines)
    if (leaks.length > 0) throw new Error(`a secret is in the log:\n${leaks.join('')}`)
  }
  try {
    await createRealms(admin, options.realms ?? [], target.onReference)
  } catch (error) {
    await close()
    throw error
  }
  const changes = target.changes(admin)
  return {
    url: target.url,
    clock,
    lines: target.lines,
    onReference: target.onReference,
    get services() {
      return target.services()
    },
    realm: (name) => testRealm({ url: target.url, name, call: send, admin, changes, events: (realm) => target.events(realm, admin) }),
    call: send,
    admin,
    statements: target.statements,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A server for all tests of a file: it stops, and its log is searched for secrets, after the last of them. */
export async function serverOfFile(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options)
  after(() => server.close())
  return server
}

async function createRealms(admin: TestServer['admin'], realms: readonly RealmRepresentation[], replace: boolean): Promise<void> {
  for (const realm of realms) {
    if (replace) await admin('DELETE', `/realms/${realm.realm}`)
    const { status, text } = await admin('POST', '/realms', realm)
    if (status !== 201) throw new Error(`realm ${realm.realm} was not made: ${status} ${text}`)
  }
}

const databaseArguments = (options: { engine: string; file?: string; url?: string }): string[] => [
  `--db=${options.engine}`,
  ...(options.file === undefined ? [] : [`--db-url=${options.file}`]),
  ...(options.url === undefined ? [] : [`--db-url=${options.url}`]),
]

async function startOwn({ engine = 'memory', args = [] }: TestServerOptions, clock: TestClock): Promise<Target> {
  const place = await engines.find(({ name }) => name === engine)?.make()
  if (place === undefined) throw new Error(`no engine ${engine}`)
  const config = loadConfig({
    command: 'start-dev',
    args: ['--http-port=0', ...databaseArguments(place.options), ...args],
    env: {},
    readFile: () => undefined,
  })
  const lines: string[] = []
  const log = createLogger({ level: 'debug', output: 'json', write: (line) => lines.push(line) })
  const server = await startServer(config, { clock, log }).catch(async (error: unknown) => {
    await place.remove()
    throw error
  })
  const { services } = server
  const eventsRead = new Map<string, number>()
  return {
    url: `http://127.0.0.1:${server.port}${config.http.relativePath}`,
    onReference: false,
    lines,
    services: () => services,
    changes: () => changesOfServices(services),
    async events(realm) {
      await services.events.flush()
      const events = readEvents(lines.slice(eventsRead.get(realm) ?? 0))
      eventsRead.set(realm, lines.length)
      return events.filter((event) => event['realmName'] === realm)
    },
    async statements(work) {
      const names: string[] = []
      // What is left to do of earlier requests does not count, whenever its timer comes.
      await services.events.flush()
      await services.sessions.settle()
      services.database.onStatement = (name) => names.push(name)
      try {
        await work()
      } finally {
        services.database.onStatement = undefined
      }
      return names.filter((name) => name !== periodic)
    },
    async close() {
      await server.close()
      await place.remove()
    },
  }
}

function referenceTarget(url: string, { realms = [] }: TestServerOptions): Target {
  const missing = (what: string) => (): never => {
    throw new Error(`the reference server has no ${what} that a test can reach`)
  }
  return {
    url,
    onReference: true,
    lines: [],
    services: missing('services'),
    changes: changesOfAdminApi,
    async events(realm, admin) {
      const list = (await admin('GET', `/realms/${realm}/events`)).json as unknown as Json[]
      await admin('DELETE', `/realms/${realm}/events`)
      return eventsOfAdminApi(list, realm)
    },
    statements: missing('statements'),
    async close(admin) {
      for (const { realm } of realms) await admin('DELETE', `/realms/${realm}`)
    },
  }
}
