import { isBlank } from './blank.ts'
import { limitFaults, type ProfileValidator, rangeFault } from './validator.ts'

export const integer: ProfileValidator = {
  id: 'integer',
  configFaults: (config) => limitFaults(config, { strict: true }),
  validate(value, config) {
    if (isBlank(value)) return undefined
    return /^[+-]?\p{Nd}{1,19}$/u.test(value) ? rangeFault(Number(value), config) : { key: 'error-invalid-number', values: [] }
  },
}
