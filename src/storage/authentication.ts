import { type Row, type Sql, statement } from './sql.ts'

/** Flows, authenticator configurations and required actions of a realm. Each `doc` is the representation. */
export interface FlowRow extends Row {
  id: string
  alias: string
  doc: string
}

const flows = statement('flow.list', 'select id, alias, doc from authentication_flow where realm_id = $1 order by alias')
const insertFlow = statement('flow.insert', 'insert into authentication_flow (id, realm_id, alias, doc) values ($1, $2, $3, $4)')
const configs = statement(
  'authenticator-config.list',
  'select id, alias, doc from authenticator_config where realm_id = $1 order by alias, id',
)
const insertConfig = statement(
  'authenticator-config.insert',
  'insert into authenticator_config (id, realm_id, alias, doc) values ($1, $2, $3, $4)',
)
const actions = statement('required-action.list', 'select alias, doc from required_action where realm_id = $1 order by priority, alias')
const insertAction = statement(
  'required-action.insert',
  'insert into required_action (realm_id, alias, priority, doc) values ($1, $2, $3, $4)',
)

export const authentication = (sql: Sql) => ({
  flows: (realmId: string) => sql.all<FlowRow>(flows, realmId),
  insertFlow: (realmId: string, flow: { id: string; alias: string; doc: string }) =>
    sql.run(insertFlow, flow.id, realmId, flow.alias, flow.doc),
  configs: (realmId: string) => sql.all<{ id: string; alias: string | null; doc: string }>(configs, realmId),
  insertConfig: (realmId: string, config: { id: string; alias: string | null; doc: string }) =>
    sql.run(insertConfig, config.id, realmId, config.alias, config.doc),
  requiredActions: (realmId: string) => sql.all<{ alias: string; doc: string }>(actions, realmId),
  insertRequiredAction: (realmId: string, action: { alias: string; priority: number; doc: string }) =>
    sql.run(insertAction, realmId, action.alias, action.priority, action.doc),
})
