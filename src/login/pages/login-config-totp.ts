import { type Html, html } from '../../http/html.ts'
import { actions, checkbox, form, hiddenField, inputField, submitButton } from './form.ts'
import type { Message, PageContent, PageContext, Problem } from './page.ts'

export interface ConfigTotpPage {
  readonly actionUrl: string
  readonly cancellable: boolean
  readonly message?: Message | undefined
  /** The secret as it is stored; the form repeats it for scripts that read it there. */
  readonly secret: string
  /** The secret as people type it: base32 in groups of four. */
  readonly key: string
  /** The picture that an application scans; undefined shows the key instead. */
  readonly barcode: string | undefined
  /** Where the other of picture and key is shown. */
  readonly otherModeUrl: string
  /** Message keys of applications that can do what the realm asks for. */
  readonly applications: readonly string[]
  readonly policy: {
    readonly type: 'totp' | 'hotp'
    readonly algorithm: string
    readonly digits: number
    readonly period: number
    readonly counter: number
  }
  /** A further device needs a name. */
  readonly labelRequired: boolean
  readonly label?: string | undefined
  readonly codeProblem?: Problem | undefined
  readonly labelProblem?: Problem | undefined
}

/** Sets up a generator of one-time passwords: show the secret, ask for a first code. */
export function configTotpPage(page: ConfigTotpPage): PageContent {
  return {
    name: 'login-config-totp',
    title: 'loginTotpTitle',
    ...(page.message === undefined ? {} : { message: page.message }),
    body: (context) => html`${instructions(context, page)}
${form(
  { id: 'kc-totp-settings-form', actionUrl: page.actionUrl },
  inputField(context, {
    id: 'totp',
    label: context.text('authenticatorCode'),
    autocomplete: 'one-time-code',
    inputMode: 'numeric',
    autofocus: true,
    required: true,
    problem: page.codeProblem,
    problemId: 'otp-code',
  }),
  hiddenField('totpSecret', page.secret, 'totpSecret'),
  page.barcode === undefined ? hiddenField('mode', 'manual', 'mode') : undefined,
  inputField(context, {
    id: 'userLabel',
    label: context.text('loginTotpDeviceName'),
    autocomplete: 'off',
    value: page.label,
    required: page.labelRequired,
    problem: page.labelProblem,
    problemId: 'otp-label',
  }),
  html`
<div class="pf-v5-c-form__group" id="kc-form-options">${checkbox({ id: 'logout-sessions', label: context.text('logoutOtherSessions') })}</div>`,
  actions(
    submitButton({ id: 'saveTOTPBtn', label: context.text('doSubmit') }),
    ...(page.cancellable
      ? [
          submitButton({
            id: 'cancelTOTPBtn',
            name: 'cancel-aia',
            value: 'true',
            label: context.text('doCancel'),
            kind: 'secondary',
            skipChecks: true,
          }),
        ]
      : []),
  ),
)}`,
  }
}

function instructions(context: PageContext, { applications, barcode, key, otherModeUrl, policy }: ConfigTotpPage): Html {
  const { text } = context
  const secret =
    barcode === undefined
      ? html`<p>${text('loginTotpManualStep2')}</p>
<p><span id="kc-totp-secret-key">${key}</span></p>
<p><a href="${otherModeUrl}" id="mode-barcode">${text('loginTotpScanBarcode')}</a></p>`
      : html`<p>${text('loginTotpStep2')}</p>
<p><img id="kc-totp-secret-qr-code" class="kc-qr-code" src="${barcode}" alt="${text('loginTotpScanBarcodeAlt')}" width="246" height="246"></p>
<p><a href="${otherModeUrl}" id="mode-manual">${text('loginTotpUnableToScan')}</a></p>`
  return html`<ol id="kc-totp-settings" class="pf-v5-c-list">
<li><p>${text('loginTotpStep1')}</p>
<ul id="kc-totp-supported-apps">${applications.map((key) => html`<li>${text(key)}</li>`)}</ul></li>
<li>${secret}</li>
${barcode === undefined ? policyValues(context, policy) : undefined}<li><p>${text('loginTotpStep3')}</p><p>${text('loginTotpStep3DeviceName')}</p></li>
</ol>`
}

function policyValues({ text }: PageContext, policy: ConfigTotpPage['policy']): Html {
  const { type, algorithm, digits, period, counter } = policy
  const last =
    type === 'totp'
      ? html`<li id="kc-totp-period">${text('loginTotpInterval')}: ${period}</li>`
      : html`<li id="kc-totp-counter">${text('loginTotpCounter')}: ${counter}</li>`
  return html`<li><p>${text('loginTotpManualStep3')}</p>
<ul>
<li id="kc-totp-type">${text('loginTotpType')}: ${text(`loginTotp.${type}`)}</li>
<li id="kc-totp-algorithm">${text('loginTotpAlgorithm')}: ${algorithm}</li>
<li id="kc-totp-digits">${text('loginTotpDigits')}: ${digits}</li>
${last}
</ul></li>
`
}
