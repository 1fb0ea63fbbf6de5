import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseRepresentation, parseRepresentations } from '../representations/parse.ts'
import { printRepresentation } from '../representations/print.ts'
import { type RealmRepresentation, realmRepresentation } from '../representations/realm.ts'
import { RepresentationError } from '../representations/representation-error.ts'
import { type UserRepresentation, userRepresentation } from '../representations/user.ts'
import { realms as realmRows } from '../storage/realms.ts'
import type { Sql } from '../storage/sql.ts'
import { ImportError } from './errors.ts'
import { exportRealm } from './export-realm.ts'
import { exportUsers } from './export-users.ts'
import { importRealm, masterRealm, type TransferParts } from './import-realm.ts'

export interface ImportOptions {
  /** Files, or folders whose .json files are taken in the order of their names. */
  readonly paths: readonly string[]
  /** True: a realm that exists is replaced as a whole. False: it is kept. */
  readonly override: boolean
  /** Told what happens, a line each: progress, members that are kept but not acted on. */
  readonly onProgress: (line: string) => void
}

export interface Imported {
  /** Names of the realms that were made. */
  readonly imported: string[]
  /** Names of the realms that existed and were left alone. */
  readonly kept: string[]
  /** Files that hold no realm. */
  readonly skipped: string[]
}

/** Imports realm files: one realm, or a list of them. Throws an Error that names the file when it is unreadable or wrong. */
export async function importRealms(parts: TransferParts, { paths, override, onProgress }: ImportOptions): Promise<Imported> {
  const done: Imported = { imported: [], kept: [], skipped: [] }
  for (const file of await realmFiles(paths)) {
    for (const realm of await readRealms(file, onProgress)) {
      const name = realm.realm ?? ''
      if (name === '') {
        done.skipped.push(file)
        continue
      }
      const known = await parts.realms.find(name)
      if (known && !override) {
        done.kept.push(name)
        continue
      }
      const kind = name === masterRealm ? 'master' : 'import'
      await importRealm(parts, realm, kind, known ? { replaced: known } : {}).catch((error: unknown) => {
        throw error instanceof ImportError ? new Error(`${file}: ${error.message}`, { cause: error }) : error
      })
      done.imported.push(name)
    }
  }
  return done
}

/** Users of a realm may stand in files of their own, which the realm's file is read together with. */
const userFile = /-users-\d+\.json$/

async function realmFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) {
      files.push(path)
      continue
    }
    const names = (await readdir(path)).filter((name) => name.endsWith('.json') && !userFile.test(name))
    files.push(...names.sort().map((name) => join(path, name)))
  }
  return files
}

async function readRealms(file: string, onProgress: (line: string) => void): Promise<RealmRepresentation[]> {
  const bytes = await readFile(file)
  const options = { unknown: 'keep', onUnknown: (path: string) => onProgress(`${file}: ${path} is kept, but not acted on`) } as const
  const isList = startsWith(bytes, '[')
  const realms = namingFile(file, () =>
    isList ? parseRepresentations(realmRepresentation, bytes, options) : [parseRepresentation(realmRepresentation, bytes, options)],
  )
  for (const realm of realms) await addUserFiles(file, realm)
  return realms
}

/** Whether the first character that is neither white space nor a byte order mark is the given one. */
const startsWith = (bytes: Buffer, character: string): boolean =>
  bytes[bytes.findIndex((byte) => byte > 0x20 && byte < 0x80)] === character.charCodeAt(0)

function namingFile<T>(file: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof RepresentationError ? new Error(`${file}: ${error.message}`, { cause: error }) : error
  }
}

/** `x-realm.json` is followed by `x-users-0.json`, `x-users-1.json` … */
async function addUserFiles(realmFile: string, realm: RealmRepresentation): Promise<void> {
  const start = /^(.*)-realm\.json$/.exec(realmFile)?.[1]
  if (start === undefined) return
  const users = [...(realm.users ?? [])]
  for (let index = 0; ; index++) {
    const file = `${start}-users-${index}.json`
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (bytes === undefined) break
    users.push(...(namingFile(file, () => parseRepresentation(realmRepresentation, bytes, { unknown: 'keep' })).users ?? []))
  }
  if (users.length > 0) realm.users = users
}

export interface ExportOptions {
  /** One realm; all of them unless given. */
  readonly realm?: string
  /** One file for everything; or a folder with files for each realm. */
  readonly file?: string
  readonly dir?: string
  /** In a folder: left out, in the realm's file, in one file of their own, or in several. One file holds them, or not. */
  readonly users: 'skip' | 'realm_file' | 'same_file' | 'different_files'
  /** Users in one file with `different_files`. */
  readonly usersPerFile?: number
}

const usersPerFileDefault = 50

