import { readCookies } from '../http/cookies.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpRequest } from '../http/values.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { fallbackLocale } from './messages/texts.ts'

/** The cookie that remembers the language of a browser; the reference's name. */
export const localeCookieName = 'KEYCLOAK_LOCALE'

/** Languages looked at in one list: more is no person's wish. */
const wishesMax = 20

export interface LocaleWishes {
  readonly request: Pick<HttpRequest, 'headers'>
  /** What the user chose on a page of this login (`kc_locale`), kept with the login. */
  readonly chosen?: string | undefined
  /** The user's attribute `locale`. */
  readonly userLocale?: string | undefined
  /** The application's `ui_locales`: blank-separated (OpenID Connect Core section 3.1.2.1). */
  readonly uiLocales?: string | undefined
}

/**
 * The language of a page, in the reference's order: what the user chose on a page, the user's own setting, `ui_locales`, the cookie, the
 * browser's languages, the realm's default, English. Only languages of the realm count; a realm without internationalization speaks
 * English.
 */
export function chooseLocale(realm: RealmSnapshot, { request, chosen, userLocale, uiLocales }: LocaleWishes): string {
  const { settings } = realm
  if (settings.internationalizationEnabled !== true) return fallbackLocale
  const supported = settings.supportedLocales ?? []
  const wishes = [
    ...[chosen, userLocale].filter((wish) => wish !== undefined),
    ...(uiLocales ?? '').split(' ', wishesMax),
    readCookies(request).get(localeCookieName) ?? '',
    ...browserLocales(request.headers['accept-language']),
  ]
  for (const wish of wishes) {
    const found = matchLocale(supported, wish)
    if (found !== undefined) return found
  }
  return settings.defaultLocale || fallbackLocale
}

/** The authorization endpoint takes no notice of `kc_locale` (reference behaviour). */
const isAuthorizationEndpoint = (path: string): boolean => path.endsWith('/protocol/openid-connect/auth')

/**
 * The realm's language that a page's address asks for by `kc_locale`; undefined when it asks for none or for one that the realm does not
 * have.
 */
export function requestedLocale(realm: RealmSnapshot, request: Pick<HttpRequest, 'path' | 'queryText'>): string | undefined {
  if (realm.settings.internationalizationEnabled !== true || isAuthorizationEndpoint(request.path)) return undefined
  return matchLocale(realm.settings.supportedLocales ?? [], readQuery(request).get('kc_locale') ?? '')
}

/** The supported language that fits a wish: the same, a less special one (`uk` for `uk-UA`), or one of the same language. */
export function matchLocale(supported: readonly string[], wish: string): string | undefined {
  const parts = wish.toLowerCase().split('-')
  for (let length = parts.length; length > 0; length -= 1) {
    const tag = parts.slice(0, length).join('-')
    const found = supported.find((locale) => locale.toLowerCase() === tag)
    if (found !== undefined) return found
  }
  return parts[0] === '' ? undefined : supported.find((locale) => locale.toLowerCase().split('-')[0] === parts[0])
}

/** The browser's languages, best first (RFC 9110 section 12.5.4). */
function browserLocales(header: string | undefined): string[] {
  const wishes = (header ?? '').split(',', wishesMax).map((part) => {
    const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    return { tag, quality: quality === undefined ? 1 : Number(quality) }
  })
  return wishes
    .filter(({ tag, quality }) => tag !== '' && tag !== '*' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
}
