import { type Row, type Sql, statement } from './sql.ts'

/** A client with authorization services. `id` is the client's. */
export interface ResourceServerRow extends Row {
  id: string
  client_id: string
  allow_remote_management: number
  enforcement_mode: string
  decision_strategy: string
}

const columns = 's.id, c.client_id, s.allow_remote_management, s.enforcement_mode, s.decision_strategy'
const find = statement(
  'resource-server.find',
  `select ${columns} from resource_server s join client c on c.id = s.id where s.realm_id = $1 and s.id = $2`,
)
const listOfRealm = statement(
  'resource-server.list-of-realm',
  `select ${columns} from resource_server s join client c on c.id = s.id where s.realm_id = $1 order by c.client_id`,
)
const insert = statement(
  'resource-server.insert',
  `insert into resource_server (id, realm_id, allow_remote_management, enforcement_mode, decision_strategy)
   values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
)
const update = statement(
  'resource-server.update',
  'update resource_server set allow_remote_management = $2, enforcement_mode = $3, decision_strategy = $4 where id = $1',
)
const remove = statement('resource-server.remove', 'delete from resource_server where id = $1')

export interface ResourceServerSettings {
  readonly allowRemoteManagement: boolean
  readonly enforcementMode: string
  readonly decisionStrategy: string
}

export const resourceServers = (sql: Sql) => ({
  find: (realmId: string, id: string) => sql.one<ResourceServerRow>(find, realmId, id),
  listOfRealm: (realmId: string) => sql.all<ResourceServerRow>(listOfRealm, realmId),
  /** Returns 0 when the client is one already. */
  insert: (realmId: string, id: string, settings: ResourceServerSettings) =>
    sql.run(insert, id, realmId, settings.allowRemoteManagement ? 1 : 0, settings.enforcementMode, settings.decisionStrategy),
  update: (id: string, settings: ResourceServerSettings) =>
    sql.run(update, id, settings.allowRemoteManagement ? 1 : 0, settings.enforcementMode, settings.decisionStrategy),
  remove: (id: string) => sql.run(remove, id),
})
