import type { CredentialRow } from '../../storage/credentials.ts'
import { credentials } from '../../storage/credentials.ts'
import { reportCredential } from '../audit.ts'
import type { Authenticator } from '../authenticator.ts'
import { resetOtpPage } from '../pages/login-reset-otp.ts'
import type { Problem } from '../pages/page.ts'
import type { Step, StepResult } from '../step.ts'

const flag = 'action_on_otp_reset_flag'

const devicesOf = async (step: Step): Promise<CredentialRow[]> => (await step.credentials()).filter(({ type }) => type === 'otp')

/** Leads to a new device. */
function setUpNext({ session }: Step): StepResult {
  if (!session.requiredActions.includes('CONFIGURE_TOTP')) session.requiredActions.push('CONFIGURE_TOTP')
  return { kind: 'success' }
}

async function remove(step: Step, devices: readonly CredentialRow[]): Promise<void> {
  for (const device of devices) {
    await credentials(step.services.database).remove(device.user_id, device.id)
    reportCredential(step, 'REMOVE', 'otp', {
      details: { credential_id: device.id, credential_user_label: device.user_label ?? undefined },
    })
  }
}

async function ask(step: Step, error?: Problem): Promise<StepResult> {
  const devices = (await devicesOf(step)).map(({ id, user_label }) => ({ id, label: user_label ?? undefined }))
  return { kind: 'challenge', page: resetOtpPage({ actionUrl: step.actionUrl, devices, error }) }
}

/** In the reset flow: the user, who has proved the e-mail, gets new one-time passwords; the realm says what becomes of the old ones. */
export const resetOtp: Authenticator = {
  id: 'reset-otp',
  label: 'Reset OTP',
  help: "Removes existing OTP configurations (if chosen) and sets the 'Configure OTP' required action.",
  category: 'otp',
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [
    {
      name: flag,
      label: 'Action on OTP reset.',
      helpText:
        'Remove none: all devices of the user stay. Remove one: the user chooses one, which is removed. Remove all: none stays. The user sets up a new one in any case.',
      type: 'List',
      defaultValue: 'Remove none',
      options: ['Remove none', 'Remove one', 'Remove all'],
      secret: false,
      required: false,
      readOnly: false,
    },
  ],
  needsUser: true,
  configuredFor: async (step) => (await devicesOf(step)).length > 0,
  async start(step): Promise<StepResult> {
    if (step.config[flag] === 'Remove one') return ask(step)
    if (step.config[flag] === 'Remove all') await remove(step, await devicesOf(step))
    return setUpNext(step)
  },
  async submit(step, form): Promise<StepResult> {
    const chosen = (await devicesOf(step)).filter(({ id }) => id === form.get('selectedCredentialId'))
    if (chosen.length === 0) return ask(step, 'error-reset-otp-missing-id')
    await remove(step, chosen)
    return setUpNext(step)
  },
}
