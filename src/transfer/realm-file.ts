import { open } from 'node:fs/promises'
import type { Origin } from '../representations/json-reader.ts'
import { parseRepresentation } from '../representations/parse.ts'
import { type RealmRepresentation, realmRepresentation } from '../representations/realm.ts'
import { RepresentationError, unreadable } from '../representations/representation-error.ts'
import { type UserRepresentation, userRepresentation } from '../representations/user.ts'
import { JsonScanner } from './json-scanner.ts'

/** Where a list of users stands in a file: behind its opening bracket. */
export interface UserList {
  readonly file: string
  readonly start: { readonly offset: number; readonly line: number; readonly column: number }
  /** On the way to it: `[2]` in a list of realms, and the member's name. */
  readonly path: readonly (string | number)[]
  /** The closing bracket's offset. */
  readonly end: number
  readonly count: number
}

/** A realm of a file, read but for its users; of those only the ones of service accounts, which its clients need. */
export interface RealmText {
  readonly realm: RealmRepresentation
  readonly users: readonly UserList[]
}

export interface ReadingOptions {
  /** Told the path of each unknown member that is kept. */
  readonly onUnknown: (path: string) => void
}

/**
 * Reads the realm of a file, or the list of realms, without holding its users in memory: they are passed over now and read by `usersOf`.
 * Throws an Error of one line that names the file, the member, line and column.
 */
export async function readRealmFile(file: string, options: ReadingOptions): Promise<RealmText[]> {
  const handle = await open(file)
  try {
    const scanner = new JsonScanner(handle)
    await scanner.takeMark()
    if ((await scanner.next()) !== 0x5b) return [await readRealm(file, scanner, [], options)]
    scanner.take()
    const realms: RealmText[] = []
    for (let first = true; await hasItem(scanner, first, [realms.length]); first = false)
      realms.push(await readRealm(file, scanner, [realms.length], options))
    return realms
  } catch (error) {
    throw named(file, error)
  } finally {
    await handle.close()
  }
}

const named = (file: string, error: unknown): unknown =>
  error instanceof RepresentationError ? new Error(`${file}: ${error.message}`, { cause: error }) : error

/** Whether a list goes on; stands before the next item then, and behind the closing bracket otherwise. */
async function hasItem(scanner: JsonScanner, first: boolean, path: Origin['path']): Promise<boolean> {
  const byte = await scanner.next()
  if (byte === 0x5d) {
    scanner.take()
    return false
  }
  if (first) {
    if (byte === undefined) throw broken(scanner, path, 'the text ends too early')
    return true
  }
  if (byte !== 0x2c) throw broken(scanner, path, byte === undefined ? 'the text ends too early' : 'a comma is expected')
  scanner.take()
  await scanner.next()
  return true
}

const broken = (scanner: JsonScanner, path: Origin['path'], reason: string): RepresentationError =>
  unreadable('nested', reason, { ...scanner.place, path: pathWords(path) })

