import { html } from '../../http/html.ts'
import { actions, form, hiddenField, inputField, passwordField, submitButton } from './form.ts'
import type { Message, PageContent, Problem } from './page.ts'

export interface WelcomePage {
  /** Undefined for a browser that may not make the first administrator: it is told how it is done. */
  readonly creation:
    | {
        readonly actionUrl: string
        /** Comes back with the form and in a cookie. */
        readonly stateChecker: string
        readonly username?: string
        readonly usernameProblem?: Problem | undefined
        readonly passwordProblem?: Problem | undefined
        readonly confirmationProblem?: Problem | undefined
      }
    | undefined
  readonly message?: Message
}

/** What a new server shows: the form for its first administrator. */
export function welcomePage({ creation, message }: WelcomePage): PageContent {
  return {
    name: 'welcome',
    title: 'welcomeTitle',
    ...(message === undefined ? {} : { message }),
    body: (context) => {
      const { text } = context
      if (creation === undefined)
        return html`<p class="instruction" id="kc-local-access">${text('welcomeLocalAccess')}</p>
<p class="instruction"><code>ostiary bootstrap-admin user</code></p>`
      return html`<p class="instruction">${text('welcomeInstruction')}</p>
${form(
  { id: 'kc-create-admin-form', actionUrl: creation.actionUrl },
  inputField(context, {
    id: 'username',
    label: text('username'),
    value: creation.username,
    autocomplete: 'username',
    autofocus: true,
    required: true,
    problem: creation.usernameProblem,
  }),
  passwordField(context, {
    id: 'password',
    label: text('password'),
    autocomplete: 'new-password',
    required: true,
    problem: creation.passwordProblem,
  }),
  passwordField(context, {
    id: 'password-confirmation',
    name: 'passwordConfirmation',
    label: text('passwordConfirm'),
    autocomplete: 'new-password',
    required: true,
    problem: creation.confirmationProblem,
  }),
  hiddenField('stateChecker', creation.stateChecker),
  actions(submitButton({ id: 'kc-create', label: text('welcomeCreate') })),
)}`
    },
  }
}
