/**
 * The login room: flows, required actions, consent, the pages and links that people see of them. flow.ts runs flows as data; advance.ts
 * and complete.ts say what a browser is answered; login-actions.ts has the endpoints. Not here: what an application asks for and gets
 * (oidc, behind login-protocol.ts). May call tokens, brute-force by the users' seam, sessions, users, email, events and what is left of them.
 */
import { nowSeconds } from '../clock.ts'
import type { OAuthError } from '../http/errors.ts'
import type { Form } from '../http/parameters.ts'
import type { AuthenticationFlow, FlowExecution } from '../realm/model.ts'
import type { ExecutionStatus } from '../sessions/authentication-session.ts'
import { noteCompleted } from '../sessions/completed-executions.ts'
import type { Authenticator } from './authenticator.ts'
import { findAuthenticator } from './authenticators/index.ts'
import { type LoginContext, stepOf } from './context.ts'
import { inOrder } from './other-ways.ts'
import type { StepResult } from './step.ts'

/** How far a flow came in this request. */
export type FlowOutcome =
  | { readonly kind: 'success' }
  /** Something is to be shown or answered before the flow can go on. */
  | { readonly kind: 'waiting'; readonly execution: FlowExecution; readonly result: Exclude<StepResult, { kind: 'success' | 'attempted' }> }
  /** Nothing in it can succeed any more. `error` is the audit event's, `oauth` the answer to a token request. */
  | { readonly kind: 'failed'; readonly error: string; readonly oauth?: OAuthError | undefined }

/** Flows may contain each other only as deep as an administrator nests them; a loop among them ends here. */
const depthMax = 16

const done: FlowOutcome = { kind: 'success' }
const isOver = (status: ExecutionStatus | undefined): boolean => status === 'SUCCESS' || status === 'SETUP_REQUIRED'

/**
 * Runs a flow from where the login stands, in the reference's model: with REQUIRED or CONDITIONAL executions all of them must succeed
 * in order, and ALTERNATIVE ones beside them are ignored; with ALTERNATIVE executions alone the first that succeeds is enough. A
 * CONDITIONAL sub-flow counts only when every condition in it holds.
 */
export async function runFlow(context: LoginContext, flow: AuthenticationFlow): Promise<FlowOutcome> {
  const steps = flow.executions.filter((step) => step.requirement !== 'DISABLED' && conditionOf(step) === undefined)
  let counted = 0
  for (const step of steps) {
    if (!(await isRequired(context, step))) continue
    counted += 1
    const outcome = await runExecution(context, step)
    if (outcome.kind !== 'success') return outcome
  }
  if (counted > 0) return done
  const alternatives = steps.filter((step) => step.requirement === 'ALTERNATIVE')
  if (alternatives.some((step) => isOver(context.session.executions[step.id]))) return done
  let failure: FlowOutcome = { kind: 'failed', error: 'invalid_user_credentials' }
  for (const step of await inOrder(context, flow, alternatives)) {
    const outcome = await runExecution(context, step)
    if (outcome.kind !== 'failed') return outcome
    failure = outcome
  }
  return failure
}

/**
 * Whether an execution has to succeed. A conditional sub-flow whose conditions do not hold is as good as not there; they are asked when
 * its turn comes, since what stands before it says who the user is.
 */
const isRequired = async (context: LoginContext, step: FlowExecution): Promise<boolean> =>
  step.requirement === 'REQUIRED' || (step.requirement === 'CONDITIONAL' && (await applies(context, step)))

/** Conditions are asked once in a login (reference behaviour): a sub-flow that has begun goes on, one that was left out stays so. */
async function applies(context: LoginContext, { id, flowAlias }: FlowExecution): Promise<boolean> {
  const { session, authentication } = context
  const known = session.executions[id]
  if (known !== undefined) return known !== 'SKIPPED'
  const flow = flowAlias === undefined ? undefined : authentication.flow(flowAlias)
  const holds = flow !== undefined && (await conditionsHold(context, flow))
  session.executions[id] = holds ? 'CHALLENGED' : 'SKIPPED'
  return holds
}

