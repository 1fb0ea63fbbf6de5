import { isDay, type ProfileValidator } from './validator.ts'

/** `2020-12-31` (RFC 3339 full-date). */
export const isoDate: ProfileValidator = {
  id: 'iso-date',
  validate(value) {
    const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? []
    return isDay(Number(year), Number(month), Number(day)) ? undefined : { key: 'error-invalid-date', values: [value] }
  },
}
