import { html } from '../../http/html.ts'
import { actions, cancelButton, form, requiredLegend, submitButton } from './form.ts'
import type { Message, PageContent } from './page.ts'
import { type ProfileField, profileFields } from './profile-fields.ts'

export interface UpdateProfilePage {
  readonly actionUrl: string
  readonly cancellable: boolean
  readonly fields: readonly ProfileField[]
  readonly message?: Message | undefined
}

/** The user's profile, to be put right. */
export function updateProfilePage({ actionUrl, cancellable, fields, message }: UpdateProfilePage): PageContent {
  return {
    name: 'login-update-profile',
    title: 'loginProfileTitle',
    ...(message === undefined ? {} : { message }),
    body: (context) => html`${requiredLegend(context)}
${form(
  { id: 'kc-update-profile-form', actionUrl },
  profileFields(context, fields),
  actions(submitButton({ id: 'kc-submit', label: context.text('doSubmit') }), ...cancelButton(context, cancellable)),
)}`,
  }
}