const conditionOf = ({ authenticator }: FlowExecution): Authenticator['condition'] =>
  authenticator === undefined ? undefined : findAuthenticator(authenticator)?.condition

async function runExecution(context: LoginContext, execution: FlowExecution): Promise<FlowOutcome> {
  const status = context.session.executions[execution.id]
  if (isOver(status)) return done
  if (execution.flowAlias !== undefined) return runSubFlow(context, execution, execution.flowAlias)
  if (status === 'ATTEMPTED' || status === 'FAILED') return { kind: 'failed', error: 'invalid_user_credentials' }
  const authenticator = findAuthenticator(execution.authenticator ?? '')
  // A flow that names something unknown must not let anybody in by leaving it out.
  if (authenticator === undefined) return { kind: 'failed', error: 'authenticator_not_found' }
  return startExecution(context, execution, authenticator)
}

async function runSubFlow(context: LoginContext, execution: FlowExecution, alias: string): Promise<FlowOutcome> {
  const flow = context.authentication.flow(alias)
  if (flow === undefined) return { kind: 'failed', error: 'authentication_flow_not_found' }
  if (flow.providerId === 'form-flow') return runFormFlow(context, execution)
  const outcome = await runFlow(context, flow)
  if (outcome.kind === 'success') {
    context.session.executions[execution.id] = 'SUCCESS'
    if (execution.requirement === 'CONDITIONAL') await tellConditions(context, flow)
  }
  return outcome
}

/** A form-flow is drawn and checked as one page by the authenticator that stands beside it in the execution. */
async function runFormFlow(context: LoginContext, execution: FlowExecution): Promise<FlowOutcome> {
  const authenticator = findAuthenticator(execution.authenticator ?? 'registration-page-form')
  if (authenticator === undefined) return { kind: 'failed', error: 'authenticator_not_found' }
  return startExecution(context, execution, authenticator)
}

/** All conditions of a sub-flow hold. One without conditions never applies. */
async function conditionsHold(context: LoginContext, flow: AuthenticationFlow): Promise<boolean> {
  const enabled = flow.executions.filter((step) => step.requirement !== 'DISABLED')
  // What is unknown may be a condition: the sub-flow then counts, and fails, instead of being left out.
  if (enabled.some(({ authenticator }) => authenticator !== undefined && findAuthenticator(authenticator) === undefined)) return true
  const conditions = enabled.filter((step) => conditionOf(step) !== undefined)
  if (conditions.length === 0) return false
  for (const step of conditions) {
    const holds = (await conditionOf(step)?.(stepOf(context, step, () => isConfigured(context, flow)))) === true
    context.session.executions[step.id] = holds ? 'EVALUATED_TRUE' : 'EVALUATED_FALSE'
    if (!holds) return false
  }
  return true
}

async function tellConditions(context: LoginContext, flow: AuthenticationFlow): Promise<void> {
  for (const step of flow.executions.filter((candidate) => candidate.requirement !== 'DISABLED')) {
    await findAuthenticator(step.authenticator ?? '')?.subFlowSucceeded?.(stepOf(context, step))
  }
}

/** The user has set up what a flow needs: all of its REQUIRED executions, or else one of its ALTERNATIVE ones. */
async function isConfigured(context: LoginContext, flow: AuthenticationFlow, depth = 0): Promise<boolean> {
  const steps = flow.executions.filter((step) => conditionOf(step) === undefined)
  const required = steps.filter((step) => step.requirement === 'REQUIRED')
  const alternatives = steps.filter((step) => step.requirement === 'ALTERNATIVE')
  const configured = async (step: FlowExecution): Promise<boolean> => {
    const inner = step.flowAlias === undefined ? undefined : context.authentication.flow(step.flowAlias)
    if (inner) return depth < depthMax && isConfigured(context, inner, depth + 1)
    const authenticator = findAuthenticator(step.authenticator ?? '')
    if (authenticator === undefined) return false
    return authenticator.configuredFor === undefined || authenticator.configuredFor(stepOf(context, step))
  }
  if (required.length > 0) return (await Promise.all(required.map(configured))).every(Boolean)
  return (await Promise.all(alternatives.map(configured))).some(Boolean)
}

