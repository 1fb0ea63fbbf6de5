import type { Form } from '../../http/parameters.ts'
import { report } from '../audit.ts'
import type { Authenticator } from '../authenticator.ts'
import { actionTokenUserNote, attemptedUsernameNote } from '../notes.ts'
import { resetPasswordPage } from '../pages/login-reset-password.ts'
import type { Problem } from '../pages/page.ts'
import type { Step, StepResult } from '../step.ts'
import { limitedText } from './password-check.ts'

const challenge = (step: Step, error?: Problem): StepResult => ({
  kind: 'challenge',
  page: resetPasswordPage({
    actionUrl: step.actionUrl,
    loginUrl: step.link('authenticate'),
    username: step.session.notes[attemptedUsernameNote] ?? step.session.request['login_hint'],
    error,
  }),
})

/** Asks who has forgotten the password. Whoever is named, the flow goes on the same way: the answer must not tell who exists. */
export const resetCredentialsChooseUser: Authenticator = {
  id: 'reset-credentials-choose-user',
  label: 'Choose User',
  help: 'Choose a user to reset credentials for',
  category: undefined,
  requirements: ['REQUIRED'],
  properties: [],
  needsUser: false,
  async start(step): Promise<StepResult> {
    const user = await step.user()
    // The link of the e-mail says who.
    if (user !== undefined && step.session.notes[actionTokenUserNote] === user.id) return { kind: 'success' }
    return challenge(step)
  },
  async submit(step, form: Form): Promise<StepResult> {
    const { session, services, realm, details } = step
    const username = limitedText(form.get('username')).trim()
    if (username === '') {
      report(step, 'RESET_PASSWORD', { error: 'username_missing' })
      return challenge(step, 'missingUsernameMessage')
    }
    details['username'] = username
    session.notes[attemptedUsernameNote] = username
    const user = await services.users.findForLogin(realm, username)
    step.identify(user?.enabled === 1 ? user : null)
    if (user === undefined) report(step, 'RESET_PASSWORD', { error: 'user_not_found' })
    else if (user.enabled !== 1) report({ ...step, session: { ...session, userId: user.id } }, 'RESET_PASSWORD', { error: 'user_disabled' })
    return { kind: 'success' }
  },
}
