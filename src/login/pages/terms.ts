import { html } from '../../http/html.ts'
import { actions, form, submitButton } from './form.ts'
import type { PageContent } from './page.ts'

/** The realm's terms, which are the message `termsText`: markup is allowed in it. */
export function termsPage({ actionUrl }: { readonly actionUrl: string }): PageContent {
  return {
    name: 'terms',
    title: 'termsTitle',
    body: (context) => html`<div id="kc-terms-text" class="content-area" tabindex="0">${context.markup('termsText')}</div>
${form(
  { id: 'kc-terms-form', actionUrl },
  actions(
    submitButton({ id: 'kc-accept', name: 'accept', label: context.text('doAccept') }),
    submitButton({ id: 'kc-decline', name: 'cancel', label: context.text('doDecline'), kind: 'secondary' }),
  ),
)}`,
  }
}
