import type { CredentialRow } from '../../storage/credentials.ts'
import { nextRecoveryCode, recoveryCodesType, useRecoveryCode } from '../../users/credentials/recovery-codes.ts'
import type { Authenticator } from '../authenticator.ts'
import { recoveryCodeInputPage } from '../pages/login-recovery-authn-code-input.ts'
import type { PageContent } from '../pages/page.ts'
import { refusalOf } from '../proof.ts'
import type { Step, StepResult } from '../step.ts'
import { noteCredential } from '../used-credentials.ts'

const setupAction = 'CONFIGURE_RECOVERY_AUTHN_CODES'

/** The next of the recovery codes that the user keeps. With the last one the user has to get new ones. */
export const authRecoveryAuthnCodeForm: Authenticator = {
  id: 'auth-recovery-authn-code-form',
  label: 'Recovery Authentication Code Form',
  help: 'Validates a Recovery Authentication Code',
  category: recoveryCodesType,
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  credentialType: 'recovery-authn-codes',
  properties: [],
  needsUser: true,
  setupAction,
  configuredFor: async (step) => (await codesOf(step)) !== undefined,
  start: async (step) => ({ kind: 'challenge', page: await page(step) }),
  async submit(step, form): Promise<StepResult> {
    step.details['credential_type'] = recoveryCodesType
    const codes = await codesOf(step)
    const use = codes === undefined ? 'wrong' : await useRecoveryCode(step.services.database, codes, form.get('recoveryCodeInput') ?? '')
    const user = await step.user()
    const refused = user === undefined ? 'user_not_found' : await refusalOf(step, user, 'secondary', use !== 'wrong')
    if (refused !== undefined) return { kind: 'challenge', page: await page(step, 'recovery-codes-error-invalid'), error: refused }
    if (use === 'last-used' && !step.session.requiredActions.includes(setupAction)) step.session.requiredActions.push(setupAction)
    noteCredential(step, recoveryCodesType)
    return { kind: 'success' }
  },
}

const codesOf = async (step: Step): Promise<CredentialRow | undefined> =>
  (await step.credentials()).find((row) => row.type === recoveryCodesType && nextRecoveryCode(row) !== undefined)

async function page(step: Step, error?: string): Promise<PageContent> {
  const [codes, user] = await Promise.all([codesOf(step), step.user()])
  const content = recoveryCodeInputPage({ actionUrl: step.actionUrl, number: (codes && nextRecoveryCode(codes)) ?? 1, error })
  return user ? { ...content, attempted: { username: user.username, restartUrl: step.link('restart') } } : content
}
