import { setCookie, withCookies } from '../../http/cookies.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { localeCookieName, requestedLocale } from '../../login/locale.ts'
import type { PageContent } from '../../login/pages/page.ts'
import { renderPage } from '../../login/pages/render.ts'
import type { Themes } from '../../login/themes.ts'
import type { RealmSnapshot } from '../../realm/model.ts'
import { addressesOf } from './addresses.ts'

/**
 * Stricter than the realm's own policy, which may let applications frame its login: nobody frames these pages, forms come back to this
 * server, and nothing is loaded from elsewhere.
 */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

interface DrawContext {
  readonly request: HttpRequest
  readonly realm: RealmSnapshot
  readonly services: { readonly themes: Themes }
}

/** Draws a page with the look and in the language of the realm's login. */
export function draw({ request, realm, services }: DrawContext, content: PageContent): HttpResponse {
  const response = renderPage(
    { realm, client: undefined, request, themes: services.themes },
    { documentTitle: 'registryTitle', ...content },
  )
  const headers = { ...response.headers, 'content-security-policy': policy, 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin' }
  const locale = requestedLocale(realm, request)
  return locale === undefined ? { ...response, headers } : withCookies({ ...response, headers }, [localeCookie(request, realm, locale)])
}

/** The language that was chosen on a page is that of the next ones; the login's own cookie does not come here. */
const localeCookie = (request: HttpRequest, realm: RealmSnapshot, locale: string): string =>
  setCookie(localeCookieName, locale, {
    path: new URL(addressesOf(request, realm).list).pathname,
    secure: true,
    httpOnly: true,
    sameSite: 'Lax',
  })

/** After a form: the answer is another page, asked for by GET. No redirect carries a secret. */
export const seeOther = (location: string): HttpResponse => ({ status: 303, headers: { location, 'cache-control': 'no-store' } })
