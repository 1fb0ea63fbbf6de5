import { html } from '../../http/html.ts'
import { actions, form, hiddenField, linkButton, submitButton } from './form.ts'
import type { PageContent } from './page.ts'

export interface LogoutConfirmPage {
  readonly actionUrl: string
  /** What was asked for, for this browser alone. */
  readonly code: string
  /** Where the application lives. */
  readonly backUrl: string | undefined
  /** The address that shows this page again. */
  readonly url: string
}

/** Nothing proves that the application asked for the logout: the person does. */
export const logoutConfirmPage = ({ actionUrl, code, backUrl, url }: LogoutConfirmPage): PageContent => ({
  name: 'logout-confirm',
  title: 'logoutConfirmTitle',
  url,
  body: ({ text }) => html`<div id="kc-logout-confirm" class="content-area">
<p class="instruction">${text('logoutConfirmHeader')}</p>
${form(
  { id: 'kc-logout-confirm-form', actionUrl },
  hiddenField('session_code', code),
  actions(submitButton({ id: 'kc-logout', name: 'confirmLogout', value: text('doLogout'), label: text('doLogout') })),
)}
<div id="kc-info-message">${backUrl === undefined ? undefined : linkButton({ href: backUrl, label: text('backToApplication') })}</div>
</div>`,
})
