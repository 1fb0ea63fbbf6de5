import { html } from '../../http/html.ts'
import { form } from './form.ts'
import type { PageContent } from './page.ts'

export interface SelectOrganizationPage {
  readonly actionUrl: string
  readonly organizations: readonly { readonly alias: string; readonly name: string }[]
  readonly username: string
  readonly restartUrl: string
}

/** For which of the user's organizations the login is. */
export function selectOrganizationPage({ actionUrl, organizations, username, restartUrl }: SelectOrganizationPage): PageContent {
  return {
    name: 'select-organization',
    title: 'loginAccountTitle',
    attempted: { username, restartUrl },
    body: (context) =>
      form(
        { id: 'kc-select-organization-form', actionUrl },
        html`<p id="kc-user-organizations-label">${context.text('organization.select')}</p>
<ul class="kc-ways">${organizations.map(
          ({ alias, name }) =>
            html`<li><button class="kc-way" type="submit" id="organization-${alias}" name="kc.org" value="${alias}"><span class="kc-way__words"><span class="kc-way__title">${name}</span></span></button></li>`,
        )}</ul>`,
      ),
  }
}
