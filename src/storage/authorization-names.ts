import { type Sql, statement } from './sql.ts'

const groupSteps = statement(
  'authorization-names.group-steps',
  `with recursive step (from_id, parent_id, name, depth) as (
     select id, parent_id, name, 0 from user_group where realm_id = $1 and id in {{list $2}}
     union all select s.from_id, g.parent_id, g.name, s.depth + 1 from step s join user_group g on g.id = s.parent_id
   ) select from_id, name, depth from step order by from_id, depth desc`,
)
const scopeNames = statement(
  'authorization-names.client-scopes',
  'select id, name from client_scope where realm_id = $1 and (id in {{list $2}} or name in {{list $2}})',
)

/** Names of what policies refer to by id. */
export const authorizationNames = (sql: Sql) => ({
  /** `/parent/child` of each group. */
  async groupPaths(realmId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const steps = await sql.all<{ from_id: string; name: string }>(groupSteps, realmId, JSON.stringify(ids))
    const paths = new Map<string, string>()
    for (const { from_id, name } of steps) paths.set(from_id, `${paths.get(from_id) ?? ''}/${name}`)
    return paths
  },
  /** Client scopes of the given ids or names. */
  clientScopes: (realmId: string, idsOrNames: readonly string[]) =>
    sql.all<{ id: string; name: string }>(scopeNames, realmId, JSON.stringify(idsOrNames)),
})
