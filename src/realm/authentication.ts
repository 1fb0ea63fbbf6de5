import type {
  AuthenticationFlowRepresentation,
  AuthenticatorConfigRepresentation,
  RequiredActionProviderRepresentation,
} from '../representations/authentication.ts'
import { authentication } from '../storage/authentication.ts'
import type { Sql } from '../storage/sql.ts'
import type { AuthenticationFlow, FlowExecution, RealmAuthentication } from './model.ts'

/**
 * A stored execution has an id besides what a realm file says of it: forms and the Admin API name it by that. `configId` says which
 * configuration it has, since several may have one alias; realm files know the alias alone.
 */
export type StoredExecution = NonNullable<AuthenticationFlowRepresentation['authenticationExecutions']>[number] & {
  readonly id?: string
  readonly configId?: string
}

/** Reads flows, configurations and required actions of a realm: three statements. */
export async function loadAuthentication(sql: Sql, realmId: string): Promise<RealmAuthentication> {
  const rows = authentication(sql)
  const [flowRows, configRows, actionRows] = await Promise.all([rows.flows(realmId), rows.configs(realmId), rows.requiredActions(realmId)])
  const values = configRows.map((row) => ({ ...row, config: (JSON.parse(row.doc) as AuthenticatorConfigRepresentation).config ?? {} }))
  const byConfigId = new Map(values.map(({ id, config }) => [id, config]))
  const byConfigAlias = new Map(values.map(({ alias, config }) => [alias ?? '', config]))
  const flows = flowRows.map((row): AuthenticationFlow => {
    const doc = JSON.parse(row.doc) as AuthenticationFlowRepresentation
    const executions = (doc.authenticationExecutions ?? []).map(
      (stored: StoredExecution, index): FlowExecution => ({
        id: stored.id ?? `${row.id}:${index}`,
        authenticator: stored.authenticator,
        flowAlias: stored.flowAlias,
        requirement: stored.requirement ?? 'DISABLED',
        priority: stored.priority ?? 0,
        config: byConfigId.get(stored.configId ?? '') ?? byConfigAlias.get(stored.authenticatorConfig ?? '') ?? {},
      }),
    )
    return {
      id: row.id,
      alias: row.alias,
      providerId: doc.providerId ?? 'basic-flow',
      executions: executions.sort((a, b) => a.priority - b.priority),
    }
  })
  const byAlias = new Map(flows.map((flow) => [flow.alias, flow]))
  const byId = new Map(flows.map((flow) => [flow.id, flow]))
  return Object.freeze({
    flow: (alias: string) => byAlias.get(alias),
    flowById: (id: string) => byId.get(id),
    flows,
    requiredActions: actionRows.map((row) => {
      const {
        alias = row.alias,
        name = row.alias,
        enabled = false,
        defaultAction = false,
        config = {},
      } = JSON.parse(row.doc) as RequiredActionProviderRepresentation
      return { alias, name, enabled, defaultAction, config }
    }),
  })
}
