import { html } from '../../http/html.ts'
import { checkbox } from './form.ts'
import type { Message, PageContent } from './page.ts'
import { webauthnScript } from './webauthn-authenticate.ts'
import { cancelForm } from './webauthn-error.ts'

export interface WebauthnRegisterPage {
  readonly actionUrl: string
  /** PublicKeyCredentialCreationOptionsJSON. */
  readonly options: object
  readonly cancellable: boolean
  readonly message?: Message | undefined
}

const fields = [
  'clientDataJSON',
  'attestationObject',
  'publicKeyCredentialId',
  'authenticatorLabel',
  'transports',
  'authenticatorAttachment',
  'error',
]

/** Lets the user make a key on an authenticator. Talking to it is `webauthn.js`'s. */
export const webauthnRegisterPage = ({ actionUrl, options, cancellable, message }: WebauthnRegisterPage): PageContent => ({
  name: 'webauthn-register',
  title: 'webauthn-registration-title',
  ...(message === undefined ? {} : { message }),
  body: (
    context,
  ) => html`<form id="register" class="pf-v5-c-form" action="${actionUrl}" method="post" data-webauthn-create="${JSON.stringify(options)}" data-webauthn-unsupported="${context.text('webauthn-unsupported-browser-text')}" data-webauthn-label="${context.text('webauthn-registration-init-label')}" data-webauthn-label-prompt="${context.text('webauthn-registration-init-label-prompt')}">
${fields.map((name) => html`<input type="hidden" id="${name}" name="${name}">`)}
<div id="kc-form-options">${checkbox({ id: 'logout-sessions', label: context.text('logoutOtherSessions') })}</div>
<div class="pf-v5-c-form__actions"><button class="pf-v5-c-button pf-m-primary pf-m-block" type="button" id="registerWebAuthn">${context.text('doRegisterSecurityKey')}</button></div>
</form>
${cancellable ? cancelForm(context.text('doCancel'), actionUrl) : undefined}
${webauthnScript(context)}`,
})
