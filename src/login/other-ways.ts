import type { AuthenticationFlow, FlowExecution } from '../realm/model.ts'
import type { ExecutionStatus } from '../sessions/authentication-session.ts'
import { findAuthenticator } from './authenticators/index.ts'
import type { LoginContext } from './context.ts'
import type { WayToLogIn } from './pages/select-authenticator.ts'

/** Note of a login in progress: the executions that the user chose among the ways to log in, the last one first, blank-separated. */
const chosenNote = 'CHOSEN_EXECUTIONS'

/** Flows may contain each other only as deep as an administrator nests them; a loop among them ends here. */
const depthMax = 16

const processed: ReadonlySet<ExecutionStatus | undefined> = new Set(['SUCCESS', 'SKIPPED', 'ATTEMPTED', 'SETUP_REQUIRED', 'FAILED'])

/** From the top flow down to an execution: which flow it stands in on each level. */
type Path = readonly { readonly flow: AuthenticationFlow; readonly execution: FlowExecution }[]

const innerOf = ({ authentication }: LoginContext, { flowAlias, authenticator }: FlowExecution): AuthenticationFlow | undefined =>
  flowAlias === undefined || authenticator !== undefined ? undefined : authentication.flow(flowAlias)

function pathTo(context: LoginContext, flow: AuthenticationFlow, id: string, depth = 0): Path | undefined {
  for (const execution of flow.executions) {
    if (execution.id === id) return [{ flow, execution }]
    const inner = depth < depthMax ? innerOf(context, execution) : undefined
    const rest = inner && pathTo(context, inner, id, depth + 1)
    if (rest) return [{ flow, execution }, ...rest]
  }
  return undefined
}

/**
 * The largest flow around an execution in which others can stand in for it: up through alternatives, and through what comes first of
 * what is required. Undefined when nothing can.
 */
function widestFlow(context: LoginContext, path: Path): AuthenticationFlow | undefined {
  let widest: AuthenticationFlow | undefined
  for (const { flow, execution } of path.toReversed()) {
    if (execution.requirement !== 'ALTERNATIVE') {
      widest = innerOf(context, execution) ?? widest
      if (flow.executions[0]?.id !== execution.id) return widest
    }
    widest = flow
  }
  return widest
}

const isCondition = ({ authenticator }: FlowExecution): boolean =>
  authenticator !== undefined && findAuthenticator(authenticator)?.condition !== undefined

/** The executions by which a flow may begin: the first of what is required, or every alternative that is still open. */
function beginnings(context: LoginContext, flow: AuthenticationFlow, depth = 0): readonly FlowExecution[] {
  const { executions } = context.session
  const open = (step: FlowExecution): readonly FlowExecution[] => {
    if (processed.has(executions[step.id])) return []
    const inner = innerOf(context, step)
    if (inner === undefined) return [step]
    return depth < depthMax ? beginnings(context, inner, depth + 1) : []
  }
  const steps = flow.executions.filter((step) => step.requirement !== 'DISABLED' && !isCondition(step))
  const required = steps.filter(({ requirement }) => requirement === 'REQUIRED' || requirement === 'CONDITIONAL')
  if (required.length === 0) return steps.filter(({ requirement }) => requirement === 'ALTERNATIVE').flatMap(open)
  const first = required.find(({ id, requirement }) => requirement === 'REQUIRED' || executions[id] !== 'SKIPPED')
  return first === undefined ? [] : open(first)
}

const credentialTypeOf = ({ authenticator }: FlowExecution): string | undefined =>
  authenticator === undefined ? undefined : findAuthenticator(authenticator)?.credentialType

/** Those that check a credential which the user has, in the order of his credentials; then those that check none. */
async function inOrderOfUser(context: LoginContext, ways: readonly FlowExecution[]): Promise<readonly FlowExecution[]> {
  if (ways.length < 2) return ways
  const byType = new Map(ways.map((way) => [credentialTypeOf(way), way]))
  const types = new Set((await context.credentials()).map(({ type }) => type))
  const own = [...types].flatMap((type) => byType.get(type) ?? [])
  return [...own, ...ways.filter((way) => credentialTypeOf(way) === undefined)]
}

/** The ways in which the user may go on where this execution stands, itself among them. `flow` is the login's. */
export async function waysToLogIn(context: LoginContext, flow: AuthenticationFlow, id: string): Promise<readonly FlowExecution[]> {
  const path = pathTo(context, flow, id)
  const widest = path && widestFlow(context, path)
  return widest === undefined ? [] : inOrderOfUser(context, beginnings(context, widest))
}

/** Notes that the user wants to go on by this execution. */
export function choose({ session }: LoginContext, id: string): void {
  session.notes[chosenNote] = [id, ...chosenOf(session).filter((known) => known !== id)].join(' ')
}

const chosenOf = ({ notes }: LoginContext['session']): readonly string[] => notes[chosenNote]?.split(' ') ?? []

const isBegun = (context: LoginContext, flow: AuthenticationFlow, depth = 0): boolean =>
  flow.executions.some((step) => {
    const status = context.session.executions[step.id]
    if (status === 'SUCCESS' || status === 'SETUP_REQUIRED') return true
    const inner = depth < depthMax ? innerOf(context, step) : undefined
    return inner !== undefined && isBegun(context, inner, depth + 1)
  })

/** The alternatives of a flow in the order in which they are tried: what the user chose, what his credentials prefer, the flow's own. */
export async function inOrder(
  context: LoginContext,
  flow: AuthenticationFlow,
  alternatives: readonly FlowExecution[],
): Promise<readonly FlowExecution[]> {
  if (alternatives.length < 2) return alternatives
  const preferred = (await inOrderOfUser(context, beginnings(context, flow))).map(({ id }) => id)
  const order = [...chosenOf(context.session), ...preferred]
  const rank = (step: FlowExecution): number => {
    const inner = innerOf(context, step)
    // What has been begun goes on, whatever else there is.
    if (inner !== undefined && isBegun(context, inner)) return -1
    const place = order.findIndex((id) => id === step.id || (inner !== undefined && pathTo(context, inner, id) !== undefined))
    return place === -1 ? order.length : place
  }
  const ranked = alternatives.map((step) => ({ step, rank: rank(step) }))
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ step }) => step)
}

const icons: Readonly<Record<string, WayToLogIn['icon']>> = {
  password: 'password',
  otp: 'phone',
  webauthn: 'key',
  'webauthn-passwordless': 'key',
  'recovery-authn-codes': 'codes',
}

/** What people are told of one way: its texts go by the type of the credential or, without one, by the authenticator. */
export function wayOf(execution: FlowExecution): WayToLogIn {
  const word = credentialTypeOf(execution) ?? execution.authenticator ?? ''
  const icon = icons[credentialTypeOf(execution) ?? ''] ?? 'user'
  return { executionId: execution.id, titleKey: `${word}-display-name`, helpKey: `${word}-help-text`, icon }
}
