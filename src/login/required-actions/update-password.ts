import { HashQueueFull } from '../../crypto/hash-queue.ts'
import type { CredentialRow } from '../../storage/credentials.ts'
import type { UserRow } from '../../storage/users.ts'
import { checkPassword } from '../../users/password-policy/check-password.ts'
import { passwordExpired, passwordPolicyOf } from '../../users/password-policy/parse.ts'
import type { Violation } from '../../users/password-policy/policy.ts'
import { setPassword } from '../../users/passwords.ts'
import { accountParts } from '../account-parts.ts'
import { expiredActionPage, spendNotedToken } from '../action-token-end.ts'
import { reportCredential } from '../audit.ts'
import { actionTokenNote, endAfterActionsNote } from '../notes.ts'
import { endOtherSessions } from '../other-sessions.ts'
import { type UpdatePasswordPage, updatePasswordPage } from '../pages/login-update-password.ts'
import type { Message } from '../pages/page.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { isAskedFor, isCancelled, maxAuthAge } from './required-action-properties.ts'

const challenge = (step: Step, problems: Omit<UpdatePasswordPage, 'actionUrl' | 'cancellable'> = {}): ActionResult => ({
  kind: 'challenge',
  page: updatePasswordPage({ actionUrl: step.actionUrl, cancellable: isAskedFor(step), ...problems }),
})

/** Why it is asked. Who came by a link knows: the account needs no activation then. */
function reasonOf(step: Step): Message | undefined {
  if (isAskedFor(step)) return undefined
  const { notes, flowPath } = step.session
  const byLink = flowPath === 'reset-credentials' || notes[actionTokenNote] !== undefined || notes[endAfterActionsNote] !== undefined
  return { kind: 'warning', key: byLink ? 'resetPasswordMessage' : 'updatePasswordMessage' }
}

const refused = (step: Step, { key, values }: Violation): ActionResult => {
  reportCredential(step, 'UPDATE', 'password', { error: 'password_rejected', details: { reason: key } })
  return challenge(step, { message: { kind: 'error', key, values } })
}

const owner = (user: UserRow, credentials: readonly CredentialRow[]) => ({
  username: user.username,
  email: user.email ?? undefined,
  credentials,
})

/** A new password. */
export const updatePassword: RequiredAction = {
  alias: 'UPDATE_PASSWORD',
  label: 'Update Password',
  properties: [maxAuthAge],
  applicationMayAsk: true,
  maxAuthAgeSeconds: (realm) => passwordPolicyOf(realm).maxAuthAgeSeconds,
  async isDue(step) {
    if (passwordPolicyOf(step.realm).expiresAfterDays === undefined) return false
    const password = (await step.credentials()).find(({ type }) => type === 'password')
    return password !== undefined && passwordExpired(step.realm, password.created_at_ms, step.services.clock.now())
  },
  start: async (step) => challenge(step, { message: reasonOf(step) }),
  async submit(step, form): Promise<ActionResult> {
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    const password = form.get('password-new') ?? ''
    if (password === '') {
      reportCredential(step, 'UPDATE', 'password', { error: 'password_missing' })
      return challenge(step, { passwordProblem: 'missingPasswordMessage' })
    }
    if (password !== form.get('password-confirm')) {
      reportCredential(step, 'UPDATE', 'password', { error: 'password_confirm_error' })
      return challenge(step, { confirmProblem: 'notMatchPasswordMessage' })
    }
    try {
      return await store(step, password, form.get('logout-sessions') === 'on')
    } catch (error) {
      if (!(error instanceof HashQueueFull)) throw error
      return challenge(step, { message: { kind: 'error', key: 'internalServerError' } })
    }
  },
}

async function store(step: Step, password: string, endOthers: boolean): Promise<ActionResult> {
  const { realm, services } = step
  const user = await step.user()
  if (user === undefined) return { kind: 'failure', error: 'user_not_found' }
  const parts = accountParts(services)
  const violation = await checkPassword(parts, realm, owner(user, await step.credentials()), password)
  if (violation !== undefined) return refused(step, violation)
  // The link is used up by what it changes, before it does: of two browsers with one link one sets a password.
  if (step.session.flowPath === 'reset-credentials' && !(await spendNotedToken(step))) return { kind: 'end', page: expiredActionPage }
  const late = await setPassword(parts, realm, user, password)
  if (late !== undefined) return refused(step, late)
  if (endOthers) await endOtherSessions(step)
  reportCredential(step, 'UPDATE', 'password')
  return { kind: 'done' }
}
