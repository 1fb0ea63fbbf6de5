import type { HttpResponse } from '../http/values.ts'
import { users } from '../storage/users.ts'
import { endOfActionToken } from './action-token-end.ts'
import { challenge, failTo, isSilent, redirect, reportFailure, save, showPage } from './answers.ts'
import { askedActionOf } from './asked-action.ts'
import { reportAction } from './audit.ts'
import { askConsent, consentAction } from './consent.ts'
import { type LoginContext, loginActionsUrl, stepOf } from './context.ts'
import { finishLogin } from './finish.ts'
import { kcActionNote, kcActionStatusNote } from './notes.ts'
import type { ActionResult, RequiredAction } from './required-action.ts'
import { findRequiredAction, requiredActions } from './required-actions/index.ts'

/**
 * After the flow: what the user owes is done action by action, then consent is asked for, then the login ends. Each has an address of
 * its own, so that the browser's back button and a reload do no harm.
 */
export async function completeLogin(context: LoginContext): Promise<HttpResponse> {
  await addDueActions(context)
  const next = await nextAction(context)
  if (next === undefined) return (await endOfActionToken(context)) ?? finishLogin(context)
  if (isSilent(context)) return failTo(context, 'interaction_required')
  context.session.current = next
  return (await save(context)) ?? redirect(loginActionsUrl(context, 'required-action', { execution: next }))
}

/** Whether the user has something to do before a login may end, as far as a request without a browser can tell. */
export async function owesActions(context: LoginContext): Promise<boolean> {
  await addDueActions(context)
  return context.session.requiredActions.length > 0 || ((await context.facts())?.requiredActions.length ?? 0) > 0
}

/** Actions that nobody asked for but that are due: an expired password, an incomplete profile. */
async function addDueActions(context: LoginContext): Promise<void> {
  const { session, authentication } = context
  const enabled = new Set(authentication.requiredActions.filter((action) => action.enabled).map((action) => action.alias))
  for (const action of requiredActions) {
    if (action.isDue === undefined || !enabled.has(action.alias) || session.requiredActions.includes(action.alias)) continue
    if (await action.isDue(stepFor(context, action.alias))) session.requiredActions.push(action.alias)
  }
}

const stepFor = (context: LoginContext, alias: string) =>
  stepOf(context, { id: alias, config: context.authentication.requiredActions.find((action) => action.alias === alias)?.config ?? {} })

/** The alias of what is to be done next; undefined when nothing is left. */
async function nextAction(context: LoginContext): Promise<string | undefined> {
  const { session, authentication, services } = context
  const own = session.userId === undefined ? [] : await users(services.database).requiredActions(session.userId)
  const owed = new Set([...session.requiredActions, ...own.map(({ action }) => action)])
  const due = authentication.requiredActions.find((action) => action.enabled && owed.has(action.alias) && findRequiredAction(action.alias))
  if (due) return due.alias
  return askedAction(context) ?? ((await askConsent(context)) ? consentAction : undefined)
}

/** The action that the application asked for (kc_action), once. */
function askedAction({ session, authentication }: LoginContext): string | undefined {
  const asked = askedActionOf(session)
  if (asked === undefined || session.notes[kcActionStatusNote] !== undefined) return undefined
  const action = findRequiredAction(asked)
  const enabled = authentication.requiredActions.some((settings) => settings.alias === asked && settings.enabled)
  if (action === undefined || !enabled || !action.applicationMayAsk) {
    session.notes[kcActionStatusNote] = 'error'
    return undefined
  }
  session.notes[kcActionNote] = asked
  return asked
}

/** Shows the current action, or goes on when it has nothing to ask. */
export async function showAction(context: LoginContext): Promise<HttpResponse> {
  const next = await nextAction(context)
  if (next === undefined) return completeLogin(context)
  if (next === consentAction) return askConsentPage(context)
  const action = findRequiredAction(next)
  if (action === undefined) return completeLogin(context)
  return settleAction(context, action, await action.start(stepFor(context, next)))
}

async function askConsentPage(context: LoginContext): Promise<HttpResponse> {
  const page = await askConsent(context)
  return page === undefined ? completeLogin(context) : challenge(context, consentAction, page)
}

/** Hands a form to the action that showed it. */
export async function submitAction(
  context: LoginContext,
  action: RequiredAction,
  form: Parameters<RequiredAction['submit']>[1],
): Promise<HttpResponse> {
  return settleAction(context, action, await action.submit(stepFor(context, action.alias), form))
}

async function settleAction(context: LoginContext, action: RequiredAction, result: ActionResult): Promise<HttpResponse> {
  const { session, services } = context
  const wasAskedFor = session.notes[kcActionNote] === action.alias
  switch (result.kind) {
    case 'challenge':
      return challenge(context, action.alias, result.page)
    case 'done':
      await removeAction(context, action.alias)
      context.readAgain()
      if (wasAskedFor) session.notes[kcActionStatusNote] = 'success'
      return completeLogin(context)
    case 'cancelled':
      if (!wasAskedFor) return showAction(context)
      session.notes[kcActionStatusNote] = 'cancelled'
      reportAction(stepFor(context, action.alias), 'CUSTOM_REQUIRED_ACTION', { error: 'rejected_by_user' })
      session.requiredActions = session.requiredActions.filter((alias) => alias !== action.alias)
      return completeLogin(context)
    case 'failure':
      if (wasAskedFor) session.notes[kcActionStatusNote] = 'error'
      if (result.description === undefined) reportFailure(context, result.error)
      return failTo(context, 'access_denied', result.description)
    case 'end':
      await services.authenticationSessions.take(session)
      return showPage(context, result.page)
  }
}

async function removeAction({ session, services }: LoginContext, alias: string): Promise<void> {
  session.requiredActions = session.requiredActions.filter((known) => known !== alias)
  if (session.userId !== undefined) await users(services.database).removeRequiredAction(session.userId, alias)
}
