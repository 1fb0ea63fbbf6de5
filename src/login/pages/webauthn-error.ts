import { html } from '../../http/html.ts'
import { actions, form, hiddenField, submitButton } from './form.ts'
import type { Message, PageContent } from './page.ts'

export interface WebauthnErrorPage {
  readonly actionUrl: string
  /** The execution or required action to try again. */
  readonly execution: string
  readonly message: Message
  readonly cancellable: boolean
}

/** Tells why a passkey was not accepted, with a button to try again that works without JavaScript. */
export const webauthnErrorPage = ({ actionUrl, execution, message, cancellable }: WebauthnErrorPage): PageContent => ({
  name: 'webauthn-error',
  title: 'webauthn-error-title',
  message,
  body: (context) =>
    html`${form(
      { id: 'kc-error-credential-form', actionUrl },
      hiddenField('authenticationExecution', execution, 'executionValue'),
      hiddenField('isSetRetry', 'retry', 'isSetRetry'),
      actions(submitButton({ id: 'kc-try-again', name: 'try-again', label: context.text('doTryAgain') })),
    )}${cancellable ? cancelForm(context.text('doCancel'), actionUrl) : undefined}`,
})

/** Leaves an action that the application asked for. */
export const cancelForm = (label: string, actionUrl: string) =>
  form(
    { id: 'kc-webauthn-settings-form', actionUrl },
    actions(submitButton({ id: 'cancelWebAuthnAIA', name: 'cancel-aia', value: 'true', label, kind: 'secondary' })),
  )
