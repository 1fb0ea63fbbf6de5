import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { type Given, parseArguments } from './arguments.ts'
import {
  bootstrapAdminFrom,
  databaseFrom,
  gatewayFrom,
  hostFrom,
  hostnameFrom,
  logFrom,
  oauth2RealmFrom,
  pathsFrom,
  proxyFrom,
  transferFrom,
} from './checks.ts'
import { type Command, type Config, ConfigError } from './config.ts'
import { type Environment, parseConfigFile } from './file.ts'
import { remoteFrom } from './remote.ts'
import { fromEnvironment, type Settings, settingsFrom, unknownVariables } from './settings.ts'

export interface ConfigSources {
  readonly command: Command
  /** The command line after the command. */
  readonly args: readonly string[]
  /** The process's own unless given. */
  readonly env?: Environment
  /** Returns undefined for a file that is not there. Reads the disk unless given. */
  readonly readFile?: (path: string) => string | undefined
}

/**
 * Command line > environment > configuration file > default. The result is frozen all the way down. Relative paths are taken from the
 * working directory. Throws ConfigError: one line that names the option.
 */
export function loadConfig({ command, args, env = process.env, readFile = readFileIfThere }: ConfigSources): Config {
  const commandLine = parseArguments(command, args)
  const environment = fromEnvironment(command, env)
  const stronger = settingsFrom([commandLine, environment])
  const settings = settingsFrom([commandLine, environment, fileOf(stronger, command, env, readFile)])

  const dev = command === 'start-dev'
  const server = dev || command === 'start'
  const dataDir = resolve(settings.text('data-dir') ?? '')
  const { relativePath, aliasPaths } = pathsFrom(settings)
  const bootstrapAdmin = bootstrapAdminFrom(settings, command, env)
  const host = hostFrom(settings, dev, bootstrapAdmin.isDefault)
  if (settings.boolean('http-enabled') === false) {
    throw new ConfigError(
      `Invalid value for option ${settings.source('http-enabled')}: plain HTTP is the only listener; let a proxy end TLS`,
    )
  }
  const port = settings.integer('http-port')
  return deepFreeze({
    command,
    dev,
    http: { host, port, relativePath, aliasPaths, managementPort: settings.integer('http-management-port') },
    oauth2Realm: oauth2RealmFrom(settings),
    ...(server ? hostnameFrom(settings, { dev, port, relativePath }) : { hostname: undefined, hostnameStrict: true }),
    proxy: proxyFrom(settings),
    database: databaseFrom(settings, dataDir),
    hashesAtATime: hashesFor(availableParallelism(), Number(env['UV_THREADPOOL_SIZE'])),
    dataDir,
    importRealm: importPaths(settings, dataDir),
    log: logFrom(settings),
    health: settings.boolean('health-enabled') ?? false,
    metrics: settings.boolean('metrics-enabled') ?? false,
    bootstrapAdmin: bootstrapAdmin.credentials,
    bootstrapAdminIsDefault: bootstrapAdmin.isDefault,
    transfer: transferFrom(settings, command),
    // `explain request` asks no server of ours: it has the file of a gateway.
    remote: settings.given('config') ? undefined : remoteFrom(settings, command, env),
    gateway: gatewayFrom(settings, command),
    notes: notesOf(settings, env),
  })
}

/** libuv's threads when nobody asks for another number. */
const usualThreads = 4

/** @param threads of libuv's pool; not a positive number where nobody has asked */
export const hashesFor = (cores: number, threads: number): number =>
  Math.max(1, Math.min(cores, (threads > 0 ? threads : usualThreads) - 1))

function fileOf(settings: Settings, command: Command, env: Environment, readFile: (path: string) => string | undefined): readonly Given[] {
  const asked = settings.given('config-file') ? settings.text('config-file') : undefined
  const path = resolve(asked ?? join(settings.text('data-dir') ?? '', 'ostiary.conf'))
  let text: string | undefined
  try {
    text = readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    // The data directory itself is a file: who opens the database says so.
    if (asked === undefined && code === 'ENOTDIR') return []
    throw new ConfigError(`Invalid value for option ${settings.source('config-file')}: ${path} cannot be read (${code})`)
  }
  if (text !== undefined) return parseConfigFile(text, asked ?? path, command, env)
  if (asked === undefined) return []
  throw new ConfigError(`Invalid value for option ${settings.source('config-file')}: there is no file ${path}`)
}

function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** `--import-realm`, `--import-realm a.json b.json`, `--import-realm=a.json,b.json`, `KC_IMPORT_REALM=true`. */
function importPaths(settings: Settings, dataDir: string): readonly string[] {
  const written = settings.paths('import-realm')
  if (written === undefined) return []
  const paths = written.flatMap((text) => text.split(',').map((path) => path.trim()))
  if (paths.length === 1 && paths[0] === 'false') return []
  const own = paths.filter((path) => path !== 'true' && path !== '')
  return own.length > 0 ? own.map((path) => resolve(path)) : [join(dataDir, 'import')]
}

function notesOf(settings: Settings, env: Environment): readonly string[] {
  const unknown = unknownVariables(env)
  return unknown.length === 0 ? settings.ignored() : [...settings.ignored(), `No options are named by ${unknown.join(', ')}: ignored`]
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) deepFreeze(member)
  return Object.freeze(value)
}
