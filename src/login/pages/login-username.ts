import { html } from '../../http/html.ts'
import { actions, checkbox, form, submitButton } from './form.ts'
import { type LoginPage, providerLinks, registrationLink, usernameField } from './login.ts'
import type { PageContent } from './page.ts'

export type UsernamePage = Pick<
  LoginPage,
  'actionUrl' | 'username' | 'usernameEditable' | 'rememberMe' | 'registrationUrl' | 'error' | 'message' | 'providers' | 'passkeys'
>

/** The user name alone; what else is asked for follows on pages of its own. */
export function usernamePage(data: UsernamePage): PageContent {
  const { rememberMe } = data
  return {
    name: 'login-username',
    title: 'loginAccountTitle',
    ...(data.message === undefined ? {} : { message: data.message }),
    body: (context) =>
      html`${form(
        { id: 'kc-form-login', actionUrl: data.actionUrl },
        usernameField(context, data),
        rememberMe.allowed
          ? html`<div id="kc-form-options">${checkbox({ id: 'rememberMe', label: context.text('rememberMe'), checked: rememberMe.checked })}</div>`
          : undefined,
        actions(submitButton({ id: 'kc-login', name: 'login', label: context.text('doLogIn') })),
      )}${data.passkeys?.(context)}${providerLinks(context, data.providers)}${registrationLink(context, data.registrationUrl)}`,
  }
}
