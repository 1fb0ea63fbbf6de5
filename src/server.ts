/** The composition root: the only file where the parts meet. Opening order is the order of dependence; closing is its reverse. */
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AccountServices } from './account/services.ts'
import { openRealmTexts } from './admin/realms/realm-list.ts'
import { aliasRoutes, hostAliasRoutes } from './aliases/routes.ts'
import { openBruteForce } from './brute-force/brute-force.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Config, Credentials } from './config/config.ts'
import { accountPage } from './console/account-page.ts'
import { type ConsoleFolder, consoleFolder } from './console/files.ts'
import { consoleRoutes } from './console/routes.ts'
import { createPasswordHasher } from './crypto/passwords.ts'
import { drawnInAdvance, type Random, systemRandom } from './crypto/random.ts'
import { emailListener } from './email/event-mails.ts'
import { openMailer } from './email/mailer.ts'
import { openEvents } from './events/events.ts'
import { logListener } from './events/listeners/log.ts'
import { metricsListener } from './events/listeners/metrics.ts'
import { storeListener } from './events/listeners/store.ts'
import { createHttpClient } from './http/client.ts'
import { createEdge, type Edge, type EdgeOptions } from './http/edge.ts'
import { badRequestResponse } from './http/error-responses.ts'
import { healthRoutes, type ManagementServices, metricsRoutes } from './http/management.ts'
import { type Metrics, openMetrics } from './http/metrics.ts'
import { type MountedRoute, mount } from './http/routes.ts'
import { createLogger, type Logger } from './log.ts'
import { loginActionRoutes } from './login/login-actions.ts'
import { errorPage } from './login/pages/error.ts'
import { resourceRoutes } from './login/resources.ts'
import { openThemes } from './login/themes.ts'
import { createClientKeys } from './oidc/client-auth/client-keys.ts'
import { clientOf } from './oidc/client-login.ts'
import { backchannelLogout } from './oidc/client-logout.ts'
import { openidConnect } from './oidc/login-protocol.ts'
import { redeemCode } from './oidc/redeem-code.ts'
import { oidcRoutes } from './oidc/routes.ts'
import type { OidcServices } from './oidc/services.ts'
import { frontendOf } from './realm/frontend-url.ts'
import { openRealms } from './realm/realms.ts'
import { knownUsers } from './realm/user-facts.ts'
import type { RegistrationServices } from './registration/services.ts'
import type { RegistryServices } from './registry/services.ts'
import { openTokenUses } from './registry/token-uses.ts'
import { openAuthenticationSessions } from './sessions/authentication-session.ts'
import { startExpiry } from './sessions/expiry.ts'
import { openSessions } from './sessions/sessions.ts'
import { clients as clientRows } from './storage/clients.ts'
import { type DatabaseOptions, openDatabase } from './storage/open.ts'
import { realms as realmRows } from './storage/realms.ts'
import { InvalidText } from './storage/sql.ts'
import { createAdministrator } from './transfer/administrator.ts'
import { exportRealms as exportRealmFiles } from './transfer/export-files.ts'
import { importRealms as importRealmFiles } from './transfer/import-files.ts'
import { importRealm, masterRealm, type TransferParts } from './transfer/import-realm.ts'
import { openProgress, type Progress } from './transfer/progress.ts'
import { openConsents } from './users/consents.ts'
import { openBlacklists } from './users/password-policy/blacklists.ts'
import { openUsers } from './users/users.ts'

/** What a test may replace. */
export interface Parts {
  readonly clock?: Clock
  readonly random?: Random
  readonly log?: Logger
}

/** Everything that runs without a socket. */
export interface Services extends OidcServices, RegistryServices, RegistrationServices, AccountServices {
  readonly consoles: ConsoleFolder
  readonly config: Config
  readonly log: Logger
  readonly metrics: Metrics | undefined
  close(): Promise<void>
}

/** A running server. */
export interface RunningServer {
  /** The base URL that clients use. */
  readonly url: string
  readonly adminUrl: string
  /** The port it listens on: tells which one was free when 0 was asked for. */
  readonly port: number
  /** Words for people: which database. */
  readonly database: string
  /** A service-account client of an imported realm, to try a token with. */
  readonly demo: { readonly tokenUrl: string; readonly clientId: string } | undefined
  readonly services: Services
  close(): Promise<void>
}

/** Logins that may wait for each of the hashes at a time; beyond it they are told to come again (503). */
const waitingPerHash = 100

