import { type Html, html } from '../../http/html.ts'
import { actions, checkbox, form, linkButton, passwordField, requiredLegend, submitButton } from './form.ts'
import type { Message, PageContent, PageContext, Problem } from './page.ts'
import { type ProfileField, profileFields } from './profile-fields.ts'

export interface RegisterPage {
  readonly actionUrl: string
  readonly loginUrl: string
  readonly fields: readonly ProfileField[]
  /** Undefined: the password is set later, when the e-mail is verified. */
  readonly password: { readonly problem?: Problem | undefined; readonly confirmProblem?: Problem | undefined } | undefined
  /** Undefined: there are no terms to agree to here. */
  readonly terms: { readonly problem?: Problem | undefined } | undefined
  readonly message?: Message | undefined
  /** The name of the organization whose invitation is the reason for the account. */
  readonly organization?: string | undefined
}

/** A new account. The password stands behind the name by which one logs in, so that password managers keep them together. */
export function registerPage({ actionUrl, loginUrl, fields, password, terms, message, organization }: RegisterPage): PageContent {
  const loginName = fields.some(({ name }) => name === 'username') ? 'username' : 'email'
  const hasLoginName = fields.some(({ name }) => name === loginName)
  return {
    name: 'register',
    ...(organization === undefined ? { title: 'registerTitle' } : { title: 'registerOrganizationTitle', titleValues: [organization] }),
    ...(message === undefined ? {} : { message }),
    body: (context) => {
      const passwords = password && passwordFields(context, password)
      return html`${requiredLegend(context)}
${form(
  { id: 'kc-register-form', actionUrl },
  profileFields(context, fields, hasLoginName && passwords !== undefined ? { [loginName]: passwords } : {}),
  hasLoginName ? undefined : passwords,
  terms && termsField(context, terms.problem),
  actions(
    submitButton({ id: 'kc-submit', label: context.text('doRegister') }),
    linkButton({ href: loginUrl, label: context.text('backToLogin') }),
  ),
)}`
    },
  }
}

const passwordFields = (context: PageContext, { problem, confirmProblem }: NonNullable<RegisterPage['password']>): Html =>
  html`${passwordField(context, {
    id: 'password',
    label: context.text('password'),
    autocomplete: 'new-password',
    required: true,
    problem,
  })}${passwordField(context, {
    id: 'password-confirm',
    label: context.text('passwordConfirm'),
    autocomplete: 'new-password',
    required: true,
    problem: confirmProblem,
  })}`

const termsField = (context: PageContext, problem: Problem | undefined): Html => html`
<div class="pf-v5-c-form__group"><h2 class="pf-v5-c-title pf-m-lg">${context.text('termsTitle')}</h2>
<div id="kc-registration-terms-text" tabindex="0">${context.markup('termsText')}</div>
${checkbox({ id: 'termsAccepted', label: context.text('acceptTerms') })}
<div aria-live="polite">${problem === undefined ? undefined : html`<span id="input-error-terms-accepted" class="kc-feedback-text">${context.problem(problem)}</span>`}</div></div>`
