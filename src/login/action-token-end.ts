import type { HttpResponse } from '../http/values.ts'
import { spendActionToken } from './action-tokens.ts'
import { reportFailure, showPage } from './answers.ts'
import { clientUrl } from './client-url.ts'
import type { LoginContext } from './context.ts'
import { actionTokenNote, endAfterActionsNote } from './notes.ts'
import { errorContent } from './pages/error.ts'
import { webAddress } from './pages/form.ts'
import { infoPage } from './pages/info.ts'
import type { PageContent } from './pages/page.ts'
import type { Step } from './step.ts'

/** Note: where the administrator who sent the link wants the user to go on. */
export const actionRedirectNote = 'ACTION_TOKEN_REDIRECT_URI'

/** The link was used already. */
export const expiredActionPage: PageContent = errorContent({ message: { key: 'expiredActionMessage' } })

/**
 * Uses up the action token that began this login, if one did. False when another login used it first: then nothing may be changed any
 * more in its name.
 */
export async function spendNotedToken({ session, realm, services }: Pick<Step, 'session' | 'realm' | 'services'>): Promise<boolean> {
  const tokenId = session.notes[actionTokenNote]
  if (tokenId === undefined) return true
  delete session.notes[actionTokenNote]
  return spendActionToken({ realm, sql: services.database, clock: services.clock }, tokenId)
}

/**
 * What comes when nothing is left to do in a login that a link of an e-mail began: its token is used up, and unless it went on with the
 * tab in which it was asked for, the user is told that it is done and is not logged in. Undefined: the login ends as every other.
 */
export async function endOfActionToken(context: LoginContext): Promise<HttpResponse | undefined> {
  const { session, services } = context
  const isSpent = await spendNotedToken(context)
  if (isSpent && session.notes[endAfterActionsNote] === undefined) return undefined
  await services.authenticationSessions.take(session)
  if (!isSpent) {
    reportFailure(context, 'expired_code')
    return showPage(context, expiredActionPage)
  }
  const linkUrl = webAddress(session.notes[actionRedirectNote]) ?? clientUrl(context)
  return showPage(context, infoPage({ title: 'accountUpdatedTitle', message: { key: 'accountUpdatedMessage' }, linkUrl }))
}
