import { encodeBase32 } from '../../crypto/base32.ts'
import { randomAlphanumeric } from '../../crypto/random.ts'
import type { OtpAlgorithm } from '../../crypto/totp.ts'
import { realmTitle } from '../../email/texts.ts'
import type { Form } from '../../http/parameters.ts'
import { readQuery } from '../../http/parameters.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { type CredentialRow, credentials } from '../../storage/credentials.ts'
import type { UserRow } from '../../storage/users.ts'
import { recoveryCodesType } from '../../users/credentials/recovery-codes.ts'
import { useOtp } from '../../users/credentials/use-otp.ts'
import { reportCredential } from '../audit.ts'
import { loginActionsUrl } from '../context.ts'
import { endOtherSessions } from '../other-sessions.ts'
import { configTotpPage } from '../pages/login-config-totp.ts'
import type { PageContent, Problem } from '../pages/page.ts'
import { qrCodeUrl } from '../qr-code.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { addRecoveryCodes, isAskedFor, isCancelled, maxAuthAge, maxAuthAgeSeconds } from './required-action-properties.ts'

/** Characters of a secret; 20 bytes are what RFC 4226 section 4 recommends. */
const secretLength = 20
const labelMax = 255

/** The secret that is being set up: a form cannot bring one of its own. */
const secretNote = 'TOTP_SECRET'

interface Policy {
  readonly type: 'totp' | 'hotp'
  readonly algorithm: OtpAlgorithm
  readonly digits: number
  readonly period: number
  readonly counter: number
}

const policyOf = ({ settings }: RealmSnapshot): Policy => ({
  type: settings.otpPolicyType === 'hotp' ? 'hotp' : 'totp',
  algorithm: (settings.otpPolicyAlgorithm as OtpAlgorithm | undefined) ?? 'HmacSHA1',
  digits: settings.otpPolicyDigits ?? 6,
  period: settings.otpPolicyPeriod ?? 30,
  counter: settings.otpPolicyInitialCounter ?? 0,
})

/** What an application scans: https://github.com/google/google-authenticator/wiki/Key-Uri-Format. */
function keyUri(realm: RealmSnapshot, user: UserRow, secret: string): string {
  const { type, algorithm, digits, period, counter } = policyOf(realm)
  const issuer = encodeURIComponent(realmTitle(realm))
  const query = new URLSearchParams({ secret: encodeBase32(Buffer.from(secret)), digits: String(digits), algorithm: algorithm.slice(4) })
  if (type === 'totp') query.set('period', String(period))
  else query.set('counter', String(counter))
  return `otpauth://${type}/${issuer}:${encodeURIComponent(user.username)}?${query}&issuer=${issuer}`
}

/** Message keys of the applications that can do what the realm asks for. */
function applicationsFor({ algorithm, digits, period, type }: Policy): string[] {
  const plain = algorithm === 'HmacSHA1' && digits === 6 && period === 30
  return [
    ...(plain ? ['totpAppGoogleName'] : []),
    ...(plain && type === 'totp' ? ['totpAppMicrosoftAuthenticatorName'] : []),
    'totpAppFreeOTPName',
  ]
}

interface Shown {
  readonly codeProblem?: Problem
  readonly labelProblem?: Problem
  readonly label?: string | undefined
  readonly manual: boolean
}

async function page(step: Step, user: UserRow, secret: string, shown: Shown): Promise<PageContent> {
  const { realm, actionUrl, execution } = step
  const policy = policyOf(realm)
  const isProblem = shown.codeProblem !== undefined || shown.labelProblem !== undefined
  const otherMode = shown.manual ? 'qr' : 'manual'
  return configTotpPage({
    actionUrl,
    cancellable: isAskedFor(step),
    message: isProblem || isAskedFor(step) ? undefined : { kind: 'warning', key: 'configureTotpMessage' },
    secret,
    key:
      encodeBase32(Buffer.from(secret))
        .match(/.{1,4}/g)
        ?.join(' ') ?? '',
    barcode: shown.manual ? undefined : await qrCodeUrl(keyUri(realm, user, secret)),
    otherModeUrl: `${loginActionsUrl(step, 'required-action', { execution })}&mode=${otherMode}`,
    applications: applicationsFor(policy),
    policy: { ...policy, algorithm: policy.algorithm.slice(4) },
    labelRequired: (await step.credentials()).some(({ type }) => type === 'otp'),
    label: shown.label,
    ...(shown.codeProblem === undefined ? {} : { codeProblem: shown.codeProblem }),
    ...(shown.labelProblem === undefined ? {} : { labelProblem: shown.labelProblem }),
  })
}