/** Opens the database and builds the rooms; makes realm master at the first start. Throws an Error of one line when it cannot. */
export async function openServices(config: Config, parts: Parts = {}): Promise<Services> {
  const { clock = systemClock, random = drawnInAdvance(systemRandom) } = parts
  const log = parts.log ?? createLogger({ level: config.log.level, categories: config.log.categories, output: config.log.output })
  const options = databaseOptions(config)
  if (options.engine === 'sqlite') await mkdir(dirname(options.file), { recursive: true })
  const database = await openDatabase(options)
  const realms = await openRealms({ database, log: log.child('realm'), random })
  const passwords = createPasswordHasher({ concurrency: config.hashesAtATime, queueMax: config.hashesAtATime * waitingPerHash, random })
  const metrics = config.metrics ? await openMetrics() : undefined
  const mailer = openMailer({ log: log.child('email') })
  const tokenUses = openTokenUses({ sql: database, realms, log: log.child('registry') })
  const listeners = [
    logListener(log.child('events')),
    storeListener({ database, realms, random, log: log.child('events') }),
    emailListener({ mailer, realms, sql: database }),
    tokenUses,
    ...(metrics ? [metricsListener(metrics)] : []),
  ]
  const events = openEvents({ listeners, clock, log: log.child('events') })
  const people = knownUsers(database)
  const sessions = openSessions({ sql: database, people, clock, random, log: log.child('sessions') })
  const bruteForce = openBruteForce({ sql: database, clock, events })
  const users = openUsers({ sql: database, people, passwords })
  const expiry = startExpiry({ sql: database, clock, log: log.child('expiry') })
  const http = createHttpClient()
  const outsideHttp = createHttpClient({ refuseInternalAddresses: true })
  const clientLogout = backchannelLogout({ http, events, log: log.child('logout'), clock, random })
  const services: Services = {
    config,
    log,
    database,
    realms,
    oauth2Realm: config.oauth2Realm,
    clientKeys: createClientKeys({ http, clock }),
    passwords,
    events,
    tokenUses,
    signIn: { redeem: (request, realm, code) => redeemCode(services, request, realm, code) },
    clientLogin: { authenticate: (request, realm) => clientOf(services, request, realm) },
    sessions,
    users,
    bruteForce,
    realmTexts: openRealmTexts(),
    guard: bruteForce,
    consents: openConsents({ sql: database, clock }),
    blacklists: openBlacklists({ directory: join(config.dataDir, 'password-blacklists'), log: log.child('users') }),
    clientLogout,
    http,
    outsideHttp,
    authenticationSessions: openAuthenticationSessions({ sql: database, clock, random }),
    consoles: consoleFolder(join(import.meta.dirname, '..', 'console', 'dist')),
    accountConsole: (request) => accountPage(request, services),
    themes: openThemes(join(config.dataDir, 'themes'), { fresh: config.dev }),
    mailer,
    protocols: new Map([['openid-connect', openidConnect({ sql: database, users, clock, random })]]),
    clock,
    random,
    metrics,
    async close() {
      http.close()
      outsideHttp.close()
      await expiry.close()
      await sessions.close()
      await events.close()
      await tokenUses.close()
      await mailer.close()
      await realms.close()
      await database.close()
    },
  }
  try {
    await makeMaster(services, config)
  } catch (error) {
    await services.close()
    throw error
  }
  return services
}

function databaseOptions({ database }: Config): DatabaseOptions {
  const { engine, file, url, username, password, poolMax } = database
  if (engine === 'memory') return { engine }
  if (engine === 'sqlite') return { engine, file }
  return {
    engine,
    url: url ?? '',
    poolMax,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  }
}

/** The first start makes realm master, and the first administrator when one is configured; later starts find them. */
async function makeMaster(services: Services, config: Config): Promise<void> {
  if (await services.realms.find(masterRealm)) return
  await importRealm(services, { realm: masterRealm, enabled: true }, 'master')
  // The command makes its own, and tells what came of it.
  if (config.command === 'bootstrap-admin') return
  if (config.bootstrapAdmin) await createAdministrator(services, config.bootstrapAdmin)
  else services.log.warn('There is no administrator yet: ostiary bootstrap-admin user makes one')
}

/** Makes an administrator of all realms, for an installation that has none any more. */
export const bootstrapAdmin = (services: Services, credentials: Credentials): Promise<'created' | 'exists'> =>
  createAdministrator(services, credentials)

export const importRealms = (
  services: TransferParts,
  options: Parameters<typeof importRealmFiles>[1],
): ReturnType<typeof importRealmFiles> => importRealmFiles(services, options)

export const exportRealms = (
  services: TransferParts,
  options: Parameters<typeof exportRealmFiles>[1],
): ReturnType<typeof exportRealmFiles> => exportRealmFiles(services, options)

/** A bar on the terminal of whoever waits for a long import or export; lines in the log otherwise. */
export function transferProgress({ log, clock }: Pick<Services, 'log' | 'clock'>, verb: string): Progress {
  const { stderr } = process
  const terminal = stderr.isTTY ? { write: (text: string) => void stderr.write(text), columns: stderr.columns } : undefined
  return openProgress({ terminal, log: (line) => log.info(line), clock }, verb)
}

