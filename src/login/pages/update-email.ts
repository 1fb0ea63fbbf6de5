import { html } from '../../http/html.ts'
import { actions, cancelButton, checkbox, form, submitButton } from './form.ts'
import type { Message, PageContent } from './page.ts'
import { type ProfileField, profileFields } from './profile-fields.ts'

export interface UpdateEmailPage {
  readonly actionUrl: string
  readonly cancellable: boolean
  /** The profile's attribute `email`. */
  readonly fields: readonly ProfileField[]
  readonly message?: Message | undefined
}

/** Another e-mail address. */
export function updateEmailPage({ actionUrl, cancellable, fields, message }: UpdateEmailPage): PageContent {
  return {
    name: 'update-email',
    title: 'updateEmailTitle',
    ...(message === undefined ? {} : { message }),
    body: (context) =>
      form(
        { id: 'kc-update-email-form', actionUrl },
        profileFields(context, fields),
        html`
<div class="pf-v5-c-form__group" id="kc-form-options">${checkbox({ id: 'logout-sessions', label: context.text('logoutOtherSessions') })}</div>`,
        actions(submitButton({ id: 'kc-submit', label: context.text('doSubmit') }), ...cancelButton(context, cancellable)),
      ),
  }
}