/** What is wrong with the form before the code is tried. A name is needed to tell a second device from the first. */
async function problemsOf(step: Step, form: Form): Promise<Pick<Shown, 'codeProblem' | 'labelProblem'> | undefined> {
  if (!form.get('totp')) return { codeProblem: 'missingTotpMessage' }
  const label = labelOf(form)
  const devices = (await step.credentials()).filter(({ type }) => type === 'otp')
  if (devices.length > 0 && label === '') return { labelProblem: 'missingTotpDeviceNameMessage' }
  if (devices.some(({ user_label }) => user_label === label)) return { labelProblem: 'existingTotpDeviceNameMessage' }
  return undefined
}

const wrongCode: Pick<Shown, 'codeProblem'> = { codeProblem: 'invalidTotpMessage' }

const labelOf = (form: Form): string => (form.get('userLabel') ?? '').trim().slice(0, labelMax)

/** Keeps the device, unless its first code is wrong. That code is used up by it. */
async function store({ realm, services, credentials: known }: Step, user: UserRow, secret: string, form: Form): Promise<boolean> {
  const { type, algorithm, digits, period, counter } = policyOf(realm)
  const nowMs = services.clock.now()
  const device: CredentialRow = {
    id: services.random.uuid(),
    user_id: user.id,
    type: 'otp',
    user_label: labelOf(form),
    created_at_ms: nowMs,
    priority: Math.max(0, ...(await known()).map(({ priority }) => priority)) + 10,
    secret_data: JSON.stringify({ value: secret }),
    credential_data: JSON.stringify({ subType: type, digits, counter: type === 'hotp' ? counter : 0, period, algorithm }),
  }
  return services.database.transaction(async (tx) => {
    await credentials(tx).insert(device)
    if (await useOtp({ sql: tx, realm, nowMs }, device, form.get('totp') ?? '')) return true
    await credentials(tx).remove(user.id, device.id)
    return false
  })
}

/** The action may be set to lead on to recovery codes, for users who have none. */
async function askForRecoveryCodes({ config, session, credentials: known }: Step): Promise<void> {
  if (config[addRecoveryCodes.name] !== 'true' || session.requiredActions.includes('CONFIGURE_RECOVERY_AUTHN_CODES')) return
  if ((await known()).some(({ type }) => type === recoveryCodesType)) return
  session.requiredActions.push('CONFIGURE_RECOVERY_AUTHN_CODES')
}

/** Sets up an authenticator application. */
export const configureTotp: RequiredAction = {
  alias: 'CONFIGURE_TOTP',
  label: 'Configure OTP',
  properties: [maxAuthAge, addRecoveryCodes],
  applicationMayAsk: true,
  maxAuthAgeSeconds,
  async start(step): Promise<ActionResult> {
    const { session, services, request } = step
    const user = await step.user()
    if (user === undefined) return { kind: 'failure', error: 'user_not_found' }
    const mode = readQuery(request).get('mode')
    // Another view of the same secret: what was scanned or typed already stays right.
    const secret = (mode === undefined ? undefined : session.notes[secretNote]) ?? randomAlphanumeric(services.random, secretLength)
    session.notes[secretNote] = secret
    return { kind: 'challenge', page: await page(step, user, secret, { manual: mode === 'manual' }) }
  },
  async submit(step, form): Promise<ActionResult> {
    const { session } = step
    const user = await step.user()
    const secret = session.notes[secretNote]
    if (isCancelled(step, form)) {
      delete session.notes[secretNote]
      return { kind: 'cancelled' }
    }
    if (user === undefined || secret === undefined) return configureTotp.start(step)
    const problems = (await problemsOf(step, form)) ?? ((await store(step, user, secret, form)) ? undefined : wrongCode)
    if (problems !== undefined) {
      const shown = { ...problems, label: labelOf(form), manual: form.get('mode') === 'manual' }
      return { kind: 'challenge', page: await page(step, user, secret, shown) }
    }
    delete session.notes[secretNote]
    if (form.get('logout-sessions') === 'on') await endOtherSessions(step)
    reportCredential(step, 'UPDATE', 'otp')
    await askForRecoveryCodes(step)
    return { kind: 'done' }
  },
}
