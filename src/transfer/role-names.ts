import type { Random } from '../crypto/random.ts'
import { roles as roleRows } from '../storage/roles.ts'
import type { Sql } from '../storage/sql.ts'
import { ImportError } from './errors.ts'

/** Finds the roles of a realm that is being written by their names. */
export interface RoleNames {
  /** Undefined container: a realm role; else the clientId of a client role's client. */
  find(container: string | undefined, name: string): string | undefined
  /** Throws ImportError when there is none. */
  get(container: string | undefined, name: string): string
  /** Makes the role when there is none: mappings in a file may name roles that it does not define (reference behaviour). */
  findOrCreate(container: string | undefined, name: string): Promise<string>
  add(container: string | undefined, name: string, id: string): void
  /** Forgets a role that is no more. */
  remove(container: string | undefined, name: string): void
  /** Forgets all roles of a client. */
  removeAll(container: string): void
}

export function roleNames(tx: Sql, realmId: string, clientIds: ReadonlyMap<string, string>, random: Random): RoleNames {
  const ids = new Map<string, string>()
  const key = (container: string | undefined, name: string): string => `${container ?? ''}\n${name}`
  const find = (container: string | undefined, name: string): string | undefined => ids.get(key(container, name.trim()))
  const add = (container: string | undefined, name: string, id: string): void => {
    ids.set(key(container, name), id)
  }
  return {
    find,
    add,
    remove(container, name) {
      ids.delete(key(container, name))
    },
    removeAll(container) {
      for (const known of ids.keys()) if (known.startsWith(`${container}\n`)) ids.delete(known)
    },
    get(container, name) {
      const id = find(container, name)
      if (id === undefined)
        throw new ImportError(400, `Unable to find composite ${container === undefined ? 'realm' : 'client'} role: ${name}`)
      return id
    },
    async findOrCreate(container, name) {
      const known = find(container, name)
      if (known !== undefined) return known
      const clientId = container === undefined ? null : clientIds.get(container)
      if (clientId === undefined) throw new ImportError(400, `Unable to find client role mappings for client: ${container ?? ''}`)
      const id = random.uuid()
      const trimmed = name.trim()
      await roleRows(tx).insert(realmId, { id, clientId, name: trimmed, doc: '{}' })
      add(container, trimmed, id)
      return id
    },
  }
}
