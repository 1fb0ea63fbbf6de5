import { html } from '../../http/html.ts'
import { actions, cancelButton, form, submitButton } from './form.ts'
import type { PageContent } from './page.ts'

/** The last question before an account is gone. */
export function deleteAccountPage({ actionUrl, cancellable }: { readonly actionUrl: string; readonly cancellable: boolean }): PageContent {
  return {
    name: 'delete-account-confirm',
    title: 'deleteAccountConfirm',
    message: { kind: 'warning', key: 'irreversibleAction' },
    body: (context) =>
      form(
        { id: 'kc-deleteaccount-form', actionUrl },
        html`<p>${context.text('deletingImplies')}</p>
<ul class="pf-v5-c-list"><li>${context.text('loggingOutImmediately')}</li><li>${context.text('errasingData')}</li></ul>
<p class="delete-account-text">${context.text('finalDeletionConfirmation')}</p>`,
        actions(
          submitButton({ id: 'kc-submit', label: context.text('doConfirmDelete'), kind: 'danger' }),
          ...cancelButton(context, cancellable),
        ),
      ),
  }
}
