import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../log.ts'

/** Lists of passwords that nobody may take. */
export interface Blacklists {
  /** True when the list of the name has the password, in whatever letter case. False, and a word in the log, when there is no such list. */
  has(name: string, password: string): Promise<boolean>
}

export const blacklistLimits = {
  /** Bytes of a list that are read: one of a million passwords has 9 MB, and takes 60 MB in memory. */
  fileBytesMax: 16 * 1024 * 1024,
  /** Lists kept in memory. */
  listsMax: 8,
} as const

const noList: ReadonlySet<string> = new Set()

/** Lists are files of UTF-8 text in a directory, a password a line. Each is read at its first use and kept. */
export function openBlacklists({ directory, log }: { readonly directory: string; readonly log: Logger }): Blacklists {
  const lists = new Map<string, Promise<ReadonlySet<string>>>()
  const read = async (name: string): Promise<ReadonlySet<string>> => {
    const file = await open(join(directory, name))
    try {
      const { size } = await file.stat()
      if (size > blacklistLimits.fileBytesMax) throw new Error(`it has more than ${blacklistLimits.fileBytesMax} bytes`)
      const text = await file.readFile('utf8')
      return new Set(text.split('\n').map((line) => line.trim().toLowerCase()))
    } finally {
      await file.close()
    }
  }
  const find = (name: string): Promise<ReadonlySet<string>> => {
    const known = lists.get(name)
    if (known !== undefined) return known
    const loading = read(name).catch((error: unknown) => {
      lists.delete(name)
      log.error('a password blacklist cannot be read: nothing is refused because of it', { name, error })
      return noList
    })
    if (lists.size >= blacklistLimits.listsMax) lists.clear()
    lists.set(name, loading)
    return loading
  }
  return { has: async (name, password) => password !== '' && (await find(name)).has(password.toLowerCase()) }
}
