import { html } from '../../http/html.ts'
import { linkButton } from '../../login/pages/form.ts'
import type { PageContent } from '../../login/pages/page.ts'
import { type SignedIn, signedInBar } from './parts.ts'

export interface NoticePage {
  /** Message key of what there is to tell. */
  readonly key: string
  readonly status: number
  readonly signOut?: SignedIn
  /** Where one may try again. */
  readonly backUrl?: string
  /** Where the page leads by itself. */
  readonly nextUrl?: string
}

/** One sentence and, perhaps, a way on. */
export function noticePage({ key, status, signOut, backUrl, nextUrl }: NoticePage): PageContent {
  const url = backUrl ?? nextUrl
  return {
    ...(url === undefined ? {} : { url }),
    name: 'registry-notice',
    title: 'registryTitle',
    status,
    body: (context) => html`${signOut === undefined ? undefined : signedInBar(context, signOut)}
<p class="instruction" id="kc-notice">${context.text(key)}</p>
${backUrl === undefined ? undefined : linkButton({ id: 'kc-try-again', href: backUrl, label: context.text('doTryAgain') })}
${nextUrl === undefined ? undefined : linkButton({ id: 'kc-continue', href: nextUrl, label: context.text('doContinue') })}`,
  }
}
