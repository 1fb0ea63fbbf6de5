import { sendEmailUpdateConfirmation } from '../../email/letters.ts'
import { userChanges } from '../../storage/user-changes.ts'
import type { UserRow } from '../../storage/users.ts'
import { storedValues, updateUser } from '../../users/accounts.ts'
import { type ProfileError, type ProfileValues, validateProfile } from '../../users/profile.ts'
import { accountParts } from '../account-parts.ts'
import { actionLink } from '../action-links.ts'
import { userActionLifespan } from '../action-tokens.ts'
import { report, reportAction } from '../audit.ts'
import { clientUrl } from '../client-url.ts'
import { loginLocale } from '../login-locale.ts'
import { endOtherSessions } from '../other-sessions.ts'
import { infoPage } from '../pages/info.ts'
import type { Message } from '../pages/page.ts'
import { updateEmailPage } from '../pages/update-email.ts'
import { loginScopes, profileFieldsOf, readProfile } from '../profile-form.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { emailCooldown, isAskedFor, isCancelled, maxAuthAge, maxAuthAgeSeconds, verifyNewEmail } from './required-action-properties.ts'
import { cooldownLeft, mailFailed } from './verify-email.ts'

/** User attribute: an address that was asked for and is not proved yet. The reference's name. */
export const pendingEmailAttribute = 'kc.email.pending'

const sentAtNote = 'UPDATE_EMAIL_SENT_AT'

interface Shown {
  readonly before: ProfileValues
  readonly entered?: ProfileValues
  readonly errors?: readonly ProfileError[]
  readonly message?: Message | undefined
}

function challenge(step: Step, { before, entered, errors = [], message }: Shown): ActionResult {
  const all = profileFieldsOf(step, { context: 'user', values: { ...before, ...entered }, before, errors })
  const fields = all.filter(({ name }) => name === 'email').map((field) => ({ ...field, required: true }))
  return { kind: 'challenge', page: updateEmailPage({ actionUrl: step.actionUrl, cancellable: isAskedFor(step), fields, message }) }
}

const emailErrors = (errors: readonly ProfileError[]): ProfileError[] => errors.filter(({ field }) => field === 'email')

/** What is wrong with the address itself; whether it is taken shows when it is written. */
function faultsOf(step: Step, before: ProfileValues, entered: ProfileValues): ProfileError[] {
  const email = entered['email']?.[0] ?? ''
  if (email.trim() === '') return [{ field: 'email', key: 'missingEmailMessage', params: ['email'] }]
  return emailErrors(validateProfile(step.realm, { context: 'user', values: { email: [email] }, before, scopes: loginScopes(step) }).errors)
}

/** Changes the address at once. */
async function change(step: Step, user: UserRow, before: ProfileValues, entered: ProfileValues): Promise<ActionResult> {
  const { realm, services } = step
  const result = await updateUser(accountParts(services), realm, user, { context: 'user', values: entered, scopes: loginScopes(step) })
  const errors = result.kind === 'refused' ? emailErrors(result.errors) : []
  if (result.kind === 'refused' && errors.length > 0) return challenge(step, { before, entered, errors })
  // What else is wrong with the profile is for the profile's own action to say.
  if (result.kind === 'refused') return { kind: 'failure', error: 'invalid_profile' }
  step.identify(result.user)
  reportAction(step, 'UPDATE_EMAIL', {
    details: { previous_email: user.email ?? undefined, updated_email: result.user.email ?? undefined },
  })
  return { kind: 'done' }
}

/** Writes to the new address; it becomes the user's when the link in there is opened. */
async function sendConfirmation(step: Step, user: UserRow, before: ProfileValues, email: string): Promise<ActionResult> {
  const { realm, client, services, session } = step
  const others = await userChanges(services.database).othersWithNames(realm.id, user.id, [email])
  const isTaken = !realm.settings.duplicateEmailsAllowed && others.length > 0
  const entered = { email: [email] }
  if (isTaken) return challenge(step, { before, entered, errors: [{ field: 'email', key: 'emailExistsMessage', params: ['email'] }] })
  const wait = cooldownLeft(step, session.notes[sentAtNote])
  if (wait > 0)
    return challenge(step, { before, entered, message: { kind: 'error', key: 'emailVerifySendCooldown', values: [String(wait)] } })
  const lifespanSeconds = userActionLifespan(realm, 'update-email')
  const link = await actionLink(step, { type: 'update-email', user, lifespanSeconds, newEmail: email, redirectUri: session.redirectUri })
  const to = { email, locale: await loginLocale(step) }
  const result = await sendEmailUpdateConfirmation(services.mailer, realm, to, { link, lifespanSeconds })
  if (result.kind === 'failed') {
    report(step, 'SEND_VERIFY_EMAIL', { error: 'email_send_failed', details: { email, reason: result.reason } })
    return { kind: 'challenge', page: mailFailed }
  }
  session.notes[sentAtNote] = String(services.clock.now())
  await services.database.transaction((tx) => userChanges(tx).setAttribute(user.id, pendingEmailAttribute, [email]))
  reportAction(step, 'SEND_VERIFY_EMAIL', { details: { email } })
  const message = { key: 'emailUpdateConfirmationSent', values: [email] }
  return {
    kind: 'end',
    page: infoPage({ title: 'emailUpdateConfirmationSentTitle', message, linkUrl: clientUrl({ client, request: step.request }) }),
  }
}

/** Another e-mail address; where e-mails are verified, the new one must be proved first. */
export const updateEmail: RequiredAction = {
  alias: 'UPDATE_EMAIL',
  label: 'Update Email',
  properties: [maxAuthAge, verifyNewEmail, emailCooldown],
  applicationMayAsk: true,
  maxAuthAgeSeconds,
  async start(step): Promise<ActionResult> {
    const user = await step.user()
    if (user === undefined) return { kind: 'failure', error: 'user_not_found' }
    const before = await storedValues(step.services.database, user)
    const pending = before[pendingEmailAttribute]?.[0]
    if (pending !== undefined)
      return challenge(step, {
        before,
        entered: { email: [pending] },
        message: { kind: 'info', key: 'emailVerificationPending', values: [pending] },
      })
    return challenge(step, { before, message: isAskedFor(step) ? undefined : { kind: 'warning', key: 'updateEmailMessage' } })
  },
  async submit(step, form): Promise<ActionResult> {
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    const user = await step.user()
    if (user === undefined) return { kind: 'failure', error: 'user_not_found' }
    const before = await storedValues(step.services.database, user)
    const entered = readProfile(step, ['email'])
    const errors = faultsOf(step, before, entered)
    if (errors.length > 0) return challenge(step, { before, entered, errors })
    const email = (entered['email']?.[0] ?? '').trim().toLowerCase()
    const mustVerify = step.realm.settings.verifyEmail === true || step.config[verifyNewEmail.name] === 'true'
    const isProved = email === user.email && user.email_verified === 1
    if (form.get('logout-sessions') === 'on') await endOtherSessions(step)
    return mustVerify && !isProved ? sendConfirmation(step, user, before, email) : change(step, user, before, { email: [email] })
  },
}
