import { resetPasswordLetter } from '../../email/letters.ts'
import type { Letter } from '../../email/mailer.ts'
import type { UserRow } from '../../storage/users.ts'
import { actionLink } from '../action-links.ts'
import { userActionLifespan } from '../action-tokens.ts'
import { redirect } from '../answers.ts'
import { report } from '../audit.ts'
import type { Authenticator } from '../authenticator.ts'
import { loginActionsUrl } from '../context.ts'
import { noteForwardedMessage } from '../forwarded-message.ts'
import { loginLocale } from '../login-locale.ts'
import { actionTokenUserNote, attemptedUsernameNote, endAfterActionsNote } from '../notes.ts'
import type { Step, StepResult } from '../step.ts'

/** Set when the e-mail of this login went out: a reload sends no second one. */
const sentNote = 'RESET_PASSWORD_EMAIL_SENT'

/**
 * Sends a link by which the flow goes on. The browser goes back to the login page in a tab of its own, and is told the same whether
 * somebody was written to or not; the e-mail leaves behind the answer, so that its time does not tell either.
 */
export const resetCredentialEmail: Authenticator = {
  id: 'reset-credential-email',
  label: 'Send Reset Email',
  help: 'Send email to user and wait for response.',
  category: undefined,
  requirements: ['REQUIRED'],
  properties: [
    {
      name: 'force-login',
      label: 'Force login after reset',
      helpText:
        'true: the user has to log in after the reset. false: the user is logged in when the link is opened in the browser that asked for it. only-federated: true for users of a user federation, false for others.',
      type: 'List',
      defaultValue: 'only-federated',
      options: ['true', 'false', 'only-federated'],
      secret: false,
      required: false,
      readOnly: false,
    },
  ],
  needsUser: false,
  async start(step): Promise<StepResult> {
    const { session, config } = step
    const user = await step.user()
    if (user !== undefined && session.notes[actionTokenUserNote] === user.id) {
      const forceLogin = config['force-login'] ?? 'only-federated'
      const isFederated = user.federation_link !== null
      if (forceLogin === 'true' || (forceLogin === 'only-federated' && isFederated)) session.notes[endAfterActionsNote] = 'true'
      return { kind: 'success' }
    }
    if (session.notes[sentNote] === undefined && user !== undefined) send(step, user)
    session.notes[sentNote] = 'true'
    return backToLogin(step)
  },
}

/** Everything that takes time for a user who exists alone is done behind the answer. */
function send(step: Step, user: UserRow): void {
  const { realm, services } = step
  const { email } = user
  if (!email) {
    report(step, 'RESET_PASSWORD', { error: 'invalid_email' })
    return
  }
  // The login goes on meanwhile, perhaps for somebody else.
  const asked = { ...step, session: { ...step.session } }
  const write = async (): Promise<Letter> => {
    const lifespanSeconds = userActionLifespan(realm, 'reset-credentials')
    const link = await actionLink(asked, { type: 'reset-credentials', user, lifespanSeconds })
    return resetPasswordLetter(realm, { email, locale: await loginLocale(asked) }, { link, lifespanSeconds })
  }
  services.mailer.post(realm, write, (result) => {
    if (result.kind === 'sent') report(asked, 'SEND_RESET_PASSWORD', { details: { email } })
    else report(asked, 'SEND_RESET_PASSWORD', { error: 'email_send_failed', details: { reason: result.reason } })
  })
}

async function backToLogin({ realm, client, session, request, services }: Step): Promise<StepResult> {
  const { redirectUri } = session
  const tab = await services.authenticationSessions.create(realm, client, session.rootId, { redirectUri, request: session.request })
  const attempted = session.notes[attemptedUsernameNote]
  if (attempted !== undefined) tab.notes[attemptedUsernameNote] = attempted
  noteForwardedMessage(tab, { kind: 'success', key: 'emailSentMessage' })
  await services.authenticationSessions.save(realm, tab)
  return { kind: 'redirect', response: redirect(loginActionsUrl({ realm, client, session: tab, request }, 'authenticate')) }
}
