import { type Html, html } from '../../http/html.ts'
import type { HttpRequest } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { resourcesPath } from '../resources.ts'
import type { Theme } from '../themes.ts'
import { form } from './form.ts'
import { usernameLabel } from './login.ts'
import type { Message, PageContent, PageTexts } from './page.ts'
import { sanitised } from './sanitised.ts'

export interface FrameParts {
  readonly content: PageContent
  readonly texts: PageTexts
  readonly request: HttpRequest
  readonly resources: string
  readonly body: Html
  readonly theme?: Theme | undefined
  /** Absent on pages outside of any realm. */
  readonly realm?: RealmSnapshot
}

/**
 * Scripts and styles come from files of this server alone. The header's policy is a setting of the realm that must arrive as it was set;
 * a second one in the page makes it stricter and can loosen nothing.
 */
const pagePolicy = "script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'"

/** The path part of a base URL: '' or '/auth'. Files are asked for by path, so that they always come from the page's own origin. */
export const basePathOf = (baseUrl: string): string => new URL(baseUrl).pathname.replace(/\/$/, '')

/** The whole document around a page's body. */
export function frame(parts: FrameParts): Html {
  const { content, texts, realm, body } = parts
  const { attempted, message, tryAnotherWayUrl } = content
  const titleValues = (content.titleValues ?? []).map((value) => texts.written(value))
  return html`<!doctype html>
<html class="login-pf" lang="${texts.locale}" dir="${directionOf(texts.locale)}">
${head(parts)}
<body id="keycloak-bg" data-page-id="login-${content.name}"${ownAddress(parts)}>
<div class="pf-v5-c-login"><div class="pf-v5-c-login__container${content.wide ? ' kc-wide' : ''}">
<header id="kc-header" class="pf-v5-c-login__header"><div id="kc-header-wrapper" class="pf-v5-c-brand">${brand(parts)}</div></header>
<main class="pf-v5-c-login__main">
<div class="pf-v5-c-login__main-header"><h1 class="pf-v5-c-title pf-m-3xl" id="kc-page-title">${texts.text(content.title, ...titleValues)}</h1>${realm === undefined ? undefined : localeSwitch(parts, realm)}</div>
<div class="pf-v5-c-login__main-body" id="kc-content">
${attempted === undefined ? undefined : attemptedUser(texts, attempted, realm === undefined ? texts.text('username') : usernameLabel({ realm, text: texts.text }))}
<div id="kc-message" aria-live="polite">${message === undefined ? undefined : alert(texts, message)}</div>
${body}
${tryAnotherWayUrl === undefined ? undefined : anotherWay(texts, tryAnotherWayUrl)}
</div>
</main>
</div></div>
</body>
</html>
`
}

/** A page that answers a form gets an address of its own by `ostiary.js`: reloading it, or coming back to it, sends nothing again. */
function ownAddress({ content: { url }, request: { method } }: FrameParts): Html | undefined {
  if (method !== 'POST' || url === undefined) return undefined
  const { pathname, search } = new URL(url)
  return html` data-address="${pathname}${search}"`
}

