import { type Html, html } from '../../http/html.ts'
import { actions, checkbox, form, hiddenField, submitButton } from './form.ts'
import type { Message, PageContent, PageTexts } from './page.ts'

export interface RecoveryCodesPage {
  readonly actionUrl: string
  readonly cancellable: boolean
  readonly message?: Message | undefined
  readonly codes: readonly string[]
  readonly generatedAtMs: number
}

/** `ABCD-EFGH-IJKL`: easier to copy by hand. */
export const groupedCode = (code: string): string => code.match(/.{1,4}/g)?.join('-') ?? ''

/** Shows new recovery codes, once. Buttons that print and save them come from `ostiary.js`. */
export function recoveryCodesPage({ actionUrl, cancellable, message, codes, generatedAtMs }: RecoveryCodesPage): PageContent {
  return {
    name: 'login-recovery-authn-code-config',
    title: 'recovery-code-config-header',
    ...(message === undefined ? {} : { message }),
    body: (context) => html`<div class="pf-v5-c-alert pf-m-warning pf-m-inline kc-recovery-codes-warning" role="note">
<h2 class="pf-v5-c-alert__title">${context.text('recovery-code-config-warning-title')}</h2>
<div class="pf-v5-c-alert__description"><p>${context.text('recovery-code-config-warning-message')}</p></div></div>
<ol id="kc-recovery-codes-list" class="pf-v5-c-list kc-recovery-codes">${codes.map((code) => html`<li>${groupedCode(code)}</li>`)}</ol>
${codeActions(context)}
${form(
  { id: 'kc-recovery-codes-settings-form', actionUrl },
  hiddenField('generatedRecoveryAuthnCodes', codes.join(',')),
  hiddenField('generatedAt', String(generatedAtMs)),
  hiddenField('userLabel', context.text('recovery-codes-label-default'), 'userLabel'),
  html`
<div class="pf-v5-c-form__group" id="kc-form-options">${checkbox({ id: 'kcRecoveryCodesConfirmationCheck', label: context.text('recovery-codes-confirmation-message') })}
${checkbox({ id: 'logout-sessions', label: context.text('logoutOtherSessions') })}</div>`,
  actions(
    submitButton({ id: 'saveRecoveryAuthnCodesBtn', label: context.text('recovery-codes-action-complete') }),
    ...(cancellable
      ? [
          submitButton({
            id: 'cancelRecoveryAuthnCodesBtn',
            name: 'cancel-aia',
            value: 'true',
            label: context.text('recovery-codes-action-cancel'),
            kind: 'link',
            skipChecks: true,
          }),
        ]
      : []),
  ),
)}`,
  }
}

/** Buttons that `ostiary.js` shows and serves: without it there is nothing that they could do. */
const codeActions = ({ text }: PageTexts): Html =>
  html`<div class="kc-code-actions" hidden data-code-actions data-header="${text('recovery-codes-download-file-header')}" data-description="${text('recovery-codes-download-file-description')}" data-date="${text('recovery-codes-download-file-date')}" data-copied="${text('recovery-codes-copied')}">${(
    [
      ['printRecoveryCodes', 'recovery-codes-print'],
      ['downloadRecoveryCodes', 'recovery-codes-download'],
      ['copyRecoveryCodes', 'recovery-codes-copy'],
    ] as const
  ).map(([id, key]) => html`<button class="pf-v5-c-button pf-m-link" type="button" id="${id}">${text(key)}</button>`)}</div>`
