import { type ProfileValidator, textsOf } from './validator.ts'

export const options: ProfileValidator = {
  id: 'options',
  validate: (value, config) => (textsOf(config, 'options')?.includes(value) ? undefined : { key: 'error-invalid-value', values: [] }),
}