const pathWords = (path: Origin['path']): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text === '' ? '' : `${text}.`}${step}`), '')

/**
 * One realm. Its text is read in pieces, one before each list of users and one behind it; each is an object of its own to the parser. A
 * text that is no object, or ends too early, goes to the parser as it is, which says what is wrong.
 */
async function readRealm(file: string, scanner: JsonScanner, path: Origin['path'], options: ReadingOptions): Promise<RealmText> {
  const realm: RealmRepresentation = {}
  const users: UserList[] = []
  const serviceAccounts: UserRepresentation[] = []
  const parse = (text: Buffer, origin: Origin): void => {
    Object.assign(realm, parseRepresentation(realmRepresentation, text, { unknown: 'keep', ...options, origin }))
  }
  if ((await scanner.next()) !== 0x7b) {
    const origin = { ...scanner.place, path }
    scanner.keep()
    await scanner.skip()
    parse(scanner.kept(), origin)
    return { realm, users }
  }
  scanner.take()
  for (let goesOn = true; goesOn; ) {
    const { line, column } = scanner.place
    const origin = { line, column: column - 1, path }
    scanner.keep()
    const cut = await passMembers(scanner)
    const piece = scanner.kept()
    if (cut === undefined) {
      parse(Buffer.concat([openingBrace, piece]), origin)
      break
    }
    parse(closed(piece, cut), origin)
    const found = await passUsers(file, scanner, [...path, 'users'])
    users.push(found.list)
    serviceAccounts.push(...found.serviceAccounts)
    goesOn = await passComma(scanner, path)
  }
  if (serviceAccounts.length > 0) realm.users = serviceAccounts
  return { realm, users }
}

const openingBrace = Buffer.from('{')
const closingBrace = Buffer.from('}')

/** The members before a list of users, without the comma behind the last, as an object. */
function closed(piece: Buffer, cut: number): Buffer {
  let end = cut
  while (end > 0 && (piece[end - 1] ?? 0) <= 0x20) end--
  if (piece[end - 1] === 0x2c) end--
  return Buffer.concat([openingBrace, piece.subarray(0, end), closingBrace])
}

/**
 * Passes over the members of an object. Stops behind the opening bracket of a list of users and returns how many bytes stand before
 * that member's name; undefined at the end of the object, or where it is broken: then everything that is left has been passed.
 */
async function passMembers(scanner: JsonScanner): Promise<number | undefined> {
  const start = scanner.offset
  for (;;) {
    const byte = await scanner.next()
    const nameAt = scanner.offset
    if (byte === 0x7d) {
      scanner.take()
      return undefined
    }
    const isName = byte === 0x22 && (await scanner.skip())
    const name = isName ? scanner.from(nameAt).toString() : ''
    if (!isName || (await scanner.next()) !== 0x3a) return leave(scanner)
    scanner.take()
    if ((await scanner.next()) === 0x5b && name === '"users"') {
      scanner.take()
      return nameAt - start
    }
    if (!(await scanner.skip())) return undefined
    const next = await scanner.next()
    if (next !== 0x2c && next !== 0x7d) return leave(scanner)
    scanner.take()
    if (next === 0x7d) return undefined
  }
}

async function leave(scanner: JsonScanner): Promise<undefined> {
  await scanner.skipAll()
}

/** Whether members follow a list of users. */
async function passComma(scanner: JsonScanner, path: Origin['path']): Promise<boolean> {
  const byte = await scanner.next()
  if (byte === undefined) throw broken(scanner, path, 'the text ends too early')
  if (byte !== 0x2c && byte !== 0x7d) throw broken(scanner, path, 'a comma is expected')
  scanner.take()
  if (byte === 0x2c && (await scanner.next()) === 0x7d) throw broken(scanner, path, 'a member name is expected')
  return byte === 0x2c
}

const ofServiceAccount = 'serviceAccountClientId'

async function passUsers(
  file: string,
  scanner: JsonScanner,
  path: Origin['path'],
): Promise<{ list: UserList; serviceAccounts: UserRepresentation[] }> {
  const start = { offset: scanner.offset, ...scanner.place }
  const serviceAccounts: UserRepresentation[] = []
  let count = 0
  for (; await hasItem(scanner, count === 0, [...path, count]); count++) {
    const origin = { ...scanner.place, path: [...path, count] }
    scanner.keep()
    if (!(await scanner.skip())) throw broken(scanner, origin.path, 'the text ends too early')
    const text = scanner.kept()
    if (!text.includes(ofServiceAccount)) continue
    const user = parseRepresentation(userRepresentation, text, { unknown: 'keep', origin })
    if (user.serviceAccountClientId !== undefined) serviceAccounts.push(user)
  }
  return { list: { file, start, path, end: scanner.offset - 1, count }, serviceAccounts }
}

/** What is read of users at a time: so many, or so much text. */
const batchUsers = 1_000
const batchBytes = 4 * 1024 * 1024

export interface UserBatch {
  readonly users: readonly UserRepresentation[]
  /** How many users of the list were passed, those of service accounts among them. */
  readonly passed: number
}

/** The users of a list, but for those of service accounts, in batches. Throws as readRealmFile does. */
export async function* usersOf(list: UserList, { onUnknown }: ReadingOptions): AsyncGenerator<UserBatch> {
  const handle = await open(list.file)
  try {
    const scanner = new JsonScanner(handle, list.start)
    let users: UserRepresentation[] = []
    let bytes = 0
    let passed = 0
    for (let index = 0; await hasItem(scanner, index === 0, list.path); index++) {
      const origin = { ...scanner.place, path: [...list.path, index] }
      scanner.keep()
      await scanner.skip()
      const text = scanner.kept()
      const user = parseRepresentation(userRepresentation, text, { unknown: 'keep', onUnknown, origin })
      if (user.serviceAccountClientId === undefined) users.push(user)
      bytes += text.length
      passed++
      if (users.length < batchUsers && bytes < batchBytes) continue
      yield { users, passed }
      users = []
      bytes = 0
      passed = 0
    }
    if (passed > 0) yield { users, passed }
  } catch (error) {
    throw named(list.file, error)
  } finally {
    await handle.close()
  }
}
