import { isOn, limitFaults, limitOf, missingMember, type ProfileValidator } from './validator.ts'

/** In UTF-16 code units, blanks at the ends not counted unless the configuration says so. */
export const length: ProfileValidator = {
  id: 'length',
  configFaults: (config) =>
    config['min'] === undefined && config['max'] === undefined
      ? [missingMember('min'), missingMember('max')]
      : limitFaults(config, { strict: false }),
  validate(value, config) {
    const min = limitOf(config, 'min')
    const max = limitOf(config, 'max')
    const measured = isOn(config, 'trim-disabled') ? value.length : value.trim().length
    if ((min === undefined || measured >= min) && (max === undefined || measured <= max)) return undefined
    const key = min === undefined ? '-too-long' : max === undefined ? '-too-short' : ''
    return { key: `error-invalid-length${key}`, values: [min ?? null, max ?? null] }
  },
}
