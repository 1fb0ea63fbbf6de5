import { withCookies } from '../http/cookies.ts'
import type { HttpResponse } from '../http/values.ts'
import type { AuthenticationSession } from '../sessions/authentication-session.ts'
import { userChanges } from '../storage/user-changes.ts'
import { users } from '../storage/users.ts'
import { updateUser } from '../users/accounts.ts'
import { accountParts } from './account-parts.ts'
import { actionTokenUrl, loginIdOf } from './action-links.ts'
import { actionRedirectNote } from './action-token-end.ts'
import {
  type ActionTokenHandler,
  type ActionTokenOpening,
  errorAnswer,
  newTab,
  openTab,
  reportToken,
  showPage,
} from './action-token-opening.ts'
import { type ActionToken, type ActionTokenType, signActionToken, spendActionToken } from './action-tokens.ts'
import { advance } from './advance.ts'
import { clientUrl } from './client-url.ts'
import { completeLogin } from './complete.ts'
import { loginContext } from './context.ts'
import { rootIdCookie } from './cookies.ts'
import { organizationInvitation } from './invitation-link.ts'
import { actionTokenNote, actionTokenUserNote, endAfterActionsNote } from './notes.ts'
import { infoPage } from './pages/info.ts'
import { pendingEmailAttribute } from './required-actions/update-email.ts'

const contextOf = ({ realm, client, request, services }: ActionTokenOpening, session: AuthenticationSession) =>
  loginContext({ realm, client, session, request, services })

/** The token for the tab that was opened in this browser: the next click must come from it. */
async function proceedUrl(opening: ActionTokenOpening, tab: AuthenticationSession, changes: Partial<ActionToken> = {}): Promise<string> {
  const { realm, request, services, client, token } = opening
  const parts = { realm, clock: services.clock, baseUrl: request.baseUrl }
  const own = { session: tab, client }
  return actionTokenUrl(opening, await signActionToken(parts, { ...token, ...changes, loginId: loginIdOf(own) }), own)
}

async function markVerified({ realm, services, user }: ActionTokenOpening): Promise<void> {
  await services.database.transaction(async (tx) => {
    await userChanges(tx).setEmailVerified(realm.id, user.id, true)
    await users(tx).removeRequiredAction(user.id, 'VERIFY_EMAIL')
  })
}

/**
 * In the tab that asked for it the login goes on. Elsewhere the user is asked first, because mail scanners open links, and is told
 * that it is done.
 */
const verifyEmail: ActionTokenHandler = {
  event: 'VERIFY_EMAIL',
  staleMessage: 'staleEmailVerificationLink',
  needsOwnBrowser: false,
  async beforeUse(opening) {
    const { user, token } = opening
    if (user.email_verified !== 1 || token.email !== user.email) return undefined
    reportToken(opening, 'VERIFY_EMAIL', token, { error: 'email_already_verified', details: { email: user.email ?? undefined } })
    const message = { key: 'emailVerifiedAlreadyMessage' }
    return showPage(opening, infoPage({ title: 'emailVerifiedAlreadyMessageHeader', message, linkUrl: clientUrl(opening) }))
  },
  async open(opening) {
    const { realm, services, token, user } = opening
    const tab = await openTab(opening, token.loginId)
    const isLogin = tab !== undefined && token.originalLoginId === undefined && tab.userId === user.id
    if (!isLogin && (tab === undefined || token.originalLoginId === undefined)) return confirmEmail(opening)
    await markVerified(opening)
    await spendActionToken({ realm, sql: services.database, clock: services.clock }, token.id)
    reportToken(opening, 'VERIFY_EMAIL', token, { details: { email: user.email ?? undefined, username: user.username } })
    if (isLogin) {
      tab.requiredActions = tab.requiredActions.filter((alias) => alias !== 'VERIFY_EMAIL')
      return completeLogin(await contextOf(opening, tab))
    }
    await services.authenticationSessions.take(tab)
    const message = { key: 'emailVerifiedMessage' }
    return showPage(opening, infoPage({ title: 'emailVerifiedMessageHeader', message, linkUrl: clientUrl(opening) }))
  },
}

async function confirmEmail(opening: ActionTokenOpening): Promise<HttpResponse> {
  const { token, user } = opening
  const tab = await newTab(opening)
  const linkUrl = await proceedUrl(opening, tab, { originalLoginId: token.loginId ?? loginIdOf({ session: tab, client: opening.client }) })
  const message = { key: 'confirmEmailAddressVerification', values: [user.email ?? ''] }
  const page = infoPage({ title: 'confirmEmailAddressVerificationHeader', message, linkUrl, linkText: 'proceedWithAction' })
  return showPage(opening, page, tab)
}

