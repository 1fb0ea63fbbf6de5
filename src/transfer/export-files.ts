import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { printRepresentation } from '../representations/print.ts'
import { realmRepresentation } from '../representations/realm.ts'
import { type UserRepresentation, userRepresentation } from '../representations/user.ts'
import { realms as realmRows } from '../storage/realms.ts'
import type { Sql } from '../storage/sql.ts'
import { userImport } from '../storage/user-import.ts'
import { exportRealm } from './export-realm.ts'
import { exportUsers } from './export-users.ts'
import type { TransferParts } from './import-realm.ts'

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
  readonly onUsers?: (progress: UserProgress) => void
}

/** How far the export of a realm's users has come. */
export interface UserProgress {
  readonly realm: string
  readonly done: number
  readonly total: number
}

const usersPerFileDefault = 50

/**
 * Exports realms with their secrets, keys and password hashes, all as they are at one moment: a server may go on working on the database
 * meanwhile. A file is written beside its place and moved there when it is whole, so that a broken export never looks like a good one.
 * Users are read and written a page at a time.
 */
export async function exportRealms(parts: Pick<TransferParts, 'database'>, options: ExportOptions): Promise<{ files: string[] }> {
  return parts.database.snapshot(async (sql) => {
    const all = await realmRows(sql).names()
    const chosen = options.realm === undefined ? all : all.filter((realm) => realm.name === options.realm)
    if (chosen.length === 0) throw new Error(`--realm=${options.realm ?? ''}: there is no such realm`)
    const files = await (options.file === undefined
      ? exportToFolder(sql, chosen, options)
      : exportToFile(sql, chosen, options.file, options))
    return { files }
  })
}

async function exportToFile(sql: Sql, chosen: readonly ChosenRealm[], file: string, options: ExportOptions): Promise<string[]> {
  await writeFile(file, async (write) => {
    if (options.realm === undefined) await write('[')
    for (const [index, realm] of chosen.entries()) {
      if (index > 0) await write(',')
      await writeOneRealm(sql, realm, options.users === 'skip' ? undefined : options, write)
    }
    if (options.realm === undefined) await write(']')
  })
  return [file]
}

async function exportToFolder(sql: Sql, chosen: readonly ChosenRealm[], options: ExportOptions): Promise<string[]> {
  const { dir = '.', users, usersPerFile = usersPerFileDefault } = options
  await mkdir(dir, { recursive: true })
  const perFile = { skip: 0, realm_file: 0, same_file: Number.POSITIVE_INFINITY, different_files: usersPerFile }[users]
  const files: string[] = []
  for (const realm of chosen) {
    const realmFile = join(dir, `${realm.name}-realm.json`)
    await writeFile(realmFile, (write) => writeOneRealm(sql, realm, users === 'realm_file' ? options : undefined, write))
    const userFiles = perFile === 0 ? [] : await writeUserFiles(sql, realm, { dir, perFile, ...options })
    await removeOlderFiles(realm.name, dir, userFiles.length)
    files.push(realmFile, ...userFiles)
  }
  return files
}

interface ChosenRealm {
  readonly id: string
  readonly name: string
}

type Write = (text: string) => Promise<void>

const userFileOf = (realmName: string, dir: string, index: number): string => join(dir, `${realmName}-users-${index}.json`)

async function writeUserFiles(
  sql: Sql,
  realm: ChosenRealm,
  { dir, perFile, onUsers }: { readonly dir: string; readonly perFile: number } & Pick<ExportOptions, 'onUsers'>,
): Promise<string[]> {
  const files: string[] = []
  const { name } = realm
  const users = eachUser(sql, realm, onUsers)
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

async function* eachUser(
  sql: Sql,
  { id, name }: ChosenRealm,
  onUsers: ExportOptions['onUsers'],
): AsyncGenerator<UserRepresentation, undefined> {
  const total = onUsers === undefined ? 0 : await userImport(sql).count(id)
  let done = 0
  for await (const page of exportUsers(sql, id)) {
    yield* page
    done += page.length
    onUsers?.({ realm: name, done, total })
  }
}

/** Files of an earlier export that had more users: an import would take them for part of this one. */
async function removeOlderFiles(realmName: string, dir: string, from: number): Promise<void> {
  for (let index = from; ; index++) {
    const file = userFileOf(realmName, dir, index)
    if (!(await stat(file).catch(() => undefined))) return
    await rm(file)
  }
}

/** The users, if they are wanted, come last, so that they need not be held in memory. */
async function writeOneRealm(
  sql: Sql,
  chosen: ChosenRealm,
  withUsers: Pick<ExportOptions, 'onUsers'> | undefined,
  write: Write,
): Promise<void> {
  const realm = await exportRealm(sql, chosen.name)
  if (realm === undefined) throw new Error(`--realm=${chosen.name}: the realm was removed during the export`)
  const text = printRepresentation(realmRepresentation, realm)
  if (withUsers === undefined) return write(text)
  await write(`${text.slice(0, -1)},"users":[`)
  let first = true
  for await (const user of eachUser(sql, chosen, withUsers.onUsers)) {
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
    // A file that is only being opened would come after its removal.
    const closed = new Promise((resolve) => (stream.closed ? resolve(undefined) : stream.once('close', resolve)))
    stream.destroy()
    await closed
    await rm(partial, { force: true })
    throw error
  }
}
