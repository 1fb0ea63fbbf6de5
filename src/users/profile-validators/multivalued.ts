import { limitFaults, limitOf, missingMember, type ProfileValidator } from './validator.ts'

/** How many values there may be. */
export const multivalued: ProfileValidator = {
  id: 'multivalued',
  configFaults(config) {
    if (config['max'] === undefined) return [missingMember('max')]
    // The reference does not repeat the value here.
    return limitFaults(config, { strict: false }).map((fault) => ({ ...fault, values: [] }))
  },
  validateAll(values, config) {
    const min = limitOf(config, 'min') ?? 0
    const max = limitOf(config, 'max')
    const tooMany = max !== undefined && values.length > max
    return values.length < min || tooMany ? { key: 'error-invalid-multivalued-size', values: [min, max ?? null] } : undefined
  },
}
