import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RealmSnapshot } from '../realm/model.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import { ImportError } from './errors.ts'
import type { UserProgress } from './export-files.ts'
import { importRealm, masterRealm, type TransferParts, type UserSource } from './import-realm.ts'
import { keptUnused } from './kept-unused.ts'
import { type RealmText, readRealmFile, type UserList, usersOf } from './realm-file.ts'

export interface ImportOptions {
  /** Files, or folders whose .json files are taken in the order of their names. */
  readonly paths: readonly string[]
  /** True: a realm that exists is replaced as a whole. False: it is kept. */
  readonly override: boolean
  /** Told, a line for each realm, what is kept but not acted on. */
  readonly onKept: (line: string) => void
  readonly onUsers?: (progress: UserProgress) => void
}

export interface Imported {
  /** Names of the realms that were made. */
  readonly imported: string[]
  /** Names of the realms that existed and were left alone. */
  readonly kept: string[]
  /** Files that hold no realm. */
  readonly skipped: string[]
}

/**
 * Imports realm files: one realm, or a list of them. Users are read and written in batches, so that a file may hold any number of them.
 * Throws an Error that names the file when it is unreadable or wrong; the realm it was about is then as it was before.
 */
export async function importRealms(parts: TransferParts, options: ImportOptions): Promise<Imported> {
  const done: Imported = { imported: [], kept: [], skipped: [] }
  for (const file of await realmFiles(options.paths)) {
    const unknown = countPaths()
    for (const text of await readRealmFile(file, { onUnknown: unknown.add })) {
      const name = text.realm.realm ?? ''
      if (name === '') {
        done.skipped.push(file)
        continue
      }
      const known = await parts.realms.find(name)
      if (known && !options.override) {
        done.kept.push(name)
        continue
      }
      await importText(parts, file, text, known, unknown, options)
      done.imported.push(name)
    }
  }
  return done
}

async function importText(
  parts: TransferParts,
  file: string,
  text: RealmText,
  replaced: RealmSnapshot | undefined,
  unknown: PathCounter,
  { onKept, onUsers }: ImportOptions,
): Promise<void> {
  const name = text.realm.realm ?? ''
  const lists = [...text.users]
  const serviceAccounts = [...(text.realm.users ?? [])]
  for (const more of await numberedFiles(file, 'users', unknown)) {
    lists.push(...more.users)
    serviceAccounts.push(...(more.realm.users ?? []))
  }
  const federated = (await numberedFiles(file, 'federated-users', unknown)).flatMap(({ realm }) => realm.federatedUsers ?? [])
  const given: RealmRepresentation = { ...text.realm }
  if (serviceAccounts.length > 0) given.users = serviceAccounts
  if (federated.length > 0) given.federatedUsers = [...(given.federatedUsers ?? []), ...federated]
  const unused = keptUnused(given)
  const source = userSource(lists, unknown, (done, total) => onUsers?.({ realm: name, done, total }), unused.addUsers)
  const kind = name === masterRealm ? 'master' : 'import'
  await importRealm(parts, given, kind, { ...(replaced ? { replaced } : {}), users: source }).catch((error: unknown) => {
    throw error instanceof ImportError ? new Error(`${file}: ${error.message}`, { cause: error }) : error
  })
  const notes = [...unknown.take(), ...unused.lines()]
  if (notes.length > 0) onKept(`${file}: kept, but not acted on: ${notes.join(', ')}`)
}

/** Reads the lists again for each run of the transaction. */
function userSource(
  lists: readonly UserList[],
  unknown: PathCounter,
  onUsers: (done: number, total: number) => void,
  onBatch: (users: readonly NonNullable<RealmRepresentation['users']>[number][]) => void,
): UserSource {
  const total = lists.reduce((sum, list) => sum + list.count, 0)
  return {
    async *batches() {
      let done = 0
      for (const list of lists) {
        for await (const { users, passed } of usersOf(list, { onUnknown: unknown.add })) {
          onBatch(users)
          yield users
          done += passed
          onUsers(done, total)
        }
      }
    },
  }
}

/** Counts paths whose indexes differ as one: `users[].nope`. */
interface PathCounter {
  readonly add: (path: string) => void
  /** `users[].nope (3)`, a text each, and forgets them. */
  readonly take: () => string[]
}

function countPaths(): PathCounter {
  const counts = new Map<string, number>()
  return {
    add(path) {
      const word = path.replace(/\[\d+\]/g, '[]')
      counts.set(word, (counts.get(word) ?? 0) + 1)
    },
    take() {
      const texts = Array.from(counts, ([path, count]) => (count === 1 ? path : `${path} (${count})`))
      counts.clear()
      return texts
    },
  }
}

/** Users of a realm may stand in files of their own, which the realm's file is read together with. */
const userFile = /-(?:federated-)?users-\d+\.json$/

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

/** `x-realm.json` is followed by `x-users-0.json`, `x-users-1.json` … */
async function numberedFiles(realmFile: string, word: 'users' | 'federated-users', unknown: PathCounter): Promise<RealmText[]> {
  const start = /^(.*)-realm\.json$/.exec(realmFile)?.[1]
  const texts: RealmText[] = []
  if (start === undefined) return texts
  for (let index = 0; ; index++) {
    const file = `${start}-${word}-${index}.json`
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (found === undefined) return texts
    texts.push(...(await readRealmFile(file, { onUnknown: unknown.add })))
  }
}
