import { actions, form, inputField, submitButton } from './form.ts'
import type { PageContent, Problem } from './page.ts'

export interface RecoveryCodeInputPage {
  readonly actionUrl: string
  /** Which code of the list is asked for; the first one is 1. */
  readonly number: number
  readonly error?: Problem | undefined
}

/** A code of the list that the user keeps. */
export const recoveryCodeInputPage = ({ actionUrl, number, error }: RecoveryCodeInputPage): PageContent => ({
  name: 'login-recovery-authn-code-input',
  title: 'auth-recovery-code-header',
  body: (context) =>
    form(
      { id: 'kc-recovery-code-login-form', actionUrl },
      inputField(context, {
        id: 'recoveryCodeInput',
        label: context.text('auth-recovery-code-prompt', String(number)),
        autocomplete: 'off',
        autofocus: true,
        problem: error,
      }),
      actions(submitButton({ id: 'kc-login', name: 'login', label: context.text('doLogIn') })),
    ),
})
