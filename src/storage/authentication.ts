import { escapedLike } from './like.ts'
import { type Row, type Sql, statement } from './sql.ts'

/** Flows, authenticator configurations and required actions of a realm. Each `doc` is the representation. */
export interface FlowRow extends Row {
  id: string
  alias: string
  doc: string
}

export interface AuthenticatorConfigRow extends Row {
  id: string
  alias: string | null
  doc: string
}

export interface RequiredActionRow extends Row {
  alias: string
  doc: string
}

const flows = statement('flow.list', 'select id, alias, doc from authentication_flow where realm_id = $1 order by created_order, alias')
const insertFlow = statement(
  'flow.insert',
  `insert into authentication_flow (id, realm_id, alias, doc, created_order)
   values ($1, $2, $3, $4, (select coalesce(max(created_order), 0) + 1 from authentication_flow where realm_id = $2))`,
)
const updateFlow = statement('flow.update', 'update authentication_flow set alias = $3, doc = $4 where realm_id = $1 and id = $2')
const removeFlow = statement('flow.remove', 'delete from authentication_flow where realm_id = $1 and id = $2')
const clientUsingFlow = statement(
  'flow.client-using',
  `select id from client where realm_id = $1 and doc ->> 'authenticationFlowBindingOverrides' like $2 escape '!' limit 1`,
)
const configs = statement(
  'authenticator-config.list',
  'select id, alias, doc from authenticator_config where realm_id = $1 order by alias, id',
)
const findConfig = statement('authenticator-config.find', 'select id, alias, doc from authenticator_config where realm_id = $1 and id = $2')
const insertConfig = statement(
  'authenticator-config.insert',
  'insert into authenticator_config (id, realm_id, alias, doc) values ($1, $2, $3, $4)',
)
const updateConfig = statement(
  'authenticator-config.update',
  'update authenticator_config set alias = $3, doc = $4 where realm_id = $1 and id = $2',
)
const removeConfig = statement('authenticator-config.remove', 'delete from authenticator_config where realm_id = $1 and id = $2')
const actions = statement('required-action.list', 'select alias, doc from required_action where realm_id = $1 order by priority, alias')
const findAction = statement('required-action.find', 'select alias, doc from required_action where realm_id = $1 and alias = $2')
const insertAction = statement(
  'required-action.insert',
  'insert into required_action (realm_id, alias, priority, doc) values ($1, $2, $3, $4)',
)
const updateAction = statement(
  'required-action.update',
  'update required_action set alias = $3, priority = $4, doc = $5 where realm_id = $1 and alias = $2',
)
const removeAction = statement('required-action.remove', 'delete from required_action where realm_id = $1 and alias = $2')

export const authentication = (sql: Sql) => ({
  /** In the order in which they were made. */
  flows: (realmId: string) => sql.all<FlowRow>(flows, realmId),
  insertFlow: (realmId: string, flow: { id: string; alias: string; doc: string }) =>
    sql.run(insertFlow, flow.id, realmId, flow.alias, flow.doc),
  updateFlow: (realmId: string, flow: { id: string; alias: string; doc: string }) =>
    sql.run(updateFlow, realmId, flow.id, flow.alias, flow.doc),
  removeFlow: (realmId: string, id: string) => sql.run(removeFlow, realmId, id),
  /** Whether a client has the flow instead of the realm's. Reads all clients: for changes alone. */
  isFlowOfClient: async (realmId: string, flowId: string) =>
    (await sql.one(clientUsingFlow, realmId, `%"${escapedLike(flowId)}"%`)) !== undefined,
  configs: (realmId: string) => sql.all<AuthenticatorConfigRow>(configs, realmId),
  findConfig: (realmId: string, id: string) => sql.one<AuthenticatorConfigRow>(findConfig, realmId, id),
  insertConfig: (realmId: string, config: { id: string; alias: string | null; doc: string }) =>
    sql.run(insertConfig, config.id, realmId, config.alias, config.doc),
  updateConfig: (realmId: string, config: { id: string; alias: string | null; doc: string }) =>
    sql.run(updateConfig, realmId, config.id, config.alias, config.doc),
  removeConfig: (realmId: string, id: string) => sql.run(removeConfig, realmId, id),
  /** By priority. */
  requiredActions: (realmId: string) => sql.all<RequiredActionRow>(actions, realmId),
  findRequiredAction: (realmId: string, alias: string) => sql.one<RequiredActionRow>(findAction, realmId, alias),
  insertRequiredAction: (realmId: string, action: { alias: string; priority: number; doc: string }) =>
    sql.run(insertAction, realmId, action.alias, action.priority, action.doc),
  updateRequiredAction: (realmId: string, alias: string, action: { alias: string; priority: number; doc: string }) =>
    sql.run(updateAction, realmId, alias, action.alias, action.priority, action.doc),
  removeRequiredAction: (realmId: string, alias: string) => sql.run(removeAction, realmId, alias),
})
