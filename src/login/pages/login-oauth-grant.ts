import { type Html, html } from '../../http/html.ts'
import { actions, form, hiddenField, submitButton, webAddress } from './form.ts'
import type { PageContent, PageContext } from './page.ts'

export interface GrantPage {
  readonly actionUrl: string
  readonly clientName: string
  /** Consent texts; `${key}` in them stands for a message, as in the name. */
  readonly scopes: readonly string[]
  /** Must come back with the answer. */
  readonly code: string
  readonly logoUrl?: string | undefined
  readonly policyUrl?: string | undefined
  readonly termsUrl?: string | undefined
}

function clientLinks({ text }: PageContext, { termsUrl, policyUrl }: GrantPage, name: string): Html | undefined {
  const links = [
    { url: webAddress(termsUrl), label: text('oauthGrantTos') },
    { url: webAddress(policyUrl), label: text('oauthGrantPolicy') },
  ].filter(({ url }) => url !== undefined)
  if (links.length === 0) return undefined
  return html`<p class="kc-hint">${text('oauthGrantInformation', name)}${links.map(
    ({ url, label }) => html` ${text('oauthGrantReview')} <a href="${url}" target="_blank" rel="noopener noreferrer">${label}</a>`,
  )}</p>`
}

/** Asks the user what the application may have. */
export function grantPage(data: GrantPage): PageContent {
  return {
    name: 'login-oauth-grant',
    title: 'oauthGrantTitle',
    titleValues: [data.clientName],
    body: (context) => {
      const logo = webAddress(data.logoUrl)
      return html`<div id="kc-oauth" class="content-area">${logo === undefined ? undefined : html`<img class="kc-client-logo" src="${logo}" alt="">`}
<h2 class="kc-question">${context.text('oauthGrantRequest')}</h2>
<ul class="pf-v5-c-list">${data.scopes.map((scope) => html`<li>${context.written(scope)}</li>`)}</ul>
${clientLinks(context, data, context.written(data.clientName))}${form(
  { id: 'kc-oauth-grant-form', actionUrl: data.actionUrl },
  hiddenField('code', data.code),
  actions(
    submitButton({ id: 'kc-login', name: 'accept', label: context.text('doYes') }),
    submitButton({ id: 'kc-cancel', name: 'cancel', label: context.text('doNo'), kind: 'secondary' }),
  ),
)}</div>`
    },
  }
}
