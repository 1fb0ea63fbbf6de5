import { sendVerifyEmail } from '../../email/letters.ts'
import { readQuery } from '../../http/parameters.ts'
import type { UserRow } from '../../storage/users.ts'
import { actionLink } from '../action-links.ts'
import { userActionLifespan } from '../action-tokens.ts'
import { report } from '../audit.ts'
import { loginLocale } from '../login-locale.ts'
import { errorContent } from '../pages/error.ts'
import { verifyEmailPage } from '../pages/login-verify-email.ts'
import type { Message, PageContent } from '../pages/page.ts'
import type { ActionResult, RequiredAction } from '../required-action.ts'
import type { Step } from '../step.ts'
import { configNumber, emailCooldown, isAskedFor, isCancelled, maxAuthAge, maxAuthAgeSeconds } from './required-action-properties.ts'

/** The address that an e-mail of this login went to. */
const sentToNote = 'VERIFY_EMAIL_KEY'
/** When, in milliseconds since the epoch. */
const sentAtNote = 'VERIFY_EMAIL_SENT_AT'

/** Seconds that a user has to wait before the e-mail can be sent again: mail servers and other people's mailboxes are no toys. */
export function cooldownLeft(step: Step, sentAt: string | undefined): number {
  if (sentAt === undefined) return 0
  const sinceMs = step.services.clock.now() - Number(sentAt)
  return Math.max(0, Math.ceil(configNumber(step, emailCooldown) - sinceMs / 1_000))
}

/** What is shown when a mail server does not take an e-mail. */
export const mailFailed: PageContent = errorContent({ message: { key: 'emailSendErrorMessage' }, status: 500 })

const sent = (step: Step, email: string, message?: Message): ActionResult => ({
  kind: 'challenge',
  page: verifyEmailPage({ email, message, resendUrl: step.actionUrl }),
})

async function send(step: Step, user: UserRow, email: string): Promise<ActionResult> {
  const { realm, services, session } = step
  const wait = cooldownLeft(step, session.notes[sentAtNote])
  if (wait > 0 && session.notes[sentToNote] === email)
    return sent(step, email, { kind: 'error', key: 'emailVerifySendCooldown', values: [String(wait)] })
  const lifespanSeconds = userActionLifespan(realm, 'verify-email')
  const link = await actionLink(step, { type: 'verify-email', user, lifespanSeconds })
  const result = await sendVerifyEmail(services.mailer, realm, { email, locale: await loginLocale(step) }, { link, lifespanSeconds })
  if (result.kind === 'failed') {
    report(step, 'SEND_VERIFY_EMAIL', { error: 'email_send_failed', details: { email, reason: result.reason } })
    return { kind: 'challenge', page: mailFailed }
  }
  session.notes[sentToNote] = email
  session.notes[sentAtNote] = String(services.clock.now())
  report(step, 'SEND_VERIFY_EMAIL', { details: { email } })
  return sent(step, email, isAskedFor(step) ? undefined : { kind: 'warning', key: 'verifyEmailMessage' })
}

/** Asks for proof that the e-mail is the user's: a link is sent to it. */
export const verifyEmail: RequiredAction = {
  alias: 'VERIFY_EMAIL',
  label: 'Verify Email',
  properties: [maxAuthAge, emailCooldown],
  applicationMayAsk: true,
  maxAuthAgeSeconds,
  async isDue(step) {
    const user = await step.user()
    return step.realm.settings.verifyEmail === true && user !== undefined && user.email_verified !== 1 && Boolean(user.email)
  },
  async start(step): Promise<ActionResult> {
    const { session, request, actionUrl } = step
    const user = await step.user()
    if (user === undefined || user.email_verified === 1 || !user.email) return { kind: 'done' }
    // The link "re-send" has the form's code in it; a reload of the page does not.
    if (readQuery(request).get('session_code') !== undefined) return send(step, user, user.email)
    if (session.notes[sentToNote] === user.email) return sent(step, user.email)
    if (isAskedFor(step)) return { kind: 'challenge', page: verifyEmailPage({ email: user.email, confirmUrl: actionUrl }) }
    return send(step, user, user.email)
  },
  async submit(step, form): Promise<ActionResult> {
    if (isCancelled(step, form)) return { kind: 'cancelled' }
    const user = await step.user()
    if (user === undefined || user.email_verified === 1 || !user.email) return { kind: 'done' }
    return send(step, user, user.email)
  },
}
