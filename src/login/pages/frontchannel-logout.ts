import { html } from '../../http/html.ts'
import { linkButton } from './form.ts'
import type { PageContent } from './page.ts'

export interface FrontchannelLogoutPage {
  readonly clients: readonly { readonly name: string; readonly url: string }[]
  /** Where to go on once all frames are loaded. */
  readonly continueUrl: string | undefined
}

/** Lets the browser call each client's logout address in a frame that nobody sees (OpenID Connect Front-Channel Logout section 3). */
export const frontchannelLogoutPage = ({ clients, continueUrl }: FrontchannelLogoutPage): PageContent => ({
  name: 'frontchannel-logout',
  title: 'frontchannel-logout.title',
  body: ({ text, written }) => html`<div id="kc-frontchannel-logout">
<p class="instruction">${text('frontchannel-logout.message')}</p>
<ul class="pf-v5-c-list">${clients.map(
    ({ name, url }) => html`<li>${written(name)}<iframe src="${url}" title="${written(name)}" hidden></iframe></li>`,
  )}</ul>
${
  continueUrl === undefined
    ? undefined
    : html`<div data-follow-when-loaded>${linkButton({ id: 'continue', href: continueUrl, label: text('doContinue') })}</div>`
}
</div>`,
})
