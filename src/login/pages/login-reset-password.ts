import { html } from '../../http/html.ts'
import { actions, form, infoBand, inputField, linkButton, submitButton } from './form.ts'
import { usernameLabel } from './login.ts'
import type { PageContent, Problem } from './page.ts'

export interface ResetPasswordPage {
  readonly actionUrl: string
  readonly loginUrl: string
  readonly username?: string | undefined
  readonly error?: Problem | undefined
}

/** Who has forgotten the password. */
export function resetPasswordPage({ actionUrl, loginUrl, username, error }: ResetPasswordPage): PageContent {
  return {
    name: 'login-reset-password',
    title: 'emailForgotTitle',
    body: (context) =>
      html`${form(
        { id: 'kc-reset-password-form', actionUrl },
        inputField(context, {
          id: 'username',
          label: usernameLabel(context),
          value: username,
          autocomplete: 'username',
          autofocus: true,
          problem: error,
        }),
        actions(
          submitButton({ id: 'kc-submit', label: context.text('doSubmit') }),
          linkButton({ href: loginUrl, label: context.text('backToLogin') }),
        ),
      )}${infoBand(html`<span>${context.text('emailInstruction')}</span>`)}`,
  }
}
