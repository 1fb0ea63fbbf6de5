import { randomSessionId } from '../crypto/random.ts'
import type { Form } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import type { AuthenticationFlow, FlowExecution } from '../realm/model.ts'
import { insistedLevelIsReached, levelMaxAges } from './acr.ts'
import { challenge, failTo, isSilent, refusedPage, reportFailure, save, showPage } from './answers.ts'
import { completeLogin } from './complete.ts'
import { type LoginContext, stepOf } from './context.ts'
import { type FlowOutcome, runFlow, submitExecution } from './flow.ts'
import { choose, wayOf, waysToLogIn } from './other-ways.ts'
import type { PageContent } from './pages/page.ts'
import { selectAuthenticatorPage } from './pages/select-authenticator.ts'
import { topFlow } from './top-flow.ts'

/** Makes forms that were drawn before void: the code in their address is not the session's any more. */
export const renewCode = ({ session, services }: LoginContext): void => {
  session.code = randomSessionId(services.random)
}

const flowOf = ({ realm, client, session, authentication }: LoginContext): AuthenticationFlow | undefined =>
  topFlow(authentication, realm, client, session.flowPath)

/** Goes on with a login as far as it can without asking, and answers with what comes then. */
export async function advance(context: LoginContext): Promise<HttpResponse> {
  renewCode(context)
  const flow = flowOf(context)
  if (flow === undefined) return fail(context, 'authentication_flow_not_found')
  return settle(context, await runFlow(context, flow))
}

/** Hands a form to the execution that it belongs to, then goes on. Undefined when the flow has no such execution. */
export async function submitStep(context: LoginContext, execution: string, form: Form): Promise<HttpResponse | undefined> {
  renewCode(context)
  const flow = flowOf(context)
  if (flow === undefined) return undefined
  if (form.get('tryAnotherWay') !== undefined) return showWays(context, flow, execution)
  const chosen = form.get('authenticationExecution')
  if (chosen) return takeWay(context, flow, execution, chosen)
  const outcome = await submitExecution(context, flow, execution, form)
  if (outcome === undefined) return undefined
  // An execution that has only looked at the form leaves the login to those behind it.
  const goesOn = outcome.kind === 'success' || context.session.executions[execution] === 'ATTEMPTED'
  return settle(context, goesOn ? await runFlow(context, flow) : outcome)
}

/** "Try Another Way": the ways in which the user may go on instead. */
async function showWays(context: LoginContext, flow: AuthenticationFlow, execution: string): Promise<HttpResponse> {
  const ways = await waysToLogIn(context, flow, execution)
  const { actionUrl, link } = stepOf(context, { id: execution, config: {} })
  const content = selectAuthenticatorPage({ actionUrl, ways: ways.map(wayOf) })
  const user = await context.user()
  const page = user ? { ...content, attempted: { username: user.username, restartUrl: link('restart') } } : content
  return challenge(context, execution, page)
}

/** Goes on by the way that was chosen, if it is one of those that were offered. */
async function takeWay(context: LoginContext, flow: AuthenticationFlow, execution: string, id: string): Promise<HttpResponse | undefined> {
  if (!(await waysToLogIn(context, flow, execution)).some((way) => way.id === id)) return undefined
  choose(context, id)
  return settle(context, await runFlow(context, flow))
}

/** The page of an execution with the button that leads to other ways, where there are any. */
async function withOtherWays(context: LoginContext, { id }: FlowExecution, page: PageContent): Promise<PageContent> {
  const flow = flowOf(context)
  if (flow === undefined || (await waysToLogIn(context, flow, id)).length < 2) return page
  return { ...page, tryAnotherWayUrl: stepOf(context, { id, config: {} }).actionUrl }
}

async function settle(context: LoginContext, outcome: FlowOutcome): Promise<HttpResponse> {
  const { session } = context
  if (outcome.kind === 'success') {
    // A flow that asked nobody who he is has let nobody in.
    if (session.userId === undefined) return fail(context, 'invalid_user_credentials')
    if (!insistedLevelIsReached(context, levelMaxAges(context.authentication, flowOf(context)))) return fail(context, 'acr_not_fulfilled')
    session.stage = 'required-actions'
    return completeLogin(context)
  }
  if (outcome.kind === 'failed') return fail(context, outcome.error)
  const { execution, result } = outcome
  switch (result.kind) {
    case 'challenge':
      if (result.error !== undefined) reportFailure(context, result.error, result.userId)
      return challenge(context, execution.id, await withOtherWays(context, execution, result.page))
    case 'failure':
      reportFailure(context, result.error)
      return challenge(context, execution.id, result.page ?? refusedPage(result.error))
    case 'redirect':
      session.current = execution.id
      return (await save(context)) ?? result.response
  }
}

async function fail(context: LoginContext, error: string): Promise<HttpResponse> {
  if (isSilent(context)) return failTo(context, 'login_required')
  reportFailure(context, error)
  return showPage(context, refusedPage(error))
}
