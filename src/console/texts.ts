import { readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import type { HttpRequest, HttpResponse } from '../http/values.ts'
import { localeChain, languages as loginTexts } from '../login/messages/texts.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { ConsoleApp, Consoles } from './files.ts'
import type { ConsoleServices } from './services.ts'

type Texts = Readonly<Record<string, string>>
/** Whose texts are asked for; `login` is for administrators who look at what a realm's own texts change. */
type TextType = ConsoleApp | 'login'

/** A tag of a language is short (BCP 47); anything else is no language. */
const languageTag = /^[A-Za-z\d]{1,8}(?:[-_][A-Za-z\d]{1,8}){0,3}$/

/** Names of languages, each in the language asked for and in its own: `German (Deutsch)`. */
function languageNames(tags: readonly string[], language: string): Texts {
  const named = (tag: string, by: string): string =>
    new Intl.DisplayNames([by], { type: 'language', languageDisplay: 'standard' }).of(tag) ?? tag
  return Object.fromEntries(
    tags.map((tag) => {
      const [name, own] = [named(tag, language), named(tag, tag)]
      return [`locale_${tag}`, name === own ? name : `${name} (${own})`]
    }),
  )
}

/** The texts of one language: those of the login pages, which the consoles share, and the app's own over them. */
async function textsOf(consoles: Consoles | undefined, type: TextType, language: string): Promise<Texts> {
  const shared = loginTexts[language] ?? {}
  return type === 'login' ? shared : { ...shared, ...(await consoles?.texts(type, language)) }
}

function realmTexts({ settings }: RealmSnapshot, languages: readonly string[]): Texts {
  return Object.assign({}, ...languages.map((language) => settings.localizationTexts?.[language] ?? {}))
}

async function list(type: TextType, request: HttpRequest, services: ConsoleServices): Promise<HttpResponse> {
  const realm = await services.realms.find(request.params['realm'] ?? '')
  const locale = request.params['locale'] ?? ''
  if (realm === undefined || !languageTag.test(locale)) return { status: 404 }
  const consoles = services.consoles.open()
  // Later ones win.
  const languages = localeChain(locale.replaceAll('_', '-')).toReversed()
  const known = type === 'login' ? Object.keys(loginTexts) : (consoles?.languages(type) ?? [])
  const language = languages.findLast((one) => known.includes(one)) ?? 'en'
  const theme = Object.assign(languageNames(known, language), ...(await Promise.all(languages.map((one) => textsOf(consoles, type, one)))))
  const own = realmTexts(realm, languages)
  const tellsSource = readQuery(request).get('source') === 'true'
  const texts = Object.entries({ ...theme, ...own } as Texts).map(([key, value]) => ({
    key,
    value,
    ...(tellsSource ? { source: Object.hasOwn(own, key) ? 'REALM' : 'THEME' } : {}),
  }))
  return {
    status: 200,
    headers: { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-cache' },
    body: JSON.stringify(texts),
  }
}

export const consoleTextRoutes: readonly Route<ConsoleServices>[] = (['admin', 'account', 'login'] as const).map((type) => ({
  method: 'GET',
  path: `/resources/:realm/${type}/:locale`,
  family: 'page',
  summary: `Texts of the ${type === 'login' ? 'login pages' : type === 'admin' ? 'Admin Console' : 'Account Console'}, as a list of keys and values`,
  handle: (request, services) => list(type, request, services),
}))
