/**
 * Texts of the pages: one table per language, message keys and English wording those of the reference. Not here: which language a page
 * is in. May call realm.
 */
import type { RealmSnapshot } from '../../realm/model.ts'
import { en } from './en.ts'
import { uk } from './uk.ts'

export type Texts = Readonly<Record<string, string>>

/** The languages that are built in. Another one is a file and a line here. */
export const languages: Readonly<Record<string, Texts>> = { en, uk }

/** English: what everything falls back to, and what realms without internationalization speak. */
export const fallbackLocale = 'en'

/** Where texts come from, the first source that has a key wins: the realm, its theme, the built-in tables. */
export interface TextSources {
  readonly realm?: RealmSnapshot | undefined
  readonly theme?: { readonly texts: Readonly<Record<string, Texts>> } | undefined
}

/** Looks a key up in a language, then in the language without its region, then in English. Undefined when nobody knows the key. */
export function findText(sources: TextSources, locale: string, key: string): string | undefined {
  const localised = sources.realm?.settings.localizationTexts
  for (const language of localeChain(locale)) {
    for (const texts of [localised?.[language], sources.theme?.texts[language], own(languages, language)]) {
      const text = texts && own(texts, key)
      if (text !== undefined) return text
    }
  }
  return undefined
}

/** `uk-UA` → uk-UA, uk, en. */
export function localeChain(locale: string): string[] {
  const parts = locale.split('-')
  return [...new Set([...parts.map((_, index) => parts.slice(0, parts.length - index).join('-')), fallbackLocale])]
}

/** Keys come from outside sometimes: what every object inherits is no text. */
const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined)
