import { html } from '../../http/html.ts'
import type { Message, PageContent, PageContext } from '../../login/pages/page.ts'
import type { ExternalSystem } from '../describe.ts'
import { type SignedIn, signedInBar, statusBadge, time, typeName } from './parts.ts'

export interface ListPage {
  readonly signedIn: SignedIn
  readonly listUrl: string
  readonly createUrl: string
  readonly systemUrl: (name: string) => string
  readonly search: string
  readonly systems: readonly ExternalSystem[]
  readonly previousUrl?: string | undefined
  readonly nextUrl?: string | undefined
  readonly message?: Message | undefined
}

/** The external systems of a registry. */
export function listPage(page: ListPage): PageContent {
  const { signedIn, listUrl, createUrl, search, systems, previousUrl, nextUrl, message } = page
  return {
    name: 'registry-list',
    title: 'registryTitle',
    wide: true,
    ...(message === undefined ? {} : { message }),
    body: (context) => html`${signedInBar(context, signedIn)}
<div class="kc-bar"><form class="kc-search" id="kc-search" method="get" action="${listUrl}" role="search">
<span class="pf-v5-c-form-control"><input type="search" id="search" name="search" value="${search}" aria-label="${context.text('registrySearch')}" placeholder="${context.text('registrySearch')}"></span><button class="pf-v5-c-button pf-m-secondary" type="submit">${context.text('registryDoSearch')}</button>
</form><a class="pf-v5-c-button pf-m-primary" id="kc-new-system" href="${createUrl}">${context.text('registryNew')}</a></div>
${
  systems.length > 0
    ? html`<ul class="kc-systems">${systems.map((system) => itemOf(context, page, system))}</ul>`
    : html`<p class="kc-empty" id="kc-no-systems">${search === '' ? context.text('registryNone') : context.text('registryNoneFound', search)}</p>`
}
${
  previousUrl === undefined && nextUrl === undefined
    ? undefined
    : html`<nav class="kc-pages" aria-label="${context.text('registryPages')}">${previousUrl === undefined ? undefined : html`<a rel="prev" id="kc-previous" href="${previousUrl}">${context.text('registryPrevious')}</a>`}${nextUrl === undefined ? undefined : html`<a rel="next" id="kc-next" href="${nextUrl}">${context.text('registryNext')}</a>`}</nav>`
}`,
  }
}

const itemOf = (context: PageContext, { systemUrl }: ListPage, system: ExternalSystem) =>
  html`<li class="kc-system"><a class="kc-system__name" href="${systemUrl(system.name)}">${system.name}</a>${statusBadge(context, system)}<span class="kc-system__facts">${typeName(context, system.type)} &middot; ${context.text('registryLastToken')}: ${time(context, system.lastTokenAt)}</span></li>`