/** Goes on with the reset flow: it finds the user known and asks for what it is there for. */
const resetCredentials: ActionTokenHandler = {
  event: 'RESET_PASSWORD',
  staleMessage: 'invalidEmailMessage',
  needsOwnBrowser: true,
  async beforeUse(opening) {
    if (opening.realm.settings.resetPasswordAllowed) return undefined
    const key = 'resetCredentialNotAllowedMessage'
    reportToken(opening, 'RESET_PASSWORD', opening.token, { error: 'not_allowed', reason: key })
    return errorAnswer(opening, key)
  },
  async open(opening) {
    const { realm, request, token, user } = opening
    const own = await openTab(opening, token.loginId)
    const tab = own ?? (await newTab(opening))
    if (own === undefined) tab.notes[endAfterActionsNote] = 'true'
    tab.flowPath = 'reset-credentials'
    tab.stage = 'authenticate'
    tab.executions = {}
    tab.requiredActions = []
    tab.notes[actionTokenNote] = token.id
    tab.notes[actionTokenUserNote] = user.id
    const context = await contextOf(opening, tab)
    context.identify(user)
    return withCookies(await advance(context), [rootIdCookie(request, realm, tab.rootId)])
  },
}

/** An administrator's link: first what will be asked for, then, on a click, the actions themselves. */
const executeActions: ActionTokenHandler = {
  event: 'EXECUTE_ACTIONS',
  staleMessage: 'invalidEmailMessage',
  needsOwnBrowser: true,
  async open(opening) {
    const { token, user } = opening
    const tab = await openTab(opening, token.loginId)
    if (tab === undefined) return showActions(opening)
    tab.stage = 'required-actions'
    tab.notes[actionTokenNote] = token.id
    tab.notes[endAfterActionsNote] = 'true'
    if (token.redirectUri !== undefined) tab.notes[actionRedirectNote] = token.redirectUri
    tab.requiredActions = token.requiredActions.filter((alias) => alias !== 'VERIFY_EMAIL')
    // Who opens the link has proved the address by it, whatever the actions are.
    if (user.email_verified !== 1) await markVerified(opening)
    const context = await contextOf(opening, tab)
    context.identify({ ...user, email_verified: 1 })
    return completeLogin(context)
  },
}

async function showActions(opening: ActionTokenOpening): Promise<HttpResponse> {
  const tab = await newTab(opening)
  const page = infoPage({
    message: { key: 'confirmExecutionOfActions' },
    items: opening.token.requiredActions.map((alias) => `requiredAction.${alias}`),
    linkUrl: await proceedUrl(opening, tab),
    linkText: 'proceedWithAction',
  })
  return showPage(opening, page, tab)
}

/** The new address is proved: now it becomes the user's. */
const updateEmail: ActionTokenHandler = {
  event: 'EXECUTE_ACTIONS',
  staleMessage: 'staleEmailVerificationLink',
  needsOwnBrowser: false,
  async beforeUse(opening) {
    const { token, user } = opening
    const isStale = token.newEmail === undefined || token.oldEmail !== (user.email ?? undefined)
    return isStale ? refuseEmail(opening, 'invalid_email', 'staleEmailVerificationLink') : undefined
  },
  async open(opening) {
    const { realm, services, token, user } = opening
    const { newEmail = '', oldEmail } = token
    if (!(await spendActionToken({ realm, sql: services.database, clock: services.clock }, token.id)))
      return refuseEmail(opening, 'expired_code', 'expiredActionMessage')
    const change = { context: 'admin', values: { email: [newEmail] }, emailVerified: true } as const
    const result = await updateUser(accountParts(services), realm, user, change)
    if (result.kind === 'refused')
      return refuseEmail(opening, 'email_in_use', result.taken === undefined ? 'invalidEmailMessage' : 'emailExistsMessage')
    await services.database.transaction(async (tx) => {
      await userChanges(tx).setAttribute(user.id, pendingEmailAttribute, [])
      for (const alias of ['UPDATE_EMAIL', 'VERIFY_EMAIL']) await users(tx).removeRequiredAction(user.id, alias)
    })
    reportToken(opening, 'UPDATE_EMAIL', token, { details: { previous_email: oldEmail, updated_email: newEmail } })
    const message = { key: 'emailUpdated', values: [newEmail] }
    return showPage(opening, infoPage({ title: 'emailUpdatedTitle', message, linkUrl: clientUrl(opening) }))
  },
}

function refuseEmail(opening: ActionTokenOpening, error: string, key: string): Promise<HttpResponse> {
  reportToken(opening, 'EXECUTE_ACTIONS', opening.token, { error, reason: key })
  return errorAnswer(opening, key)
}

export const actionTokenHandlers: Readonly<Record<ActionTokenType, ActionTokenHandler>> = {
  'verify-email': verifyEmail,
  'reset-credentials': resetCredentials,
  'execute-actions': executeActions,
  'update-email': updateEmail,
  ORGIVT: organizationInvitation,
}
