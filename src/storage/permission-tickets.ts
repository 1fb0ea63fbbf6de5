import { type Row, type Sql, statement } from './sql.ts'

/** What somebody asked for. `scope_id` is '' for the resource without a scope; names are there to be shown. */
export interface PermissionTicketRow extends Row {
  id: string
  resource_id: string
  resource_name: string
  owner_id: string
  owner_name: string
  scope_id: string
  scope_name: string | null
  requester_id: string
  requester_name: string
  policy_id: string | null
  granted_at_ms: number | null
}

const from = `from permission_ticket t join authorization_resource r on r.id = t.resource_id
   left join authorization_scope s on s.id = t.scope_id join user_account q on q.id = t.requester_id
   left join user_account o on o.id = r.owner_user_id join client c on c.id = t.server_id`
const select = `select t.id, t.resource_id, r.name as resource_name, r.owner_id, coalesce(o.username, c.client_id) as owner_name,
   t.scope_id, s.name as scope_name, t.requester_id, q.username as requester_name, t.policy_id, t.granted_at_ms ${from}`
const find = statement('permission-ticket.find', `${select} where t.server_id = $1 and t.id = $2`)
const filter = `where t.server_id = $1 and ($2 = '' or t.resource_id = $2) and ($3 = '' or t.scope_id = $3)
   and ($4 = '' or r.owner_id = $4) and ($5 = '' or t.requester_id = $5) and ($6 = '' or ($6 = 'true') = (t.granted_at_ms is not null))
   and ($7 = '' or r.owner_id = $7 or t.requester_id = $7)`
const search = statement('permission-ticket.search', `${select} ${filter} order by t.id limit $8 offset $9`)
const count = statement('permission-ticket.count', `select count(*) as number ${from} ${filter}`)
const granted = statement(
  'permission-ticket.granted',
  `${select} where t.server_id = $1 and t.requester_id = $2 and t.granted_at_ms is not null order by t.id`,
)
/** What the Account Console shows of who asked: names and addresses are there for the owner. */
const ofResources = statement(
  'permission-ticket.of-resources',
  `select t.id, t.resource_id, t.scope_id, s.name as scope_name, s.display_name as scope_display_name, s.icon_uri as scope_icon_uri,
     t.requester_id, q.username, q.email, q.first_name, q.last_name, t.granted_at_ms
   from permission_ticket t join user_account q on q.id = t.requester_id left join authorization_scope s on s.id = t.scope_id
   where t.resource_id in {{list $1}} and ($2 = '' or t.requester_id = $2) order by q.username, s.name`,
)
const insert = statement(
  'permission-ticket.insert',
  `insert into permission_ticket (id, server_id, resource_id, scope_id, requester_id, policy_id, created_at_ms, granted_at_ms)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (resource_id, scope_id, requester_id) do nothing`,
)
const grant = statement('permission-ticket.grant', 'update permission_ticket set policy_id = $2, granted_at_ms = $3 where id = $1')
const ofPolicy = statement('permission-ticket.of-policy', 'select id, scope_id from permission_ticket where policy_id = $1')
const remove = statement('permission-ticket.remove', 'delete from permission_ticket where server_id = $1 and id = $2')

/** A ticket with who asked. */
export interface RequesterRow extends Row {
  id: string
  resource_id: string
  scope_id: string
  scope_name: string | null
  scope_display_name: string | null
  scope_icon_uri: string | null
  requester_id: string
  username: string
  email: string | null
  first_name: string | null
  last_name: string | null
  granted_at_ms: number | null
}

/** Absent members do not matter. */
export interface TicketFilter {
  readonly resourceId?: string | undefined
  readonly scopeId?: string | undefined
  readonly ownerId?: string | undefined
  readonly requesterId?: string | undefined
  readonly granted?: boolean | undefined
  /** Who owns the resource or asked for it. */
  readonly partyId?: string | undefined
}

const valuesOf = (wanted: TicketFilter): [string, string, string, string, string, string] => [
  wanted.resourceId ?? '',
  wanted.scopeId ?? '',
  wanted.ownerId ?? '',
  wanted.requesterId ?? '',
  wanted.granted === undefined ? '' : String(wanted.granted),
  wanted.partyId ?? '',
]

export const permissionTickets = (sql: Sql) => ({
  find: (serverId: string, id: string) => sql.one<PermissionTicketRow>(find, serverId, id),
  search: (serverId: string, wanted: TicketFilter, page: { max: number; first: number }) =>
    sql.all<PermissionTicketRow>(search, serverId, ...valuesOf(wanted), page.max, page.first),
  count: async (serverId: string, wanted: TicketFilter): Promise<number> =>
    Number((await sql.one<{ number: number }>(count, serverId, ...valuesOf(wanted)))?.number ?? 0),
  /** What owners have granted to somebody. */
  granted: (serverId: string, requesterId: string) => sql.all<PermissionTicketRow>(granted, serverId, requesterId),
  /** What was asked for and granted of several resources, by everybody or by one. */
  ofResources: (resourceIds: readonly string[], requesterId = '') =>
    sql.all<RequesterRow>(ofResources, JSON.stringify(resourceIds), requesterId),
  /** Returns 0 when the same was asked for before. */
  insert: (
    serverId: string,
    ticket: { id: string; resourceId: string; scopeId: string; requesterId: string; createdAtMs: number },
    policy?: { id: string; grantedAtMs: number },
  ) =>
    sql.run(
      insert,
      ticket.id,
      serverId,
      ticket.resourceId,
      ticket.scopeId,
      ticket.requesterId,
      policy?.id ?? null,
      ticket.createdAtMs,
      policy?.grantedAtMs ?? null,
    ),
  grant: (id: string, policyId: string, grantedAtMs: number) => sql.run(grant, id, policyId, grantedAtMs),
  ofPolicy: (policyId: string) => sql.all<{ id: string; scope_id: string }>(ofPolicy, policyId),
  remove: (serverId: string, id: string) => sql.run(remove, serverId, id),
})
