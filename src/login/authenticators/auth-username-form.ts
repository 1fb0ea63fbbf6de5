import type { Authenticator } from '../authenticator.ts'
import { attemptedUsernameNote, rememberMeNote } from '../notes.ts'
import { usernamePage } from '../pages/login-username.ts'
import type { PageContent } from '../pages/page.ts'
import type { Step, StepResult } from '../step.ts'
import { acceptPasskey, passkeysOf } from '../webauthn/passkeys.ts'
import { limitedText } from './password-check.ts'

/** The first of two pages: who are you. An unknown name is told here, as the reference does; a switched-off user as an unknown one. */
export const authUsernameForm: Authenticator = {
  id: 'auth-username-form',
  label: 'Username Form',
  help: 'Selects a user from his username.',
  category: 'password',
  requirements: ['REQUIRED'],
  properties: [],
  needsUser: false,
  async start(step): Promise<StepResult> {
    if ((await step.user()) !== undefined) return { kind: 'success' }
    return { kind: 'challenge', page: await page(step) }
  },
  async submit(step, form): Promise<StepResult> {
    const passkey = await acceptPasskey(step, form)
    if (passkey?.kind === 'accepted') return { kind: 'success' }
    if (passkey) return { kind: 'challenge', page: await page(step, passkey.messageKey), error: passkey.event }
    const username = limitedText(form.get('username')).trim()
    step.details['username'] = username || undefined
    step.session.notes[attemptedUsernameNote] = username
    if (step.realm.settings.rememberMe && form.get('rememberMe') === 'on') step.session.notes[rememberMeNote] = 'true'
    const user = username === '' ? undefined : await step.services.users.findForLogin(step.realm, username)
    if (user === undefined || user.enabled !== 1) {
      const error = user === undefined ? 'user_not_found' : 'user_disabled'
      return { kind: 'challenge', page: await page(step, unknownKey(step)), error, userId: user?.id }
    }
    step.identify(user)
    return { kind: 'success' }
  },
}

const unknownKey = ({ realm }: Step): string =>
  (realm.settings.loginWithEmailAllowed ?? true) ? 'invalidUsernameOrEmailMessage' : 'invalidUsernameMessage'

async function page(step: Step, error?: string): Promise<PageContent> {
  const { realm, session } = step
  const username = session.notes[attemptedUsernameNote] ?? session.request['login_hint']
  return usernamePage({
    actionUrl: step.actionUrl,
    ...(username === undefined ? {} : { username }),
    usernameEditable: true,
    passkeys: await passkeysOf(step),
    rememberMe: { allowed: realm.settings.rememberMe ?? false, checked: session.notes[rememberMeNote] === 'true' },
    ...(realm.settings.registrationAllowed ? { registrationUrl: step.link('registration') } : {}),
    ...(error === undefined ? {} : { error }),
  })
}
