import { isDay, type ProfileValidator } from './validator.ts'

const century = 100

/** A day as it is written in short in the language of the realm or the user: `12/31/2020`, `31.12.20`. */
export const localDate: ProfileValidator = {
  id: 'local-date',
  validate: (value, _config, locale) => (isLocalDay(value, locale) ? undefined : { key: 'error-invalid-date', values: [] }),
}

function isLocalDay(value: string, locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone: 'UTC' }).formatToParts(new Date(0))
  const pattern = parts.map(({ type, value: text }) => (type === 'literal' ? escaped(text) : `(?<${type}>\\d{1,4})`)).join('')
  const found = new RegExp(`^${pattern}$`).exec(value)?.groups
  if (found === undefined) return false
  const year = Number(found['year'])
  return isDay(year < century ? 2_000 + year : year, Number(found['month']), Number(found['day']))
}

const escaped = (text: string): string => text.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')
