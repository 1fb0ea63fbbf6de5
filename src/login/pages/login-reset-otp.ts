import { html } from '../../http/html.ts'
import { actions, form, submitButton } from './form.ts'
import type { OtpDevice } from './login-otp.ts'
import type { PageContent, Problem } from './page.ts'

export interface ResetOtpPage {
  readonly actionUrl: string
  readonly devices: readonly OtpDevice[]
  readonly error?: Problem | undefined
}

/** Which of the user's generators of codes is to be removed. One is shown as a choice too: removing it must be meant. */
export function resetOtpPage({ actionUrl, devices, error }: ResetOtpPage): PageContent {
  return {
    name: 'login-reset-otp',
    title: 'loginAccountTitle',
    ...(error === undefined ? {} : { message: { kind: 'error', key: typeof error === 'string' ? error : error.key } }),
    body: (context) => {
      const tiles = devices.map(
        ({ id, label }, index) =>
          html`<label class="kc-tile" for="kc-otp-credential-${index}"><input id="kc-otp-credential-${index}" type="radio" name="selectedCredentialId" value="${id}"${index === 0 ? html` checked` : undefined}><span class="kc-icon kc-icon-phone" aria-hidden="true"></span><span class="kc-tile__title">${label || context.text('otp-display-name')}</span></label>`,
      )
      return form(
        { id: 'kc-otp-reset-form', actionUrl },
        html`
<fieldset class="kc-tiles"><legend id="kc-otp-reset-form-description" class="pf-v5-c-form__label-text">${context.text('otp-reset-description')}</legend>${tiles}</fieldset>`,
        actions(submitButton({ id: 'kc-otp-reset-form-submit', label: context.text('doSubmit') })),
      )
    },
  }
}
