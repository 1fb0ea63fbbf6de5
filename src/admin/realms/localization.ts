import { AdminError } from '../../http/errors.ts'
import { parseMultipart } from '../../http/multipart.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { map, text } from '../../representations/fields.ts'
import { parseField } from '../../representations/parse.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { flagParameter, noContent, readField, silentJson, wrongMediaType } from '../bodies.ts'
import { changeSettings } from './change-settings.ts'

const manage = ['manage-realm'] as const

export const localizationRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/localization', summary: 'Locales that the realm has texts in', role: 'any', handle: listLocales },
  { method: 'GET', path: '/localization/:locale', summary: "A realm's texts in one locale", role: 'any', handle: getTexts },
  {
    method: 'POST',
    path: '/localization/:locale',
    summary: 'Add texts, as JSON or as a file in a form',
    role: manage,
    handle: addTexts,
  },
  { method: 'DELETE', path: '/localization/:locale', summary: 'Remove all texts of a locale', role: manage, handle: removeLocale },
  { method: 'GET', path: '/localization/:locale/:key', summary: 'One text', role: 'any', handle: getText },
  { method: 'PUT', path: '/localization/:locale/:key', summary: 'Set one text', role: manage, handle: putText },
  { method: 'DELETE', path: '/localization/:locale/:key', summary: 'Remove one text', role: manage, handle: removeText },
]

type Texts = Readonly<Record<string, string>>

const sorted = (texts: Texts): Texts => Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)))

const own = <V>(values: Readonly<Record<string, V>> | undefined, name: string): V | undefined =>
  values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined

const noText = (): AdminError => new AdminError(404, { error: 'Localization text not found' })

const localeOf = ({ request }: AdminContext): string => request.params['locale'] ?? ''
const keyOf = ({ request }: AdminContext): string => request.params['key'] ?? ''

async function listLocales({ realm }: AdminContext): Promise<HttpResponse> {
  return silentJson(Object.keys(realm.settings.localizationTexts ?? {}).sort())
}

/** `useRealmDefaultLocaleFallback=true`: where the locale has no text, that of the realm's default locale stands. */
async function getTexts(context: AdminContext): Promise<HttpResponse> {
  const { localizationTexts, defaultLocale } = context.realm.settings
  const texts = own(localizationTexts, localeOf(context)) ?? {}
  const fallback = flagParameter(readQuery(context.request), 'useRealmDefaultLocaleFallback') === true && defaultLocale !== undefined
  return silentJson(sorted(fallback ? { ...own(localizationTexts, defaultLocale), ...texts } : texts))
}

/** Texts of the body; the others of the locale stay. */
async function addTexts(context: AdminContext): Promise<HttpResponse> {
  const { request } = context
  const file = parseUpload(request)
  const given = file ?? readField(request, map(text))
  await changeTexts(context, (texts) => ({ ...texts, ...given }))
  return noContent()
}

function parseUpload({ headers, body }: HttpRequest): Texts | undefined {
  if (!/^multipart\/form-data\b/i.test(headers['content-type'] ?? '')) return undefined
  const file = parseMultipart(headers['content-type'], body)?.find(({ name }) => name === 'file')
  if (file === undefined) throw new AdminError(400, { error: 'HTTP 400 Bad Request' })
  try {
    return parseField(map(text), file.body, { unknown: 'reject' })
  } catch {
    throw new AdminError(400, { error: 'Could not read file.' })
  }
}

/** A locale without texts is no locale of the realm. */
async function changeTexts(context: AdminContext, change: (texts: Texts) => Texts | undefined): Promise<void> {
  const locale = localeOf(context)
  await changeSettings(context, (settings) => {
    const all = Object.entries(settings.localizationTexts ?? {})
    const changed = change(all.find(([name]) => name === locale)?.[1] ?? {})
    const others = all.filter(([name]) => name !== locale)
    return { ...settings, localizationTexts: Object.fromEntries(changed === undefined ? others : [...others, [locale, { ...changed }]]) }
  })
}

async function removeLocale(context: AdminContext): Promise<HttpResponse> {
  if (own(context.realm.settings.localizationTexts, localeOf(context)) === undefined)
    throw new AdminError(404, { error: `No localization texts for locale ${localeOf(context)} found.` })
  await changeTexts(context, () => undefined)
  return noContent()
}

const plain = 'text/plain;charset=UTF-8'

async function getText(context: AdminContext): Promise<HttpResponse> {
  const { accept } = context.request.headers
  if (accept && !/(?:^|,)\s*(?:text\/plain|text\/\*|\*\/\*)\s*(?:[;,]|$)/i.test(accept))
    throw new AdminError(406, { error: 'HTTP 406 Not Acceptable' })
  const found = own(own(context.realm.settings.localizationTexts, localeOf(context)), keyOf(context))
  if (found === undefined) throw noText()
  return { status: 200, headers: { 'content-type': plain }, body: found }
}

async function putText(context: AdminContext): Promise<HttpResponse> {
  const { headers, body } = context.request
  const type = headers['content-type']
  if (type !== undefined && !/^text\/plain\s*(?:;|$)/i.test(type)) throw wrongMediaType()
  const value = body.toString(/charset=(?:iso-8859-1|latin1)/i.test(type ?? '') ? 'latin1' : 'utf8')
  await changeTexts(context, (texts) => ({ ...texts, [keyOf(context)]: value }))
  return noContent()
}

async function removeText(context: AdminContext): Promise<HttpResponse> {
  const key = keyOf(context)
  if (own(own(context.realm.settings.localizationTexts, localeOf(context)), key) === undefined) throw noText()
  await changeTexts(context, (texts) => Object.fromEntries(Object.entries(texts).filter(([name]) => name !== key)))
  return noContent()
}
