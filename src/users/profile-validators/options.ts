import { missingMember, type ProfileValidator, textsOf, wrongMember } from './validator.ts'

export const options: ProfileValidator = {
  id: 'options',
  configFaults({ options: given }) {
    if (given === undefined || given === null) return [missingMember('options')]
    return Array.isArray(given) ? [] : [wrongMember('options', 'must be list of values')]
  },
  validate: (value, config) => (textsOf(config, 'options')?.includes(value) ? undefined : { key: 'error-invalid-value', values: [] }),
}
