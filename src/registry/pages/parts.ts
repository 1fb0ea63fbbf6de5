import { type Html, html } from '../../http/html.ts'
import { hiddenField, inputField } from '../../login/pages/form.ts'
import type { PageContext, PageTexts } from '../../login/pages/page.ts'
import type { ExternalSystem } from '../describe.ts'

/** Who is signed in, and the way out. */
export interface SignedIn {
  readonly actionUrl: string
  readonly csrf: string
  readonly username: string
}

export const csrfField = (csrf: string): Html => hiddenField('csrf', csrf)

/** Above everything else on a page. */
export const signedInBar = ({ text }: PageTexts, { actionUrl, csrf, username }: SignedIn): Html =>
  html`<form class="kc-signed-in" id="kc-sign-out" method="post" action="${actionUrl}">${csrfField(csrf)}<span>${text('registrySignedInAs', username)}</span><button class="pf-v5-c-button pf-m-link" type="submit">${text('registrySignOut')}</button></form>`

export const statusBadge = ({ text }: PageTexts, { status }: Pick<ExternalSystem, 'status'>): Html =>
  html`<span class="kc-badge kc-badge-${status}">${text(status === 'blocked' ? 'registryBlocked' : 'registryActive')}</span>`

/** In the page's language, in UTC: the server does not know where the person is. */
export function time({ locale, text }: PageTexts, iso: string | undefined): Html {
  if (iso === undefined) return html`${text('registryNever')}`
  const shown = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso))
  return html`<time datetime="${iso}">${shown} UTC</time>`
}

/** Facts with their names; those without a value are left out. */
export const facts = (rows: readonly (readonly [string, Html | string | undefined])[]): Html =>
  html`<dl class="kc-facts">${rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [html`<div><dt>${name}</dt><dd>${value}</dd></div>`],
  )}</dl>`

export const typeName = ({ text }: PageTexts, type: string): string =>
  type === 'internal-registry' ? text('registryTypeInternal') : type === 'external-system' ? text('registryTypeExternal') : type

export interface TextArea {
  readonly id: string
  readonly label: string
  readonly help: string
  readonly value: string
  readonly rows: number
}

export const textArea = ({ id, label, help, value, rows }: TextArea): Html => html`
<div class="pf-v5-c-form__group">
<div class="pf-v5-c-form__group-label"><label for="${id}" class="pf-v5-c-form__label"><span class="pf-v5-c-form__label-text">${label}</span></label></div>
<span class="pf-v5-c-form-control"><textarea id="${id}" name="${id}" rows="${rows}" spellcheck="false" autocomplete="off" aria-describedby="form-help-text-${id}">${value === '' ? '' : html`\n${value}`}</textarea></span>
<div class="pf-v5-c-form__helper-text" id="form-help-text-${id}"><span class="pf-v5-c-helper-text__item-text">${help}</span></div>
</div>`

/** What somebody has typed of a key: one of the two. */
export interface TypedKey {
  readonly jwksUrl: string
  readonly publicKey: string
}

/** The two forms of a key that a form takes, below what is said of them. */
export const keyFields = (context: PageContext, help: string, { jwksUrl, publicKey }: TypedKey): Html =>
  html`<p class="kc-hint">${help}</p>${inputField(context, {
    id: 'jwksUrl',
    label: context.text('registryJwksUrl'),
    value: jwksUrl,
    autocomplete: 'off',
  })}${textArea({
    id: 'publicKey',
    label: context.text('registryPublicKey'),
    help: context.text('registryPublicKeyHelp'),
    value: publicKey,
    rows: 4,
  })}`

export const section = (id: string, title: string, ...content: readonly (Html | undefined)[]): Html =>
  html`<section class="kc-section" id="${id}" aria-labelledby="${id}-title"><h2 class="pf-v5-c-title pf-m-lg" id="${id}-title">${title}</h2>${content}</section>`

export const backLink = (href: string, label: string): Html => html`<p class="kc-back"><a id="kc-back" href="${href}">${label}</a></p>`
