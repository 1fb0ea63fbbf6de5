import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import type { LogLevel, LogOutput } from '../log.ts'
import {
  type Command,
  type Config,
  ConfigError,
  type Credentials,
  type DatabaseEngine,
  type Hostname,
  type UsersStrategy,
} from './config.ts'
import type { Environment } from './file.ts'
import type { Settings } from './settings.ts'

const bad = (settings: Settings, name: string, why: string): ConfigError =>
  new ConfigError(`Invalid value for option ${settings.source(name)}: ${why}`)

/** '' for `/`; else with a slash at the start and none at the end. Like the reference server, takes `auth` and `/auth/` for `/auth`. */
function basePath(settings: Settings, name: string, text: string): string {
  const path = text.trim().replace(/^\/*/, '/').replace(/\/+$/, '')
  if (path !== '' && !/^(\/[A-Za-z0-9._~-]+)+$/.test(path)) throw bad(settings, name, `${text}. Expected a path such as /auth`)
  return path
}

export function pathsFrom(settings: Settings): { readonly relativePath: string; readonly aliasPaths: readonly string[] } {
  const relativePath = basePath(settings, 'http-relative-path', settings.text('http-relative-path') ?? '/')
  const aliases = settings.list('http-alias-paths').map((path) => basePath(settings, 'http-alias-paths', path))
  return { relativePath, aliasPaths: [...new Set(aliases)].filter((path) => path !== relativePath) }
}

/** The name of a realm as it stands in a path; undefined unless given. */
export function oauth2RealmFrom(settings: Settings): string | undefined {
  const name = settings.text('oauth2-realm')?.trim()
  if (name !== undefined && (name === '' || /[/?#%]/.test(name))) throw bad(settings, 'oauth2-realm', `"${name}" is no name of a realm`)
  return name
}

/**
 * The first administrator. A server in production never makes one up; `start-dev` does, and says so by `isDefault`.
 * The reference server's default name for a given password is temp-admin.
 */
export function bootstrapAdminFrom(
  settings: Settings,
  command: Command,
  env: Environment,
): { readonly credentials: Credentials | undefined; readonly isDefault: boolean } {
  if (command === 'bootstrap-admin') return { credentials: administratorToMake(settings, env), isDefault: false }
  const password = settings.given('bootstrap-admin-password') ? settings.text('bootstrap-admin-password') : undefined
  const username = settings.given('bootstrap-admin-username') ? settings.text('bootstrap-admin-username') : undefined
  if (password !== undefined) return { credentials: { username: username ?? 'temp-admin', password }, isDefault: false }
  if (username !== undefined) {
    throw new ConfigError(`Option ${settings.source('bootstrap-admin-username')} is available only when bootstrap-admin-password is set`)
  }
  if (command !== 'start-dev') return { credentials: undefined, isDefault: false }
  return { credentials: { username: 'admin', password: 'admin' }, isDefault: true }
}

function administratorToMake(settings: Settings, env: Environment): Credentials {
  const fromVariable = (name: string): string | undefined => {
    const variable = settings.text(name)
    if (variable === undefined) return undefined
    const value = env[variable]
    if (value === undefined || value === '') throw bad(settings, name, `the environment variable ${variable} is not set`)
    return value
  }
  const password = fromVariable('password:env')
  if (password === undefined) throw new ConfigError('No password provided: give --password:env with the name of the variable that holds it')
  const username = fromVariable('username:env') ?? settings.text('username') ?? ''
  return { username, password }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** The address to bind. admin/admin must not be reachable from other machines. */
export function hostFrom(settings: Settings, dev: boolean, adminIsDefault: boolean): string {
  const given = settings
    .text('http-host')
    ?.trim()
    .replace(/^\[(.*)\]$/, '$1')
  const host = given ?? (dev ? '127.0.0.1' : '0.0.0.0')
  if (dev && adminIsDefault && !isLoopback(host)) {
    const why = 'start-dev without credentials makes admin/admin and binds loopback addresses only; set KC_BOOTSTRAP_ADMIN_PASSWORD'
    throw bad(settings, 'http-host', `${host}: ${why}`)
  }
  return host
}

/** Checks `hostname` and `hostname-strict` together, as the second version of the reference server's hostname options does. */
export function hostnameFrom(
  settings: Settings,
  where: { readonly dev: boolean; readonly port: number; readonly relativePath: string },
): { readonly hostname: Hostname | undefined; readonly hostnameStrict: boolean } {
  const strict = settings.boolean('hostname-strict') ?? !where.dev
  const text = settings.text('hostname')?.trim()
  if (text === undefined) {
    const explicit = settings.given('hostname-strict') || !where.dev
    if (strict && explicit)
      throw new ConfigError("'--hostname' is not configured; either configure hostname, or set --hostname-strict=false")
    return { hostname: undefined, hostnameStrict: strict }
  }
  const neither = bad(settings, 'hostname', `${text} is neither a plain hostname nor a valid URL`)
  if (!text.includes('://')) {
    if (!/^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.?)+$/.test(text) && isIP(text.replace(/^\[(.*)\]$/, '$1')) === 0) throw neither
    const host = isIP(text) === 6 ? `[${text}]` : text.toLowerCase()
    // Only a guess: with a proxy in front its clients most likely use TLS.
    const proxied = settings.text('proxy-headers') !== undefined
    const origin = proxied ? `https://${host}` : `http://${host}${where.port === 80 ? '' : `:${where.port}`}`
    return { hostname: { origin, path: where.relativePath, host }, hostnameStrict: strict }
  }
  if (!URL.canParse(text)) throw neither
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') throw neither
  return { hostname: { origin: url.origin, path: url.pathname.replace(/\/+$/, ''), host: undefined }, hostnameStrict: strict }
}

export function proxyFrom(settings: Settings): Config['proxy'] {
  const headers = settings.text('proxy-headers')
  const trustedAddresses = settings.list('proxy-trusted-addresses')
  if (trustedAddresses.length > 0 && headers === undefined) {
    throw new ConfigError(`Disabled option: ${settings.source('proxy-trusted-addresses')}. Available only when proxy-headers is set`)
  }
  for (const address of trustedAddresses) {
    if (!isAddressBlock(address)) throw bad(settings, 'proxy-trusted-addresses', `${address} is neither an IP address nor a CIDR block`)
  }
  return { headers: headers === 'forwarded' || headers === 'xforwarded' ? headers : undefined, trustedAddresses }
}

function isAddressBlock(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

export function databaseFrom(settings: Settings, dataDir: string): Config['database'] {
  const engine = settings.text('db') as DatabaseEngine
  const given = settings.text('db-url')?.replace(/^jdbc:/, '')
  const file = engine === 'sqlite' && given !== undefined ? sqliteFile(settings, given) : join(dataDir, 'ostiary.db')
  return {
    engine,
    file,
    url: engine === 'postgres' ? postgresUrl(settings, given) : undefined,
    username: settings.text('db-username'),
    password: settings.text('db-password'),
    poolMax: settings.integer('db-pool-max-size'),
  }
}

function sqliteFile(settings: Settings, url: string): string {
  if (/^postgres(ql)?:/.test(url)) throw bad(settings, 'db-url', 'it names a PostgreSQL database, which needs --db=postgres')
  if (/^[a-z0-9]{2,}:/i.test(url) && !/^(sqlite|file):/.test(url)) throw bad(settings, 'db-url', 'expected the path of a SQLite file')
  return resolve(url.replace(/^(sqlite|file):(\/\/(?=\/))?/, ''))
}

/** The URL may hold a password, so no error repeats it. */
function postgresUrl(settings: Settings, given: string | undefined): string {
  const text =
    given ?? `postgresql://${settings.text('db-url-host')}:${settings.integer('db-url-port')}/${settings.text('db-url-database')}`
  const isUrl = /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
  if (!isUrl) throw bad(settings, 'db-url', 'expected postgresql://host:port/database')
  return text
}

const levels: Readonly<Record<string, LogLevel>> = {
  off: 'off',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
  all: 'trace',
}

export function logFrom(settings: Settings): Config['log'] {
  let level: LogLevel = 'info'
  const categories: Record<string, LogLevel> = {}
  for (const item of settings.list('log-level')) {
    const colon = item.lastIndexOf(':')
    const found =
      levels[
        item
          .slice(colon + 1)
          .trim()
          .toLowerCase()
      ]
    if (found === undefined || colon === 0) {
      throw bad(settings, 'log-level', `${item}. Expected ${Object.keys(levels).join(', ')}, or 'category:level' such as 'storage:debug'`)
    }
    if (colon < 0) level = found
    else categories[item.slice(0, colon).trim()] = found
  }
  for (const [category, text] of settings.family('log-level-')) categories[category] = levels[text.toLowerCase()] ?? level
  return { level, categories, output: settings.text('log-console-output') as LogOutput }
}

export function transferFrom(settings: Settings, command: Command): Config['transfer'] {
  const path = (name: string): string | undefined => (settings.given(name) ? resolve(settings.text(name) ?? '') : undefined)
  const file = path('file')
  const dir = path('dir')
  if (command === 'import' || command === 'export') {
    if (file === undefined && dir === undefined) throw new ConfigError('Must specify either --dir or --file options.')
    if (file !== undefined && dir !== undefined) throw new ConfigError('Cannot specify both --dir and --file options.')
  }
  const users = settings.text('users') as UsersStrategy
  const usersPerFile = settings.integer('users-per-file')
  return { file, dir, override: settings.boolean('override') ?? true, realm: settings.text('realm'), users, usersPerFile }
}

export function gatewayFrom(settings: Settings, command: Command): Config['gateway'] {
  const file = settings.text('config') ?? ''
  const path = settings.text('path') ?? ''
  if (file === '' && command === 'gateway') throw new ConfigError(`Missing required option: '--config'`)
  return { file, path, method: (settings.text('method') ?? '').toUpperCase(), tokenFile: settings.text('token-file') }
}
