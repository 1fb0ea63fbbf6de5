import type { StoredExecution } from '../../realm/authentication.ts'
import type {
  AuthenticationExecutionExportRepresentation,
  AuthenticationFlowRepresentation,
  AuthenticatorConfigRepresentation,
} from '../../representations/authentication.ts'
import { authentication } from '../../storage/authentication.ts'
import type { Sql } from '../../storage/sql.ts'

/** An execution of a flow, which has always an id here. */
export type Execution = StoredExecution & { readonly id: string }

/** A flow with its executions by priority. */
export interface Flow extends Omit<AuthenticationFlowRepresentation, 'authenticationExecutions'> {
  readonly id: string
  readonly alias: string
  readonly executions: readonly Execution[]
}

/** All flows of a realm, as they are stored. */
export interface FlowTree {
  /** In the order in which they were made. */
  readonly flows: readonly Flow[]
  byId(id: string): Flow | undefined
  byAlias(alias: string): Flow | undefined
  /** The execution with the flow it is in. */
  execution(id: string): { readonly flow: Flow; readonly execution: Execution } | undefined
  /** The flow that an execution stands for. */
  subFlow(execution: Execution): Flow | undefined
  configOf(execution: Execution): (AuthenticatorConfigRepresentation & { readonly id: string }) | undefined
}

/** Reads flows and configurations: two statements. */
export async function loadFlowTree(sql: Sql, realmId: string): Promise<FlowTree> {
  const rows = authentication(sql)
  const [flowRows, configRows] = [await rows.flows(realmId), await rows.configs(realmId)]
  const flows = flowRows.map((row) => readFlow(row.id, row.alias, row.doc))
  const configs = configRows.map((row) => ({ ...(JSON.parse(row.doc) as AuthenticatorConfigRepresentation), id: row.id }))
  const byId = new Map(flows.map((flow) => [flow.id, flow]))
  const byAlias = new Map(flows.map((flow) => [flow.alias, flow]))
  const executions = new Map(flows.flatMap((flow) => flow.executions.map((execution) => [execution.id, { flow, execution }] as const)))
  const configById = new Map(configs.map((config) => [config.id, config]))
  const configByAlias = new Map(configs.map((config) => [config.alias, config]))
  return {
    flows,
    byId: (id) => byId.get(id),
    byAlias: (alias) => byAlias.get(alias),
    execution: (id) => executions.get(id),
    subFlow: ({ flowAlias }) => (flowAlias === undefined ? undefined : byAlias.get(flowAlias)),
    configOf({ configId, authenticatorConfig }) {
      if (configId !== undefined) return configById.get(configId)
      return authenticatorConfig === undefined ? undefined : configByAlias.get(authenticatorConfig)
    },
  }
}

function readFlow(id: string, alias: string, doc: string): Flow {
  const { authenticationExecutions = [], ...flow } = JSON.parse(doc) as AuthenticationFlowRepresentation
  const executions = authenticationExecutions
    .map((execution: StoredExecution, index): Execution => ({ ...execution, id: execution.id ?? `${id}:${index}` }))
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
  return { ...flow, id, alias, executions }
}

const flowDoc = ({ executions, ...flow }: Flow): string => JSON.stringify({ ...flow, authenticationExecutions: executions })

export async function insertFlow(tx: Sql, realmId: string, flow: Flow): Promise<void> {
  await authentication(tx).insertFlow(realmId, { id: flow.id, alias: flow.alias, doc: flowDoc(flow) })
}

export async function updateFlow(tx: Sql, realmId: string, flow: Flow): Promise<void> {
  await authentication(tx).updateFlow(realmId, { id: flow.id, alias: flow.alias, doc: flowDoc(flow) })
}

/** Where a new execution stands: after the others. */
export const nextPriority = ({ executions }: Flow): number => {
  const last = executions.at(-1)
  return last === undefined ? 0 : (last.priority ?? 0) + 1
}

