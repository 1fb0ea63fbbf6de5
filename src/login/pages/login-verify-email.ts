import { html } from '../../http/html.ts'
import { actions, form, infoBand, submitButton } from './form.ts'
import type { Message, PageContent } from './page.ts'

export interface VerifyEmailPage {
  readonly email: string
  readonly message?: Message | undefined
  /** Before the application's wish is done the user is asked: this is where the form posts to. Undefined: the e-mail was sent. */
  readonly confirmUrl?: string | undefined
  /** Sends the e-mail again. */
  readonly resendUrl?: string | undefined
}

/** Tells that an e-mail was sent, or asks whether to send one. */
export function verifyEmailPage({ email, message, confirmUrl, resendUrl }: VerifyEmailPage): PageContent {
  return {
    name: 'login-verify-email',
    title: 'emailVerifyTitle',
    ...(message === undefined ? {} : { message }),
    body: (context) =>
      confirmUrl === undefined
        ? html`<p class="instruction">${context.text('emailVerifyInstruction1', email)}</p>
${
  resendUrl === undefined
    ? undefined
    : infoBand(
        html`<p class="instruction">${context.text('emailVerifyInstruction2')} <a href="${resendUrl}">${context.text('doClickHere')}</a> ${context.text('emailVerifyInstruction3')}</p>`,
      )
}`
        : html`<p class="instruction">${context.text('emailVerifyInstruction4', email)}</p>
${form(
  { id: 'kc-verify-email-form', actionUrl: confirmUrl },
  actions(
    submitButton({ id: 'kc-submit', label: context.text('emailVerifySend') }),
    submitButton({
      id: 'kc-cancel',
      name: 'cancel-aia',
      value: 'true',
      label: context.text('doCancel'),
      kind: 'secondary',
      skipChecks: true,
    }),
  ),
)}`,
  }
}
