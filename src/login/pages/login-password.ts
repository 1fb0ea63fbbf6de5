import { html } from '../../http/html.ts'
import { actions, form, hiddenField, passwordField, submitButton } from './form.ts'
import { type LoginPage, passwordOptions } from './login.ts'
import type { PageContent } from './page.ts'

export type PasswordPage = Pick<
  LoginPage,
  'actionUrl' | 'username' | 'restartUrl' | 'forgotUrl' | 'error' | 'message' | 'passkeys' | 'credentialId'
>

/** The password alone, of a user who is known already. */
export function passwordPage(data: PasswordPage): PageContent {
  const { username, restartUrl } = data
  return {
    name: 'login-password',
    title: 'doLogIn',
    ...(data.message === undefined ? {} : { message: data.message }),
    ...(username !== undefined && restartUrl !== undefined ? { attempted: { username, restartUrl } } : {}),
    body: (context) =>
      html`${form(
        { id: 'kc-form-login', actionUrl: data.actionUrl },
        passwordField(context, {
          id: 'password',
          label: context.text('password'),
          autocomplete: 'current-password',
          autofocus: true,
          problem: data.error,
          below: passwordOptions(context, { rememberMe: { allowed: false, checked: false }, forgotUrl: data.forgotUrl }),
        }),
        hiddenField('credentialId', data.credentialId ?? '', 'id-hidden-input'),
        actions(submitButton({ id: 'kc-login', name: 'login', label: context.text('doLogIn') })),
      )}${data.passkeys?.(context)}`,
  }
}