/** A new execution; `place` says what it runs. */
export const newExecution = (
  id: string,
  place: Pick<StoredExecution, 'authenticator' | 'flowAlias' | 'requirement' | 'priority'>,
): Execution => {
  const isFlow = place.flowAlias !== undefined
  return { id, ...place, authenticatorFlow: isFlow, autheticatorFlow: isFlow, userSetupAllowed: false }
}

/** A flow as the reference prints it: executions have no ids there, and name their configuration by its alias. */
export function describeFlow(tree: FlowTree, { executions, ...flow }: Flow): AuthenticationFlowRepresentation {
  return {
    ...flow,
    authenticationExecutions: executions.map((execution): AuthenticationExecutionExportRepresentation => {
      const { id: _id, configId: _configId, ...shown } = execution
      const alias = tree.configOf(execution)?.alias
      return alias === undefined ? shown : { ...shown, authenticatorConfig: alias }
    }),
  }
}

/** Flows hold each other only as deep as somebody nests them; a loop, which a realm file may bring, ends here. */
const depthMax = 16
/** Executions in one answer. */
const listedMax = 2_000

export interface Listed {
  readonly execution: Execution
  readonly parent: Flow
  readonly level: number
  readonly index: number
}

/** The executions of a flow, and behind each sub-flow its own. */
export function listExecutions(tree: FlowTree, top: Flow): readonly Listed[] {
  const listed: Listed[] = []
  const visit = (parent: Flow, level: number): void => {
    for (const [index, execution] of parent.executions.entries()) {
      if (listed.length >= listedMax) return
      listed.push({ execution, parent, level, index })
      const inner = tree.subFlow(execution)
      if (inner !== undefined && level < depthMax) visit(inner, level + 1)
    }
  }
  visit(top, 0)
  return listed
}

/** The flow and all flows in it. */
export function flowsBelow(tree: FlowTree, top: Flow): readonly Flow[] {
  const found = new Set<Flow>()
  const visit = (flow: Flow): void => {
    if (found.has(flow)) return
    found.add(flow)
    for (const execution of flow.executions) {
      const inner = tree.subFlow(execution)
      if (inner !== undefined) visit(inner)
    }
  }
  visit(top)
  return [...found]
}

/**
 * Removes flows with everything below them: sub-flows and configurations that nothing else needs, and the executions that led there.
 * `executions` are removed too, with the sub-flows they stand for.
 */
export async function removeDeep(
  tx: Sql,
  realmId: string,
  tree: FlowTree,
  { flows = [], executions = [] }: { readonly flows?: readonly Flow[]; readonly executions?: readonly Execution[] },
): Promise<void> {
  const rows = authentication(tx)
  const roots = [...flows, ...executions.flatMap((execution) => tree.subFlow(execution) ?? [])]
  const candidates = new Set(roots.flatMap((flow) => flowsBelow(tree, flow)))
  const goneExecutions = new Set(executions)
  const gone = new Set<Flow>(flows)
  // A sub-flow that another flow leads to stays, and so does what it needs.
  const staysIn = (flow: Flow): boolean =>
    tree.flows.some(
      (other) => !gone.has(other) && other.executions.some((step) => !goneExecutions.has(step) && tree.subFlow(step) === flow),
    )
  for (let before = -1; before !== gone.size; ) {
    before = gone.size
    for (const flow of candidates) if (!staysIn(flow)) gone.add(flow)
  }
  const configs = new Set(
    [...goneExecutions, ...Array.from(gone).flatMap((flow) => flow.executions)].flatMap((step) => tree.configOf(step)?.id ?? []),
  )
  for (const flow of gone) await rows.removeFlow(realmId, flow.id)
  for (const flow of tree.flows) {
    if (gone.has(flow)) continue
    const left = flow.executions.filter((step) => !goneExecutions.has(step) && !gone.has(tree.subFlow(step) ?? flow))
    for (const step of left) configs.delete(tree.configOf(step)?.id ?? '')
    if (left.length < flow.executions.length) await updateFlow(tx, realmId, { ...flow, executions: left })
  }
  for (const id of configs) await rows.removeConfig(realmId, id)
}
