import type { PageError } from '../../http/errors.ts'
import { type Html, html } from '../../http/html.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { linkButton } from './form.ts'
import type { Message, PageContent, PageTexts } from './page.ts'
import { renderBarePage } from './render.ts'

export interface ErrorContent {
  readonly message: Pick<Message, 'key' | 'values'>
  /** 400 unless given. */
  readonly status?: number
  /** Where the application lives. */
  readonly backUrl?: string | undefined
}

type BareContent = Omit<PageContent, 'body'> & { readonly body: (texts: PageTexts) => Html }

/** The page of an error that cannot be sent back to an application. */
export const errorContent = ({ message, status = 400, backUrl }: ErrorContent): BareContent => ({
  name: 'error',
  title: 'errorTitle',
  status,
  body: ({ text, markup }) => html`<div id="kc-error-message">
<p class="instruction">${markup(message.key, ...(message.values ?? []))}</p>
${backUrl === undefined ? undefined : linkButton({ id: 'backToApplication', href: backUrl, label: text('backToApplication') })}
</div>`,
})

/** The page of an error outside of any realm. A handler that knows its realm draws `errorContent` itself. */
export const errorPage = (error: PageError, request: HttpRequest): HttpResponse =>
  renderBarePage(request, errorContent({ message: { key: error.messageKey }, status: error.status }))
