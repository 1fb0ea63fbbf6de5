import type { PageError } from '../../http/errors.ts'
import { type Html, html } from '../../http/html.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { absoluteClientUrl } from '../../realm/client-url.ts'
import { linkButton } from './form.ts'
import type { Message, PageContent, PageContext, PageTexts } from './page.ts'
import { renderBarePage } from './render.ts'

export interface ErrorContent {
  readonly message: Pick<Message, 'key' | 'values'>
  /** 400 unless given. */
  readonly status?: number
  /** Where to go instead of where the application lives. */
  readonly backUrl?: string | undefined
}

/** What is known of where a page is shown: nothing, outside of any realm. */
type Place = PageTexts & Partial<Pick<PageContext, 'client' | 'baseUrl'>>
type BareContent = Omit<PageContent, 'body'> & { readonly body: (place: Place) => Html }

/** The page of an error that cannot be sent back to an application; it leads to where the application lives, if it says so. */
export const errorContent = ({ message, status = 400, backUrl }: ErrorContent): BareContent => ({
  name: 'error',
  title: 'errorTitle',
  status,
  body: ({ text, markup, client, baseUrl }) => {
    const home = client && baseUrl !== undefined ? absoluteClientUrl(client, baseUrl, client.doc.baseUrl) : undefined
    const link = backUrl ?? home
    return html`<div id="kc-error-message">
<p class="instruction">${markup(message.key, ...(message.values ?? []))}</p>
${link === undefined ? undefined : linkButton({ id: 'backToApplication', href: link, label: text('backToApplication') })}
</div>`
  },
})

/** The page of an error outside of any realm. A handler that knows its realm draws `errorContent` itself. */
export const errorPage = (error: PageError, request: HttpRequest): HttpResponse =>
  renderBarePage(request, errorContent({ message: { key: error.messageKey }, status: error.status }))
