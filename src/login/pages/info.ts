import { html } from '../../http/html.ts'
import { linkButton } from './form.ts'
import type { Message, PageContent } from './page.ts'

export interface InfoPage {
  /** What happened; its text is the page's. */
  readonly message: Pick<Message, 'key' | 'values'>
  /** Message key of the heading; the message itself unless given. */
  readonly title?: string
  readonly titleValues?: readonly string[]
  /** Message keys of things listed below the message, for example required actions. */
  readonly items?: readonly string[]
  readonly linkUrl?: string | undefined
  /** Message key; "Back to Application" unless given. */
  readonly linkText?: string | undefined
}

/** Tells that something is done, and where to go on. */
export function infoPage({ message, title, titleValues, items = [], linkUrl, linkText }: InfoPage): PageContent {
  return {
    name: 'info',
    title: title ?? message.key,
    titleValues: titleValues ?? (title === undefined ? (message.values ?? []) : []),
    body: ({ text }) => html`<div id="kc-info-message">
<p class="instruction">${text(message.key, ...(message.values ?? []))}</p>
${items.length === 0 ? undefined : html`<ul class="pf-v5-c-list">${items.map((key) => html`<li>${text(key)}</li>`)}</ul>`}
${linkUrl === undefined ? undefined : linkButton({ href: linkUrl, label: text(linkText ?? 'backToApplication') })}
</div>`,
  }
}
