import { html } from '../../http/html.ts'
import { actions, form, submitButton } from './form.ts'
import type { PageContent } from './page.ts'

/** @param label what the user called the credential, else its type */
export function deleteCredentialPage({ actionUrl, label }: { readonly actionUrl: string; readonly label: string }): PageContent {
  return {
    name: 'delete-credential',
    title: 'deleteCredentialTitle',
    titleValues: [label],
    body: (context) => html`<div id="kc-delete-text">${context.text('deleteCredentialMessage', label)}</div>
${form(
  { id: 'kc-delete-credential-form', actionUrl },
  actions(
    submitButton({ id: 'kc-accept', name: 'accept', label: context.text('doConfirmDelete'), kind: 'danger' }),
    submitButton({
      id: 'kc-decline',
      name: 'cancel-aia',
      value: 'true',
      label: context.text('doDecline'),
      kind: 'secondary',
      skipChecks: true,
    }),
  ),
)}`,
  }
}
