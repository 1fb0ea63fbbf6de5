import type { Random } from '../crypto/random.ts'
import type { Sql } from '../storage/sql.ts'
import { ImportError } from './errors.ts'
import type { RoleNames } from './role-names.ts'

/** What the sections hand on to each other. */
export interface Writing {
  readonly tx: Sql
  readonly realmId: string
  readonly random: Random
  /** Internal ids by clientId, by scope name, by group path. */
  readonly clientIds: Map<string, string>
  readonly scopeIds: Map<string, string>
  readonly groupIds: Map<string, string>
  readonly roles: RoleNames
}

/** The id of what has been completed. */
export const idOf = (value: { id?: string }): string => {
  if (value.id === undefined) throw new Error('a prepared realm has an id for everything')
  return value.id
}

/** The id of the group with a path; undefined when there is none. */
export const findGroup = ({ groupIds }: Pick<Writing, 'groupIds'>, path: string): string | undefined =>
  groupIds.get(path.startsWith('/') ? path : `/${path}`)

/** By path; throws ImportError for an unknown one. */
export function groupId(writing: Pick<Writing, 'groupIds'>, path: string): string {
  const id = findGroup(writing, path)
  if (id === undefined) throw new ImportError(400, `Unable to find group specified by path: ${path}`)
  return id
}
