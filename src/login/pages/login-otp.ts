import { type Html, html } from '../../http/html.ts'
import { actions, form, inputField, submitButton } from './form.ts'
import type { PageContent, PageContext, Problem } from './page.ts'

/** One of the user's generators of codes. */
export interface OtpDevice {
  readonly id: string
  /** What the user called it. */
  readonly label: string | undefined
}

export interface OtpPage {
  readonly actionUrl: string
  readonly devices: readonly OtpDevice[]
  readonly selectedId?: string | undefined
  readonly error?: Problem | undefined
}

/** A choice of devices as radio buttons; with one device there is nothing to choose. */
export function deviceChoice(
  context: PageContext,
  devices: readonly OtpDevice[],
  selectedId: string | undefined,
  legend: string,
): Html | undefined {
  if (devices.length < 2) return undefined
  const tiles = devices.map(({ id, label }, index) => {
    const checked = id === selectedId || (selectedId === undefined && index === 0)
    return html`<label class="kc-tile" for="kc-otp-credential-${index}"><input id="kc-otp-credential-${index}" type="radio" name="selectedCredentialId" value="${id}"${checked ? html` checked` : undefined}><span class="kc-icon kc-icon-phone" aria-hidden="true"></span><span class="kc-tile__title">${label === undefined || label === '' ? context.text('otp-display-name') : label}</span></label>`
  })
  return html`
<fieldset class="kc-tiles"><legend class="pf-v5-c-form__label-text">${legend}</legend>${tiles}</fieldset>`
}

/** A code of an authenticator application. */
export function otpPage({ actionUrl, devices, selectedId, error }: OtpPage): PageContent {
  return {
    name: 'login-otp',
    title: 'doLogIn',
    body: (context) =>
      form(
        { id: 'kc-otp-login-form', actionUrl },
        deviceChoice(context, devices, selectedId, context.text('loginTotpDeviceName')),
        inputField(context, {
          id: 'otp',
          label: context.text('loginOtpOneTime'),
          autocomplete: 'one-time-code',
          inputMode: 'numeric',
          autofocus: true,
          problem: error,
        }),
        actions(submitButton({ id: 'kc-login', name: 'login', label: context.text('doLogIn') })),
      ),
  }
}
