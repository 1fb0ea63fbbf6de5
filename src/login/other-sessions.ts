import { logoutSession } from '../sessions/logout.ts'
import { sessionRows } from '../storage/sessions.ts'
import { report } from './audit.ts'
import { ssoNote } from './notes.ts'
import type { Step } from './step.ts'

/** Ends all sessions of the user but the one that this login came with: what "Sign out from other devices" asks for. */
export async function endOtherSessions(step: Step): Promise<void> {
  const { services, realm, session, request } = step
  if (session.userId === undefined) return
  for (const { id } of await sessionRows(services.database).ofUser(realm.id, session.userId, false)) {
    if (id === session.notes[ssoNote]) continue
    if (await logoutSession(services, realm, { id, offline: false }, request.baseUrl)) {
      report(step, 'LOGOUT', { details: { logout_triggered_by_required_action: step.execution, session_id: id } })
    }
  }
}
