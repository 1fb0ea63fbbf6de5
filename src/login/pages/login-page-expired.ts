import { html } from '../../http/html.ts'
import type { PageContent } from './page.ts'

/** A form of an earlier step was sent: start again, or go on where the login stands. */
export function pageExpiredPage({ restartUrl, continueUrl }: { readonly restartUrl: string; readonly continueUrl: string }): PageContent {
  return {
    name: 'login-page-expired',
    title: 'pageExpiredTitle',
    body: ({ text }) => html`
<ul id="instruction1" class="kc-choices">
<li>${text('pageExpiredMsg1')} <a id="loginRestartLink" href="${restartUrl}">${text('doClickHere')}</a></li>
<li>${text('pageExpiredMsg2')} <a id="loginContinueLink" href="${continueUrl}">${text('doClickHere')}</a></li>
</ul>`,
  }
}
