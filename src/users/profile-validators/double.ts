import { isBlank } from './blank.ts'
import { limitFaults, type ProfileValidator, rangeFault } from './validator.ts'

/** A number as Java writes and reads one: with an exponent, in hexadecimal, NaN, Infinity, with a letter for its type behind it. */
const javaDouble = /^\s*[+-]?(?:NaN|Infinity|(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0x(?:[\da-f]+\.?|[\da-f]*\.[\da-f]+)p[+-]?\d+)[fd]?)\s*$/i

export const double: ProfileValidator = {
  id: 'double',
  configFaults: (config) => limitFaults(config, { strict: true }),
  validate(value, config) {
    if (isBlank(value)) return undefined
    return javaDouble.test(value) ? rangeFault(Number.parseFloat(value), config) : { key: 'error-invalid-number', values: [] }
  },
}
