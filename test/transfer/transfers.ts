import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../../src/config/load.ts'
import { createLogger } from '../../src/log.ts'
import { exportRealms, importRealms, openServices, type Services } from '../../src/server.ts'
import type { Imported } from '../../src/transfer/import-files.ts'
import type { Json } from '../server/call.ts'

/** The rooms of a server over an empty database in memory, without a socket. They are closed after the last test of the file. */
export async function openMemory(): Promise<Services> {
  const config = loadConfig({ command: 'start-dev', args: ['--db=memory'], env: {}, readFile: () => undefined })
  const services = await openServices(config, { log: createLogger({ level: 'off', output: 'json', write: () => undefined }) })
  after(() => services.close())
  return services
}

/** A folder of its own for a test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-transfer-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.json`, import.meta.url))

export const readJson = (file: string): Json => JSON.parse(readFileSync(file, 'utf8')) as Json

/** Imports without a word. */
export const bring = (services: Services, path: string, override = false): Promise<Imported> =>
  importRealms(services, { paths: [path], override, onKept: () => undefined })

/** One realm as a file holds it, its users included. */
export async function exported(services: Services, realm: string, folder: string): Promise<Json> {
  const file = join(folder, 'exported.json')
  await exportRealms(services, { realm, file, users: 'realm_file' })
  return readJson(file)
}

/** Members by which the items of a list are told apart. */
const keys = [
  'clientId',
  'username',
  'alias',
  'name',
  'id',
  'client',
  'clientScope',
  'type',
  'identityProvider',
  'authenticator',
  'flowAlias',
]

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Paths of what is in `given` and not, or otherwise, in `kept`. Letters of names may change their case. */
export function missing(given: unknown, kept: unknown, path = ''): string[] {
  if (Array.isArray(given)) return given.flatMap((item, index) => missingItem(item, index, Array.isArray(kept) ? kept : [], path))
  if (isObject(given)) {
    const members = isObject(kept) ? kept : {}
    return Object.entries(given).flatMap(([name, value]) => missing(value, members[name], `${path}.${name}`))
  }
  return given === kept ? [] : [path]
}

function missingItem(item: unknown, index: number, kept: readonly unknown[], path: string): string[] {
  if (!isObject(item)) return kept.includes(item) ? [] : [`${path}[${index}]`]
  const key = keys.find((name) => name in item)
  const word = (value: unknown): string => String(key === undefined || !isObject(value) ? value : value[key]).toLowerCase()
  const other = key === undefined ? kept[index] : kept.find((one) => word(one) === word(item))
  return missing(item, other, `${path}[${key === undefined ? index : String(item[key])}]`)
}
