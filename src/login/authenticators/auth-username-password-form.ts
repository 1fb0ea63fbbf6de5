import type { Form } from '../../http/parameters.ts'
import type { UserRow } from '../../storage/users.ts'
import type { Authenticator } from '../authenticator.ts'
import { readRememberedName } from '../cookies.ts'
import { attemptedUsernameNote, identityFirstNote, reauthenticationNote, rememberMeNote } from '../notes.ts'
import { loginPage } from '../pages/login.ts'
import type { PageContent } from '../pages/page.ts'
import type { Step, StepResult } from '../step.ts'
import { noteCredential } from '../used-credentials.ts'
import { acceptPasskey, passkeysOf } from '../webauthn/passkeys.ts'
import { busy, limitedText, refuse, tooManyLogins } from './password-check.ts'

/** The login form. A user who is known already is asked for the password alone. */
export const authUsernamePasswordForm: Authenticator = {
  id: 'auth-username-password-form',
  label: 'Username Password Form',
  help: 'Validates a username and password from login form.',
  category: 'password',
  requirements: ['REQUIRED'],
  properties: [],
  needsUser: false,
  start: async (step) => ({ kind: 'challenge', page: await page(step) }),
  async submit(step, form): Promise<StepResult> {
    const passkey = await acceptPasskey(step, form)
    if (passkey?.kind === 'accepted') return { kind: 'success' }
    if (passkey) return { kind: 'challenge', page: await page(step, passkey.messageKey), error: passkey.event }
    const known = await step.user()
    const first = step.session.notes[identityFirstNote]
    const username = known?.username ?? first ?? limitedText(form.get('username')).trim()
    const password = limitedText(form.get('password'))
    step.details['username'] = username || undefined
    step.session.notes[attemptedUsernameNote] = username
    noteRememberMe(step, form)
    const user =
      known ?? (username === '' || first !== undefined ? undefined : await step.services.users.findForLogin(step.realm, username))
    if (known === undefined) step.identify(user ?? null)
    const right = await step.services.users
      .verifyPassword(step.realm, await step.credentials(), password, step.request.isWanted)
      .catch(tooManyLogins)
    const refused = right === 'busy' ? busy : await refuse(step, user, right)
    if (refused === undefined) {
      noteCredential(step, 'password')
      return { kind: 'success' }
    }
    if (known === undefined) step.identify(null)
    return { kind: 'challenge', page: await page(step, refused.messageKey), error: refused.event, userId: user?.id }
  },
}

function noteRememberMe({ realm, session, details }: Step, form: Form): void {
  const ticked = (realm.settings.rememberMe ?? false) && form.get('rememberMe') === 'on'
  if (ticked) session.notes[rememberMeNote] = 'true'
  else delete session.notes[rememberMeNote]
  if (ticked) details['remember_me'] = 'true'
}

async function page(step: Step, errorKey?: string): Promise<PageContent> {
  const { realm, session, request } = step
  const known: UserRow | undefined = await step.user()
  const remembered = realm.settings.rememberMe ? readRememberedName(request) : undefined
  const hint = session.notes[attemptedUsernameNote] ?? session.request['login_hint'] ?? remembered
  // Somebody who was named on a page before is asked for the password alone, whether there is such a user or not.
  const named = known?.username ?? session.notes[identityFirstNote]
  const again = session.notes[reauthenticationNote] === 'true'
  return loginPage({
    actionUrl: step.actionUrl,
    ...(named === undefined ? (hint === undefined ? {} : { username: hint }) : { username: named }),
    usernameHidden: named !== undefined,
    usernameEditable: named === undefined,
    passkeys: await passkeysOf(step),
    rememberMe: {
      allowed: (realm.settings.rememberMe ?? false) && named === undefined,
      checked: session.notes[rememberMeNote] === 'true' || (errorKey === undefined && remembered !== undefined),
    },
    ...(realm.settings.resetPasswordAllowed ? { forgotUrl: step.link('reset-credentials') } : {}),
    ...(realm.settings.registrationAllowed && named === undefined ? { registrationUrl: step.link('registration') } : {}),
    ...(named === undefined ? {} : { restartUrl: step.link('restart') }),
    ...(errorKey === undefined ? (again ? { message: { kind: 'info', key: 'reauthenticate' } } : {}) : { error: errorKey }),
  })
}
