import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { printRepresentation } from '../representations/print.ts'
import { realmRepresentation } from '../representations/realm.ts'
import { type UserRepresentation, userRepresentation } from '../representations/user.ts'
import { realms as realmRows } from '../storage/realms.ts'
import type { Sql } from '../storage/sql.ts'
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
