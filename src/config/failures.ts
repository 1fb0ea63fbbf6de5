import { sep } from 'node:path'
import type { Config } from './config.ts'

/**
 * Why the server could not start or a command could not run, in one line that names the option to change: `--http-port=8080: the port is
 * in use`. Undefined for errors that no option explains. Never holds a secret.
 */
export function failureLine(error: unknown, config: Config): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < causesMax; cause = cause.cause, depth += 1) {
    const line = listenFailure(cause, config) ?? postgresFailure(cause, config) ?? fileFailure(cause, config) ?? toldFailure(cause, config)
    if (line !== undefined) return line
  }
  return undefined
}

const causesMax = 5

const member = (error: Error, name: string): unknown => (error as Error & Record<string, unknown>)[name]

function listenFailure(error: Error, { http, command, gateway }: Config): string | undefined {
  if (member(error, 'syscall') !== 'listen' && member(error, 'syscall') !== 'getaddrinfo') return undefined
  if (command === 'gateway') return `${gateway.file}: cannot listen on port ${member(error, 'port')} (${member(error, 'code')})`
  const port = member(error, 'port') === http.managementPort ? `--http-management-port=${http.managementPort}` : `--http-port=${http.port}`
  switch (member(error, 'code')) {
    case 'EADDRINUSE':
      return `${port}: the port is in use`
    case 'EACCES':
      return `${port}: this user may not bind the port`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      // A name of the database that is not found is not ours to explain.
      if (member(error, 'hostname') !== undefined && member(error, 'hostname') !== http.host) return undefined
      return `--http-host=${http.host}: no address of this machine`
    default:
      return undefined
  }
}

function postgresFailure(error: Error, { database }: Config): string | undefined {
  if (database.engine !== 'postgres') return undefined
  const url = new URL(database.url ?? '')
  const code = String(member(error, 'code') ?? '')
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET', 'EHOSTUNREACH'].includes(code)) {
    return `--db-url: no PostgreSQL answers at ${url.host} (${code})`
  }
  if (code === '28P01' || code === '28000') return `--db-password: PostgreSQL at ${url.host} refuses the user or its password`
  if (code === '3D000') return `--db-url: PostgreSQL at ${url.host} has no database ${url.pathname.slice(1)}`
  return member(error, 'severity') === undefined ? undefined : `--db-url: PostgreSQL at ${url.host} says: ${oneLine(error.message)}`
}

function fileFailure(error: Error, config: Config): string | undefined {
  const code = String(member(error, 'code') ?? '')
  const { database } = config
  if (code === 'ERR_SQLITE_ERROR' && database.engine === 'sqlite') {
    return `${databaseOption(config)}: the database ${database.file} cannot be used: ${oneLine(error.message)}`
  }
  const path = member(error, 'path')
  if (typeof path !== 'string' || !/^E[A-Z]+$/.test(code)) return undefined
  const option = pathOption(config, (named) => path === named || path.startsWith(named + sep))
  return option === undefined ? undefined : `${option}: ${path}: ${readable(code)}`
}

const databaseOption = ({ database, dataDir }: Config): string =>
  database.engine === 'sqlite' && database.file.startsWith(dataDir + sep) ? `--data-dir=${dataDir}` : '--db-url'

/** The option that names a path. The data directory is last: realm files may be in it. */
function pathOption({ importRealm, transfer, gateway, dataDir }: Config, isMeant: (path: string) => boolean): string | undefined {
  const named: [option: string, path: string | undefined][] = [
    ...importRealm.map((path): [string, string] => ['import-realm', path]),
    ['file', transfer.file],
    ['dir', transfer.dir],
    ['token-file', gateway.tokenFile],
    ['data-dir', dataDir],
  ]
  const found = named.find(([, path]) => path !== undefined && isMeant(path))
  return found && `--${found[0]}=${found[1]}`
}

/** Errors that rooms throw for the operator: plain ones, of one line, about the database or a file. Anything else is a bug. */
function toldFailure(error: Error, config: Config): string | undefined {
  const { message } = error
  if (error.name !== 'Error' || message.includes('\n')) return undefined
  if (message.startsWith('--')) return message
  const { engine, file } = config.database
  const aboutDatabase = engine === 'postgres' ? message.includes('PostgreSQL') : message.includes(file)
  const option = aboutDatabase ? databaseOption(config) : pathOption(config, (path) => message.includes(path))
  return option === undefined ? undefined : `${option}: ${message}`
}

const readable = (code: string): string =>
  ({ EACCES: 'permission denied', ENOENT: 'no such file or folder', ENOTDIR: 'not a folder', EEXIST: 'not a folder', EROFS: 'read-only' })[
    code
  ] ?? code

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
