import type { Authenticator } from '../authenticator.ts'
import type { StepResult } from '../step.ts'

/** In the reset flow: the user, who has proved the e-mail, sets a new password. */
export const resetPassword: Authenticator = {
  id: 'reset-password',
  label: 'Reset Password',
  help: 'Sets the Update Password required action if execution is REQUIRED.  Will also set it if execution is OPTIONAL and the password is currently configured for it.',
  category: 'password',
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [],
  needsUser: true,
  async start({ session }): Promise<StepResult> {
    if (!session.requiredActions.includes('UPDATE_PASSWORD')) session.requiredActions.push('UPDATE_PASSWORD')
    return { kind: 'success' }
  },
}
