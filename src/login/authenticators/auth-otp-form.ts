import type { CredentialRow } from '../../storage/credentials.ts'
import { useOtp } from '../../users/credentials/use-otp.ts'
import type { Authenticator } from '../authenticator.ts'
import { otpPage } from '../pages/login-otp.ts'
import type { PageContent } from '../pages/page.ts'
import { refusalOf } from '../proof.ts'
import type { Step, StepResult } from '../step.ts'
import { noteCredential } from '../used-credentials.ts'

/** A code of an authenticator app or of a counter, of one of the user's devices. */
export const authOtpForm: Authenticator = {
  id: 'auth-otp-form',
  label: 'OTP Form',
  help: 'Validates a OTP on a separate OTP form.',
  category: 'otp',
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  credentialType: 'otp',
  properties: [],
  needsUser: true,
  setupAction: 'CONFIGURE_TOTP',
  configuredFor: async (step) => (await otpCredentials(step)).length > 0,
  start: async (step) => ({ kind: 'challenge', page: await page(step, {}) }),
  async submit(step, form): Promise<StepResult> {
    const code = form.get('otp')
    // A form without the field was not filled in: it came from another page of this login.
    if (code === undefined) return { kind: 'challenge', page: await page(step, {}) }
    const devices = await otpCredentials(step)
    const selectedId = form.get('selectedCredentialId') || undefined
    // The first device is the preferred one. An id that is not one of the user's selects nothing.
    const device = selectedId === undefined ? devices[0] : devices.find(({ id }) => id === selectedId)
    step.details['selected_credential_id'] = device?.id
    const { services, realm } = step
    const use = { sql: services.database, realm, nowMs: services.clock.now() }
    const right = device !== undefined && (await useOtp(use, device, code))
    const user = await step.user()
    const refused = user === undefined ? 'user_not_found' : await refusalOf(step, user, 'secondary', right)
    if (refused !== undefined) {
      const shown = await page(step, { selectedId: device?.id, error: 'invalidTotpMessage' })
      return { kind: 'challenge', page: shown, error: refused }
    }
    noteCredential(step, 'otp')
    return { kind: 'success' }
  },
}

const otpCredentials = async (step: Step): Promise<readonly CredentialRow[]> =>
  (await step.credentials()).filter(({ type }) => type === 'otp')

async function page(step: Step, tried: { readonly selectedId?: string | undefined; readonly error?: string }): Promise<PageContent> {
  const devices = (await otpCredentials(step)).map((row) => ({ id: row.id, label: row.user_label ?? undefined }))
  const user = await step.user()
  const content = otpPage({ actionUrl: step.actionUrl, devices, ...tried })
  return user ? { ...content, attempted: { username: user.username, restartUrl: step.link('restart') } } : content
}
