import type { Authenticator } from '../authenticator.ts'
import { passwordPage } from '../pages/login-password.ts'
import type { PageContent } from '../pages/page.ts'
import type { Step, StepResult } from '../step.ts'
import { noteCredential, usedCredentials } from '../used-credentials.ts'
import { acceptPasskey, passkeysOf } from '../webauthn/passkeys.ts'
import { busy, limitedText, refuse, tooManyLogins } from './password-check.ts'

/** The second of two pages: the password of a user who is known. */
export const authPasswordForm: Authenticator = {
  id: 'auth-password-form',
  label: 'Password Form',
  help: 'Validates a password from login form.',
  category: 'password',
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  credentialType: 'password',
  properties: [],
  needsUser: true,
  configuredFor: async (step) => (await step.credentials()).some((credential) => credential.type === 'password'),
  async start(step): Promise<StepResult> {
    // Who showed a passkey where the name is asked for has proved more than a password.
    if (usedCredentials(step).has('webauthn-passwordless')) return { kind: 'success' }
    return { kind: 'challenge', page: await page(step) }
  },
  async submit(step, form): Promise<StepResult> {
    const passkey = await acceptPasskey(step, form)
    if (passkey?.kind === 'accepted') return { kind: 'success' }
    if (passkey) return { kind: 'challenge', page: await page(step, passkey.messageKey), error: passkey.event }
    const user = await step.user()
    const password = limitedText(form.get('password'))
    const right = await step.services.users
      .verifyPassword(step.realm, await step.credentials(), password, step.request.isWanted)
      .catch(tooManyLogins)
    const refused = right === 'busy' ? busy : await refuse(step, user, right)
    if (!refused) {
      noteCredential(step, 'password')
      return { kind: 'success' }
    }
    const key = refused.messageKey === 'invalidUserMessage' ? 'invalidPasswordMessage' : refused.messageKey
    return { kind: 'challenge', page: await page(step, key), error: refused.event }
  },
}

async function page(step: Step, error?: string): Promise<PageContent> {
  const user = await step.user()
  return passwordPage({
    actionUrl: step.actionUrl,
    username: user?.username ?? '',
    passkeys: await passkeysOf(step),
    restartUrl: step.link('restart'),
    ...(step.realm.settings.resetPasswordAllowed ? { forgotUrl: step.link('reset-credentials') } : {}),
    ...(error === undefined ? {} : { error }),
  })
}
