import { escapeHtml } from '../http/html.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { en } from './messages/en.ts'
import { uk } from './messages/uk.ts'

/** Built-in languages; another one is a file in messages/ and a line here. */
const languages: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ['en', en],
  ['uk', uk],
])

/** The texts of e-mails in one language: the realm's own text, then the built-in one, then English, then the key. */
export interface MailTexts {
  /** BCP 47. */
  readonly locale: string
  text(key: string, ...values: readonly string[]): string
  /** A text that is markup: its values are escaped, itself it is trusted (ours or the realm administrator's). */
  markup(key: string, ...values: readonly string[]): string
  /** `5 minutes`, `1 hour`: the largest unit that needs no fraction, as the reference says how long a link works. */
  period(seconds: number): string
}

/** @param locale what the user prefers; the realm's default unless given. Where the realm is not translated everything is English. */
export function mailTexts(realm: Pick<RealmSnapshot, 'settings'>, locale?: string): MailTexts {
  const { internationalizationEnabled, defaultLocale, supportedLocales, localizationTexts } = realm.settings
  const fallback = defaultLocale || 'en'
  const wanted = locale !== undefined && (supportedLocales ?? []).includes(locale) ? locale : fallback
  const chosen = internationalizationEnabled ? wanted : 'en'
  const own = localizationTexts?.[chosen] ?? {}
  const find = (key: string): string | undefined =>
    (Object.hasOwn(own, key) ? own[key] : undefined) ??
    languages.get(chosen)?.[key] ??
    languages.get(chosen.split('-', 1)[0] ?? '')?.[key] ??
    en[key]
  const text: MailTexts['text'] = (key, ...values) => fill(find(key) ?? key, values)
  return {
    locale: chosen,
    text,
    markup: (key, ...values) => fill(find(key) ?? key, values.map(escapeHtml)),
    period(seconds) {
      const { unit, amount } = largestUnit(seconds)
      const key = `linkExpirationFormatter.timePeriodUnit.${unit}`
      const form = `${key}.${pluralForm(chosen, amount)}`
      return text(find(form) === undefined ? `${key}.other` : form, String(amount))
    },
  }
}

/** Places `{0}` and doubled apostrophes, as texts of the reference have them (java.text.MessageFormat). */
const fill = (pattern: string, values: readonly string[]): string =>
  pattern.replaceAll("''", "'").replace(/\{(\d)\}/g, (place, index: string) => values[Number(index)] ?? place)

const units: readonly (readonly [unit: string, seconds: number])[] = [
  ['days', 86_400],
  ['hours', 3_600],
  ['minutes', 60],
]

function largestUnit(seconds: number): { readonly unit: string; readonly amount: number } {
  const fitting = units.find(([, size]) => seconds >= size && seconds % size === 0)
  return fitting === undefined ? { unit: 'seconds', amount: seconds } : { unit: fitting[0], amount: seconds / fitting[1] }
}

/** Plural form of the Unicode rules; English for a realm language that is no language tag. */
function pluralForm(locale: string, amount: number): Intl.LDMLPluralRule {
  const known = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(locale)
  return new Intl.PluralRules(known ? locale : 'en').select(amount)
}

/** The realm as people know it: its display name, else its name with a capital letter. */
export const realmTitle = ({ name, settings }: Pick<RealmSnapshot, 'name' | 'settings'>): string =>
  settings.displayName || name.charAt(0).toUpperCase() + name.slice(1)
