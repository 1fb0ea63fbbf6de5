/**
 * The pages: one file each with a function that makes its content from a small typed argument, and the frame around all of them. Server
 * side HTML with the reference's element ids and field names, usable without JavaScript, without inline scripts and styles. Not here:
 * decisions, texts. May call realm, and messages, themes and resources beside it.
 */
import { escapeHtml, type Html } from '../../http/html.ts'
import { pageSecurityHeaders } from '../../http/security-headers.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import type { Client, RealmSnapshot } from '../../realm/model.ts'
import { chooseLocale, requestedLocale } from '../locale.ts'
import { format } from '../messages/format.ts'
import { fallbackLocale, findText, type TextSources } from '../messages/texts.ts'
import { builtInFiles, builtInTheme, resourcesPath } from '../resources.ts'
import { noThemes, type Themes, themeOf } from '../themes.ts'
import { basePathOf, frame } from './frame.ts'
import type { PageContent, PageContext, PageTexts } from './page.ts'
import { sanitised } from './sanitised.ts'

export interface RenderContext {
  readonly realm: RealmSnapshot
  readonly client: Client | undefined
  readonly request: HttpRequest
  /** What the user chose on an earlier page of this login, or the language that was settled on. */
  readonly locale?: string | undefined
  /** The user's own setting, once somebody is known. */
  readonly user?: { readonly locale?: string | undefined } | undefined
  /** The application's `ui_locales`. */
  readonly uiLocales?: string | undefined
  readonly themes?: Themes | undefined
}

/** No cache may keep a page: it belongs to one login. The reference's words. */
export const pageCacheControl = 'no-store, must-revalidate, max-age=0'

/** Settings of a realm's `browserSecurityHeaders` and the headers that they become. */
const securityHeaderNames: Readonly<Record<string, string>> = {
  contentSecurityPolicy: 'content-security-policy',
  contentSecurityPolicyReportOnly: 'content-security-policy-report-only',
  xContentTypeOptions: 'x-content-type-options',
  xFrameOptions: 'x-frame-options',
  xRobotsTag: 'x-robots-tag',
  strictTransportSecurity: 'strict-transport-security',
  referrerPolicy: 'referrer-policy',
}

/** The realm's own settings over the defaults. What a realm sets to nothing is sent empty, which browsers take as absent. */
const realmSecurityHeaders = ({ settings }: RealmSnapshot): Readonly<Record<string, string>> => {
  const own = Object.entries(settings.browserSecurityHeaders ?? {}).flatMap(([key, value]) => {
    const name = securityHeaderNames[key]
    const isDefault = name !== undefined && name in pageSecurityHeaders
    return name !== undefined && (value !== '' || isDefault) ? [[name, value] as const] : []
  })
  return { ...pageSecurityHeaders, ...Object.fromEntries(own) }
}

/** Headers of a page of a realm in a language. */
export const pageHeaders = (realm: RealmSnapshot | undefined, locale: string | undefined): Record<string, string> => ({
  'content-type': 'text/html;charset=utf-8',
  'cache-control': pageCacheControl,
  ...(locale === undefined ? {} : { 'content-language': locale }),
  ...(realm === undefined ? pageSecurityHeaders : realm.derived(realmSecurityHeaders)),
})

/** Draws a page in the language and look that the realm, the client, the user and the browser ask for. */
export function renderPage(context: RenderContext, content: PageContent): HttpResponse {
  const { realm, client, request } = context
  const theme = themeOf(context.themes ?? noThemes, realm, client)
  const locale = chooseLocale(realm, {
    request,
    chosen: requestedLocale(realm, request) ?? context.locale,
    userLocale: context.user?.locale,
    uiLocales: context.uiLocales,
  })
  const texts = textsIn({ realm, theme }, locale)
  const page: PageContext = { ...texts, realm, client, baseUrl: request.baseUrl, resources: resourcesOf(request) }
  const parts = { content, texts, request, theme, realm, resources: page.resources, body: content.body(page) }
  return { status: content.status ?? 200, headers: pageHeaders(realm, locale), body: frame(parts).text }
}

/** A page outside of any realm, in English: there is no realm that speaks another language. */
export function renderBarePage(
  request: HttpRequest,
  content: Omit<PageContent, 'body'> & { readonly body: (texts: PageTexts) => Html },
): HttpResponse {
  const texts = textsIn({}, fallbackLocale)
  const body = content.body(texts)
  const parts = { content: { ...content, body: () => body }, texts, request, resources: resourcesOf(request), body }
  return { status: content.status ?? 200, headers: pageHeaders(undefined, undefined), body: frame(parts).text }
}

const resourcesOf = ({ baseUrl }: HttpRequest): string => basePathOf(baseUrl) + resourcesPath(builtInTheme, builtInFiles)

/** The texts of a language for a page to use. */
export function textsIn(sources: TextSources, locale: string): PageTexts {
  const text = (key: string, ...values: readonly string[]): string => format(findText(sources, locale, key) ?? key, values)
  return {
    locale,
    text,
    markup: (key, ...values) => sanitised(text(key, ...values.map(escapeHtml))),
    problem: (problem) => (typeof problem === 'string' ? text(problem) : text(problem.key, ...(problem.values ?? []))),
    written: (written) => written.replace(/\$\{([^{}]+)\}/g, (_whole, key: string) => text(key)),
  }
}
