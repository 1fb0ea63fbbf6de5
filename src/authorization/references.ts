import { AdminError } from '../http/errors.ts'
import { authorizationNames } from '../storage/authorization-names.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { groups as groupRows } from '../storage/groups.ts'
import { roles as roleRows } from '../storage/roles.ts'
import type { Sql } from '../storage/sql.ts'
import { users as userRows } from '../storage/users.ts'

/** What a policy may refer to. */
export type ReferenceKind = 'role' | 'user' | 'group' | 'client' | 'client-scope'

/** A name as realm files write it: a role's is `name` or `client/name`, a group's its path. */
export interface Named {
  readonly name: string
  /** Of a client role: the clientId. */
  readonly client?: string | undefined
}

/** Names of things that policies refer to by id; what is gone has none. */
export interface KnownNames {
  find(kind: ReferenceKind, id: string): Named | undefined
}

export type ReferenceIds = ReadonlyMap<ReferenceKind, ReadonlySet<string>>

/** Reads the names in one statement for each kind that occurs. */
export async function loadNames(sql: Sql, realmId: string, ids: ReferenceIds): Promise<KnownNames> {
  const of = (kind: ReferenceKind): string[] => [...(ids.get(kind) ?? [])]
  const known = new Map<string, Named>()
  const put = (kind: ReferenceKind, id: string, named: Named): void => {
    known.set(`${kind} ${id}`, named)
  }
  const [roles, users, groups, clients, scopes] = [of('role'), of('user'), of('group'), of('client'), of('client-scope')]
  if (roles.length > 0)
    for (const { id, name, client } of await roleRows(sql).findNamed(realmId, roles)) put('role', id, { name, client: client ?? undefined })
  if (users.length > 0) for (const { id, username } of await userRows(sql).namesOf(users)) put('user', id, { name: username })
  if (groups.length > 0) for (const [id, name] of await authorizationNames(sql).groupPaths(realmId, groups)) put('group', id, { name })
  if (clients.length > 0)
    for (const { id, client_id } of await clientRows(sql).namesOf(realmId, clients)) put('client', id, { name: client_id })
  if (scopes.length > 0)
    for (const { id, name } of await authorizationNames(sql).clientScopes(realmId, scopes)) put('client-scope', id, { name })
  return { find: (kind, id) => known.get(`${kind} ${id}`) }
}

/** The id of what a text names, which may be the id itself; undefined when there is no such thing. */
export type Resolve = (kind: ReferenceKind, idOrName: string) => Promise<string | undefined>

export function referenceResolver(sql: Sql, realmId: string): Resolve {
  const find: Record<ReferenceKind, (text: string) => Promise<string | undefined>> = {
    role: (text) => findRole(sql, realmId, text),
    user: async (text) => ((await userRows(sql).findById(realmId, text)) ?? (await userRows(sql).find(realmId, text.toLowerCase())))?.id,
    group: (text) => findGroup(sql, realmId, text),
    client: async (text) => ((await clientRows(sql).findById(realmId, text)) ?? (await clientRows(sql).find(realmId, text)))?.id,
    'client-scope': async (text) => {
      const rows = await authorizationNames(sql).clientScopes(realmId, [text])
      return (rows.find(({ id }) => id === text) ?? rows[0])?.id
    },
  }
  return (kind, text) => find[kind](text)
}

/** `name`, `client/name` or an id. A realm role's name may have a slash in it. */
async function findRole(sql: Sql, realmId: string, text: string): Promise<string | undefined> {
  const row = (await roleRows(sql).findById(realmId, text)) ?? (await roleRows(sql).find(realmId, text))
  if (row) return row.id
  const slash = text.indexOf('/')
  const client = slash < 0 ? undefined : await clientRows(sql).find(realmId, text.slice(0, slash))
  return client && (await roleRows(sql).find(client.id, text.slice(slash + 1)))?.id
}

/** An id or a path. */
async function findGroup(sql: Sql, realmId: string, text: string): Promise<string | undefined> {
  if (!text.startsWith('/')) return (await groupRows(sql).findById(realmId, text))?.id
  let parent = ''
  for (const name of text.slice(1).split('/')) {
    const row = await groupRows(sql).find(realmId, parent, name)
    if (row === undefined) return undefined
    parent = row.id
  }
  return parent
}

/** As Resolve, but nothing less than an id will do. */
export async function requireReference(resolve: Resolve, kind: ReferenceKind, text: string): Promise<string> {
  const id = await resolve(kind, text)
  if (id === undefined) throw new AdminError(400, { error: 'invalid_request', error_description: `Unknown ${kind} in policy: ${text}` })
  return id
}
