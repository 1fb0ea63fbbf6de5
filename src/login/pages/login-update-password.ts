import { html } from '../../http/html.ts'
import { actions, cancelButton, checkbox, form, passwordField, submitButton } from './form.ts'
import type { Message, PageContent, Problem } from './page.ts'

export interface UpdatePasswordPage {
  readonly actionUrl: string
  /** The application asked for it, so it may be cancelled. */
  readonly cancellable: boolean
  /** Why it is asked, or which password policy is not met. */
  readonly message?: Message | undefined
  readonly passwordProblem?: Problem | undefined
  readonly confirmProblem?: Problem | undefined
}

/** A new password, twice. */
export function updatePasswordPage({ actionUrl, cancellable, message, passwordProblem, confirmProblem }: UpdatePasswordPage): PageContent {
  return {
    name: 'login-update-password',
    title: 'updatePasswordTitle',
    ...(message === undefined ? {} : { message }),
    body: (context) =>
      form(
        { id: 'kc-passwd-update-form', actionUrl },
        passwordField(context, {
          id: 'password-new',
          label: context.text('passwordNew'),
          autocomplete: 'new-password',
          autofocus: true,
          problem: passwordProblem,
        }),
        passwordField(context, {
          id: 'password-confirm',
          label: context.text('passwordConfirm'),
          autocomplete: 'new-password',
          problem: confirmProblem,
        }),
        html`
<div class="pf-v5-c-form__group" id="kc-form-options">${checkbox({ id: 'logout-sessions', label: context.text('logoutOtherSessions') })}</div>`,
        actions(submitButton({ id: 'kc-submit', name: 'login', label: context.text('doSubmit') }), ...cancelButton(context, cancellable)),
      ),
  }
}