/**
 * Exports realms with their secrets, keys and password hashes. A file is written beside its place and moved there when it is whole, so
 * that a broken export never looks like a good one. Users are read and written a page at a time.
 */
export async function exportRealms(parts: Pick<TransferParts, 'database'>, options: ExportOptions): Promise<{ files: string[] }> {
  const { database } = parts
  const all = await realmRows(database).names()
  const chosen = options.realm === undefined ? all : all.filter((realm) => realm.name === options.realm)
  if (chosen.length === 0) throw new Error(`--realm=${options.realm ?? ''}: there is no such realm`)
  if (options.file !== undefined) {
    const { file } = options
    await writeFile(file, async (write) => {
      if (options.realm === undefined) await write('[')
      for (const [index, realm] of chosen.entries()) {
        if (index > 0) await write(',')
        await writeOneRealm(parts, realm, options.users !== 'skip', write)
      }
      if (options.realm === undefined) await write(']')
    })
    return { files: [file] }
  }
  const dir = options.dir ?? '.'
  await mkdir(dir, { recursive: true })
  const files: string[] = []
  for (const realm of chosen) files.push(...(await exportToFolder(parts, realm, dir, options)))
  return { files }
}

type Write = (text: string) => Promise<void>

async function exportToFolder(
  parts: Pick<TransferParts, 'database'>,
  realm: { id: string; name: string },
  dir: string,
  { users, usersPerFile = usersPerFileDefault }: ExportOptions,
): Promise<string[]> {
  const realmFile = join(dir, `${realm.name}-realm.json`)
  await writeFile(realmFile, (write) => writeOneRealm(parts, realm, users === 'realm_file', write))
  const perFile = { skip: 0, realm_file: 0, same_file: Number.POSITIVE_INFINITY, different_files: usersPerFile }[users]
  const userFiles = perFile === 0 ? [] : await writeUserFiles(parts, realm, dir, perFile)
  await removeOlderFiles(realm.name, dir, userFiles.length)
  return [realmFile, ...userFiles]
}

const userFileOf = (realmName: string, dir: string, index: number): string => join(dir, `${realmName}-users-${index}.json`)

async function writeUserFiles(
  { database }: Pick<TransferParts, 'database'>,
  { id, name }: { id: string; name: string },
  dir: string,
  perFile: number,
): Promise<string[]> {
  const files: string[] = []
  const users = eachUser(database, id)
  let next = await users.next()
  while (!next.done) {
    const file = userFileOf(name, dir, files.length)
    await writeFile(file, async (write) => {
      await write(`{"realm":${JSON.stringify(name)},"users":[`)
      for (let count = 0; count < perFile && !next.done; count++) {
        await write(`${count === 0 ? '' : ','}${printRepresentation(userRepresentation, next.value)}`)
        next = await users.next()
      }
      await write(']}')
    })
    files.push(file)
  }
  return files
}

async function* eachUser(database: Sql, realmId: string): AsyncGenerator<UserRepresentation, undefined> {
  for await (const page of exportUsers(database, realmId)) yield* page
}

/** Files of an earlier export that had more users: an import would take them for part of this one. */
async function removeOlderFiles(realmName: string, dir: string, from: number): Promise<void> {
  for (let index = from; ; index++) {
    const file = userFileOf(realmName, dir, index)
    if (!(await stat(file).catch(() => undefined))) return
    await rm(file)
  }
}

/** The users come last, so that they need not be held in memory. */
async function writeOneRealm(
  { database }: Pick<TransferParts, 'database'>,
  { id, name }: { id: string; name: string },
  withUsers: boolean,
  write: Write,
): Promise<void> {
  const realm = await exportRealm(database, name)
  if (realm === undefined) throw new Error(`--realm=${name}: the realm was removed during the export`)
  const text = printRepresentation(realmRepresentation, realm)
  if (!withUsers) return write(text)
  await write(`${text.slice(0, -1)},"users":[`)
  let first = true
  for await (const user of eachUser(database, id)) {
    await write(`${first ? '' : ','}${printRepresentation(userRepresentation, user)}`)
    first = false
  }
  await write(']}')
}

async function writeFile(file: string, content: (write: Write) => Promise<void>): Promise<void> {
  const partial = `${file}.partial`
  const stream = createWriteStream(partial, { mode: 0o600 })
  const failed = once(stream, 'error').then(([error]) => {
    throw error
  })
  failed.catch(() => undefined)
  const write: Write = async (text) => {
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed])
  }
  try {
    await content(write)
    stream.end()
    await Promise.race([once(stream, 'finish'), failed])
    await rename(partial, file)
  } catch (error) {
    stream.destroy()
    await rm(partial, { force: true })
    throw error
  }
}