function head({ content, texts, request, resources, theme, realm }: FrameParts): Html {
  const own = theme === undefined ? '' : basePathOf(request.baseUrl) + resourcesPath(theme.name, theme.resources)
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>${titleOf(content, texts, realm)}</title>
<link rel="icon" href="${resources}/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${resources}/ostiary.css">
${(theme?.styles ?? []).map((path) => html`<link rel="stylesheet" href="${own}/${path}">\n`)}<script type="module" src="${resources}/ostiary.js"></script>
</head>`
}

function titleOf({ documentTitle }: PageContent, texts: PageTexts, realm: RealmSnapshot | undefined): string {
  if (realm === undefined) return texts.text('errorTitle')
  return documentTitle === undefined ? texts.text('loginTitle', nameOf(realm)) : `${texts.text(documentTitle)} · ${nameOf(realm)}`
}

const nameOf = ({ settings, name }: RealmSnapshot): string => settings.displayName || name

/** The theme's logo, the realm's name with its markup, or the realm's plain name. */
function brand({ theme, realm, request }: FrameParts): Html {
  const name = realm === undefined ? 'Ostiary' : nameOf(realm)
  if (theme?.logo !== undefined) {
    const path = basePathOf(request.baseUrl) + resourcesPath(theme.name, theme.resources)
    return html`<img class="kc-logo" src="${path}/${theme.logo}" alt="${name}">`
  }
  return realm?.settings.displayNameHtml ? realm.derived(brandOf) : html`${name}`
}

const brandOf = ({ settings }: RealmSnapshot): Html => sanitised(settings.displayNameHtml ?? '')

/** Who is about to log in, and the way to be somebody else. */
const attemptedUser = (texts: PageTexts, { username, restartUrl }: NonNullable<PageContent['attempted']>, label: string): Html =>
  html`<div id="kc-username" class="pf-v5-c-form__group"><div class="pf-v5-c-form__group-label"><label class="pf-v5-c-form__label" for="kc-attempted-username"><span class="pf-v5-c-form__label-text">${label}</span></label></div><div class="pf-v5-c-input-group"><span class="pf-v5-c-form-control pf-m-readonly"><input id="kc-attempted-username" value="${username}" readonly></span><a class="pf-v5-c-button pf-m-control" id="reset-login" href="${restartUrl}" aria-label="${texts.text('restartLoginTooltip')}" title="${texts.text('restartLoginTooltip')}"><span class="kc-icon kc-icon-restart" aria-hidden="true"></span></a></div></div>`

const alertStyles: Readonly<Record<Message['kind'], string>> = { error: 'danger', warning: 'warning', info: 'info', success: 'success' }

const alert = (texts: PageTexts, { kind, key, values = [] }: Message): Html =>
  html`<div class="pf-v5-c-alert pf-m-inline pf-m-${alertStyles[kind]} alert-${kind}"><span class="pf-v5-c-alert__icon kc-icon kc-icon-${kind}" aria-hidden="true"></span><span class="pf-v5-c-alert__title kc-feedback-text"${kind === 'error' ? html` id="input-error"` : undefined}>${texts.markup(key, ...values)}</span></div>`

const anotherWay = (texts: PageTexts, actionUrl: string): Html =>
  form(
    { id: 'kc-select-try-another-way-form', actionUrl },
    html`<input type="hidden" name="tryAnotherWay" value="on"><button class="pf-v5-c-button pf-m-link pf-m-block" type="submit" id="try-another-way">${texts.text('doTryAnotherWay')}</button>`,
  )

/** Parameters that belong to one form or one choice, and to no address that shows a page again. */
const passing = ['session_code', 'kc_locale', 'auth_session_id']

/** Links to the same page in the realm's other languages. It opens without JavaScript. */
function localeSwitch({ content, texts, request }: FrameParts, realm: RealmSnapshot): Html | undefined {
  const locales = realm.settings.supportedLocales ?? []
  if (realm.settings.internationalizationEnabled !== true || locales.length < 2) return undefined
  const names = realm.derived(localeNames)
  const address = new URL(content.url ?? `${request.baseUrl}${request.path}?${request.queryText}`, request.baseUrl)
  for (const name of passing) address.searchParams.delete(name)
  const links = locales.map((locale, index) => {
    address.searchParams.set('kc_locale', locale)
    const current = locale === texts.locale ? html` aria-current="true"` : undefined
    return html`<li><a id="language-${index + 1}" href="${address.pathname}${address.search}" lang="${locale}" hreflang="${locale}"${current}>${names.get(locale)}</a></li>`
  })
  return html`<nav id="kc-locale" class="kc-locale" aria-label="${texts.text('languages')}"><details id="kc-locale-dropdown"><summary id="kc-current-locale-link">${names.get(texts.locale) ?? texts.locale}</summary><ul id="language-switch1">${links}</ul></details></nav>`
}

/** What each language calls itself: `українська`. */
function localeNames({ settings }: RealmSnapshot): ReadonlyMap<string, string> {
  return new Map((settings.supportedLocales ?? []).map((locale) => [locale, nativeName(locale)]))
}

function nativeName(locale: string): string {
  try {
    const name = new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
  } catch {
    // An administrator may have entered what is no language tag.
    return locale
  }
}

const rightToLeft: ReadonlySet<string> = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi'])

const directionOf = (locale: string): string => (rightToLeft.has(locale.split('-')[0] ?? '') ? 'rtl' : 'ltr')
