import { type Html, html } from '../../http/html.ts'
import { actions, checkbox, form, hiddenField, infoBand, inputField, passwordField, submitButton } from './form.ts'
import type { Message, PageContent, PageContext, Problem } from './page.ts'

/** Another identity provider that a user may log in with. */
export interface ProviderLink {
  readonly alias: string
  readonly displayName: string
  readonly url: string
}

export interface LoginPage {
  readonly actionUrl: string
  /** What was typed or hinted; in the hidden variant, who must log in again. */
  readonly username?: string | undefined
  /** Only the password is asked for: somebody is known and logs in again. */
  readonly usernameHidden?: boolean
  readonly usernameEditable: boolean
  readonly rememberMe: { readonly allowed: boolean; readonly checked: boolean }
  readonly forgotUrl?: string | undefined
  readonly registrationUrl?: string | undefined
  /** Starts the login again for somebody else; shown with the user name in the hidden variant. */
  readonly restartUrl?: string | undefined
  readonly error?: Problem | undefined
  /** For the whole page: that a login timed out, that one must log in again. */
  readonly message?: Message | undefined
  readonly providers?: readonly ProviderLink[] | undefined
  /** What passkeys add below the form; the browser then offers them in the user name. */
  readonly passkeys?: ((context: PageContext) => Html) | undefined
  /** The credential that was chosen on the page before. */
  readonly credentialId?: string | undefined
}

/** What a realm calls the name that people log in with. */
export function usernameLabel({ realm: { settings }, text }: Pick<PageContext, 'realm' | 'text'>): string {
  if (settings.loginWithEmailAllowed !== true) return text('username')
  return text(settings.registrationEmailAsUsername === true ? 'email' : 'usernameOrEmail')
}

/** The line below a password: remember me, and the way out for those who forgot it. */
export const passwordOptions = (context: PageContext, { rememberMe, forgotUrl }: Pick<LoginPage, 'rememberMe' | 'forgotUrl'>): Html =>
  html`<div class="pf-v5-c-helper-text kc-between" id="kc-form-options">${rememberMe.allowed ? checkbox({ id: 'rememberMe', label: context.text('rememberMe'), checked: rememberMe.checked }) : undefined}${
    forgotUrl === undefined
      ? undefined
      : html`<span class="pf-v5-c-helper-text__item"><a href="${forgotUrl}">${context.text('doForgotPassword')}</a></span>`
  }</div>`

export const registrationLink = (context: PageContext, url: string | undefined): Html | undefined =>
  url === undefined
    ? undefined
    : infoBand(
        html`<div id="kc-registration-container"><div id="kc-registration">${context.text('noAccount')} <a href="${url}">${context.text('doRegister')}</a></div></div>`,
      )

export const providerLinks = (context: PageContext, providers: readonly ProviderLink[] | undefined): Html | undefined =>
  providers === undefined || providers.length === 0
    ? undefined
    : html`
<section id="kc-social-providers" class="kc-providers"><h2 class="kc-providers__title">${context.text('identity-provider-login-label')}</h2>
<ul class="kc-providers__list">${providers.map(
        ({ alias, displayName, url }) =>
          html`<li><a id="social-${alias}" class="pf-v5-c-button pf-m-secondary pf-m-block" href="${url}">${displayName}</a></li>`,
      )}</ul></section>`

/** User name and password, or only the password of somebody who is known. */
export function loginPage(data: LoginPage): PageContent {
  const { username, usernameHidden = false, error, restartUrl, message } = data
  return {
    name: 'login',
    title: 'loginAccountTitle',
    ...(message === undefined ? {} : { message }),
    ...(usernameHidden && username !== undefined && restartUrl !== undefined ? { attempted: { username, restartUrl } } : {}),
    body: (context) =>
      html`${form(
        { id: 'kc-form-login', actionUrl: data.actionUrl },
        usernameHidden ? undefined : usernameField(context, data),
        passwordField(context, {
          id: 'password',
          label: context.text('password'),
          autocomplete: 'current-password',
          autofocus: usernameHidden || (username ?? '') !== '',
          problem: usernameHidden ? error : undefined,
          below: passwordOptions(context, data),
        }),
        hiddenField('credentialId', data.credentialId ?? '', 'id-hidden-input'),
        actions(submitButton({ id: 'kc-login', name: 'login', label: context.text('doLogIn') })),
      )}${data.passkeys?.(context)}${providerLinks(context, data.providers)}${registrationLink(context, data.registrationUrl)}`,
  }
}

/** The input of the name that people log in with. */
export const usernameField = (
  context: PageContext,
  { username, usernameEditable, error, passkeys }: Pick<LoginPage, 'username' | 'usernameEditable' | 'error' | 'passkeys'>,
): Html =>
  inputField(context, {
    id: 'username',
    label: usernameLabel(context),
    value: username,
    autocomplete: passkeys === undefined ? 'username' : 'username webauthn',
    autofocus: usernameEditable && (username ?? '') === '',
    readOnly: !usernameEditable,
    problem: error,
  })