async function startExecution(context: LoginContext, execution: FlowExecution, authenticator: Authenticator): Promise<FlowOutcome> {
  const { session } = context
  const step = stepOf(context, execution)
  if (authenticator.needsUser) {
    if ((await context.user()) === undefined) return { kind: 'failed', error: 'user_not_found' }
    if (authenticator.configuredFor && !(await authenticator.configuredFor(step))) return setUp(context, execution, authenticator)
  }
  return settle(context, execution, await authenticator.start(step).then((result) => noteChallenge(session.executions, execution, result)))
}

/** The user has not set up what a REQUIRED execution needs: that becomes the first thing to do after the login. */
function setUp({ session }: LoginContext, execution: FlowExecution, { setupAction }: Authenticator): FlowOutcome {
  if (execution.requirement !== 'REQUIRED') {
    session.executions[execution.id] = 'SKIPPED'
    return { kind: 'failed', error: 'credential_setup_required' }
  }
  if (setupAction === undefined) return { kind: 'failed', error: 'credential_setup_required' }
  session.executions[execution.id] = 'SETUP_REQUIRED'
  if (!session.requiredActions.includes(setupAction)) session.requiredActions.push(setupAction)
  return done
}

function noteChallenge(executions: Record<string, ExecutionStatus>, execution: FlowExecution, result: StepResult): StepResult {
  if (result.kind === 'challenge' || result.kind === 'redirect') executions[execution.id] = 'CHALLENGED'
  return result
}

/** Writes down what an execution came to. */
function settle({ session, services }: LoginContext, execution: FlowExecution, result: StepResult): FlowOutcome {
  switch (result.kind) {
    case 'success':
      session.executions[execution.id] = 'SUCCESS'
      noteCompleted(session.sessionNotes, execution, nowSeconds(services.clock))
      return done
    case 'attempted':
      session.executions[execution.id] = 'ATTEMPTED'
      return { kind: 'failed', error: 'invalid_user_credentials' }
    case 'failure':
      session.executions[execution.id] = 'FAILED'
      return result.page === undefined
        ? { kind: 'failed', error: result.error, oauth: result.oauth }
        : { kind: 'waiting', execution, result }
    default:
      return { kind: 'waiting', execution, result }
  }
}

/** Hands what a page sent to the execution that showed it. Undefined when the flow has no such execution. */
export async function submitExecution(
  context: LoginContext,
  flow: AuthenticationFlow,
  executionId: string,
  form: Form,
): Promise<FlowOutcome | undefined> {
  const execution = findExecution(context, flow, executionId)
  if (execution === undefined) return undefined
  const authenticator = findAuthenticator(execution.authenticator ?? (execution.flowAlias === undefined ? '' : 'registration-page-form'))
  if (authenticator?.submit === undefined) return undefined
  if (authenticator.needsUser && (await context.user()) === undefined) return undefined
  const result = await authenticator.submit(stepOf(context, execution), form)
  return settle(context, execution, noteChallenge(context.session.executions, execution, result))
}

function findExecution(context: LoginContext, flow: AuthenticationFlow, id: string, depth = 0): FlowExecution | undefined {
  for (const execution of flow.executions) {
    if (execution.id === id) return execution
    const inner = execution.flowAlias === undefined ? undefined : context.authentication.flow(execution.flowAlias)
    const found = inner && depth < depthMax ? findExecution(context, inner, id, depth + 1) : undefined
    if (found) return found
  }
  return undefined
}
