import type { HttpResponse } from '../http/values.ts'
import { showPage } from './answers.ts'
import { currentPath, type LoginContext, loginActionsUrl } from './context.ts'
import { pageExpiredPage } from './pages/login-page-expired.ts'

/** A form of an earlier step, or a login that another tab has finished: begin again, or go on where it stands. */
export function expiredPage(context: LoginContext): Promise<HttpResponse> {
  const { session } = context
  return showPage(
    context,
    pageExpiredPage({
      restartUrl: loginActionsUrl(context, 'restart'),
      continueUrl: loginActionsUrl(context, currentPath(session), session.current === undefined ? {} : { execution: session.current }),
    }),
  )
}