/** Opens the services, imports the configured realm files, listens. Throws an Error (EADDRINUSE and the like keep their code). */
export async function startServer(config: Config, parts: Parts = {}): Promise<RunningServer> {
  const services = await openServices(config, parts)
  const edges: Edge[] = []
  const close = async (): Promise<void> => {
    for (const edge of edges) await edge.close()
    await services.close()
  }
  try {
    await importAtStart(services)
    const { host, port, managementPort } = config.http
    const edge = createEdge(edgeOptions(services))
    edges.push(edge)
    const boundPort = await edge.listen({ host, port })
    if (config.health || config.metrics) {
      const management = createEdge(managementOptions(services))
      edges.push(management)
      await management.listen({ host, port: managementPort })
    }
    const url = publicUrl(config, boundPort) || '/'
    return {
      url,
      adminUrl: `${publicUrl(config, boundPort)}/admin`,
      port: boundPort,
      database: databaseWords(config),
      demo: await findDemo(services, publicUrl(config, boundPort)),
      services,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const registrationPath = /^\/realms\/[^/]+\/clients-registrations(?:\/|$)/

/** The Account API and the pages of its console. */
const accountPath = /^\/realms\/[^/]+\/account(?:\/|$)/

function edgeOptions(services: Services): EdgeOptions {
  const { config, log, random, metrics } = services
  const layout = { ...config.http, oauth2Realm: config.oauth2Realm }
  return {
    routes: [
      ...mount(oidcRoutes, services),
      ...mount(loginActionRoutes, services),
      ...mount(resourceRoutes, services),
      ...mount(consoleRoutes, services),
      ...mount(aliasRoutes(layout), services),
    ],
    hostRoutes: mount(hostAliasRoutes(layout), services),
    lateRoutes: [
      { covers: (path) => path.startsWith('/admin/'), load: () => adminSurfaces(services) },
      {
        covers: (path) => registrationPath.test(path),
        load: async () => mount((await import('./registration/routes.ts')).registrationRoutes, services),
      },
      {
        covers: (path) => accountPath.test(path),
        load: async () => mount((await import('./account/routes.ts')).accountRoutes, services),
      },
    ],
    canonicalPath: config.http.relativePath,
    aliasPaths: config.http.aliasPaths,
    hostname: config.hostname,
    proxy: config.proxy,
    log: log.child('http'),
    newRequestId: () => random.uuid(),
    async frontendUrl(name) {
      const realm = await services.realms.find(name)
      return realm && frontendOf(realm)
    },
    errorPage,
    answerError: (error) => (error instanceof InvalidText ? badRequestResponse() : undefined),
    ...(metrics ? { onAnswer: (route, method, status, seconds) => metrics.request(route, method, status, seconds) } : {}),
  }
}

/** The Admin API, and what stands on its ground. */
async function adminSurfaces(services: Services): Promise<MountedRoute[]> {
  const { adminRoutes } = await import('./admin/routes.ts')
  const { registryRoutes } = await import('./registry/routes.ts')
  return [...mount(adminRoutes, services), ...mount(registryRoutes, services)]
}

function managementOptions(services: Services): EdgeOptions {
  const { config, database, metrics } = services
  const management: ManagementServices = {
    checks: [
      {
        name: 'Keycloak database connections async health check',
        run: async () => (await realmRows(database).find(masterRealm)) !== undefined,
      },
    ],
    metrics: metrics ? () => metrics.print() : undefined,
  }
  const routes = [...(config.health ? healthRoutes : []), ...(config.metrics ? metricsRoutes : [])]
  return { ...edgeOptions(services), routes: mount(routes, management), lateRoutes: [], hostRoutes: [], aliasPaths: [] }
}

async function importAtStart(services: Services): Promise<void> {
  const { config, log } = services
  if (config.importRealm.length === 0) return
  const progress = transferProgress(services, 'imported')
  const done = await importRealmFiles(services, {
    paths: config.importRealm,
    override: false,
    onKept: (line) => log.warn(line),
    onUsers: progress.onUsers,
  }).finally(progress.end)
  for (const name of done.imported) log.info(`Realm '${name}' imported`)
  for (const name of done.kept) log.info(`Realm '${name}' exists and is kept`)
  for (const file of done.skipped) log.warn(`'${file}' skipped: not a realm`)
}

function publicUrl({ http, hostname }: Config, port: number): string {
  if (hostname !== undefined) return hostname.origin + hostname.path
  const host = http.host === '0.0.0.0' || http.host === '::' ? 'localhost' : http.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${http.relativePath}`
}

function databaseWords({ database }: Config): string {
  if (database.engine === 'memory') return 'memory (nothing is kept)'
  return database.engine === 'sqlite' ? `SQLite, ${database.file}` : 'PostgreSQL'
}

/** The first client of an imported realm that has a service account. */
async function findDemo({ realms, database, config }: Services, url: string): Promise<RunningServer['demo']> {
  if (!config.dev || config.importRealm.length === 0) return undefined
  for (const { name } of await realmRows(database).names()) {
    const realm = name === masterRealm ? undefined : await realms.find(name)
    const row = realm && (await clientRows(database).firstServiceAccount(realm.id))
    if (row) return { tokenUrl: `${url}/realms/${encodeURIComponent(name)}/protocol/openid-connect/token`, clientId: row.client_id }
  }
  return undefined
}
