import { html } from '../../http/html.ts'
import { form } from './form.ts'
import type { PageContent } from './page.ts'

/** One way to go on. Texts are message keys: the reference's `<provider>-display-name` and `<provider>-help-text`. */
export interface WayToLogIn {
  /** The execution that is chosen. */
  readonly executionId: string
  readonly titleKey: string
  readonly helpKey: string
  readonly icon: 'password' | 'phone' | 'key' | 'codes' | 'user'
}

/** The ways in which the user may go on, after "Try Another Way". */
export function selectAuthenticatorPage({
  actionUrl,
  ways,
}: {
  readonly actionUrl: string
  readonly ways: readonly WayToLogIn[]
}): PageContent {
  return {
    name: 'select-authenticator',
    title: 'loginChooseAuthenticator',
    body: (context) =>
      form(
        { id: 'kc-select-credential-form', actionUrl },
        html`
<ul class="kc-ways">${ways.map(
          ({ executionId, titleKey, helpKey, icon }) =>
            html`<li><button class="kc-way" type="submit" name="authenticationExecution" value="${executionId}"><span class="kc-icon kc-icon-${icon}" aria-hidden="true"></span><span class="kc-way__words"><span class="kc-way__title">${context.text(titleKey)}</span><span class="kc-way__help">${context.text(helpKey)}</span></span></button></li>`,
        )}</ul>`,
      ),
  }
}
