/**
 * The realm room: one immutable snapshot per realm at one revision, loaded on demand, kept in a bounded cache and dropped as a whole
 * after an admin write. Here too: the defaults of a new realm (defaults/). Not here: users of the realm beyond service accounts,
 * sessions, keys in use. May call storage and representations.
 */
import type { Random } from '../crypto/random.ts'
import type { Logger } from '../log.ts'
import { realms as realmRows } from '../storage/realms.ts'
import type { Database } from '../storage/sql.ts'
import { boundedMap } from './bounded-map.ts'
import type { RealmSnapshot } from './model.ts'
import { loadSnapshot } from './snapshot.ts'

export const realmLimits = {
  /** Snapshots kept; a snapshot without its clients takes about 100 kB. */
  snapshotsMax: 1_000,
  /** How often revisions are compared with the database, should an announcement have been lost. */
  pollMs: 15_000,
} as const

/** The channel on which realm changes are announced; the text is the node's id and the realm's. */
export const realmChannel = 'ostiary_realm'

export interface Realms {
  /** By name. Undefined when there is no such realm. */
  find(name: string): Promise<RealmSnapshot | undefined>
  findById(id: string): Promise<RealmSnapshot | undefined>
  /** Forgets a realm after a committed change and tells the other nodes. */
  changed(id: string): Promise<void>
  close(): Promise<void>
}

interface Entry {
  id: string | undefined
  stale: boolean
  snapshot: Promise<RealmSnapshot | undefined>
}

export async function openRealms({ database, log, random }: { database: Database; log: Logger; random: Random }): Promise<Realms> {
  /** Tells this node's own announcements, which come back to it, from those of others: it has forgotten the realm already. */
  const node = random.uuid()
  const cache = boundedMap<string, Entry>(realmLimits.snapshotsMax)

  const forget = (id: string): void => {
    for (const name of cache.keys()) {
      const entry = cache.get(name)
      // An entry without id is still loading: what it reads may be older than this change.
      if (entry && (entry.id === id || entry.id === undefined)) {
        entry.stale = true
        cache.delete(name)
      }
    }
  }

  const load = (name: string): Entry => {
    const entry: Entry = { id: undefined, stale: false, snapshot: Promise.resolve(undefined) }
    entry.snapshot = (async () => {
      const row = await realmRows(database).find(name)
      const snapshot = row ? await loadSnapshot(database, row) : undefined
      if (snapshot === undefined || entry.stale) cache.delete(name)
      entry.id = snapshot?.id
      return entry.stale ? load(name).snapshot : snapshot
    })()
    entry.snapshot.catch(() => cache.delete(name))
    cache.set(name, entry)
    return entry
  }

  const find = (name: string): Promise<RealmSnapshot | undefined> => (cache.get(name) ?? load(name)).snapshot

  const unlisten = await database.listen(realmChannel, (text) => {
    const [from, id = ''] = text.split(' ')
    if (from !== node) forget(id)
  })
  const poll = setInterval(() => {
    compareRevisions().catch((error: unknown) => log.warn('realm revisions could not be compared', { error }))
  }, realmLimits.pollMs)
  poll.unref()

  async function compareRevisions(): Promise<void> {
    const current = new Map((await realmRows(database).revisions()).map((row) => [row.id, row.revision]))
    for (const name of [...cache.keys()]) {
      const snapshot = await cache.get(name)?.snapshot
      if (snapshot && current.get(snapshot.id) !== snapshot.revision) forget(snapshot.id)
    }
  }

  return {
    find,
    async findById(id) {
      const row = await realmRows(database).findById(id)
      return row ? find(row.name) : undefined
    },
    async changed(id) {
      forget(id)
      await database.announce(realmChannel, `${node} ${id}`)
    },
    async close() {
      clearInterval(poll)
      await unlisten()
    },
  }
}
