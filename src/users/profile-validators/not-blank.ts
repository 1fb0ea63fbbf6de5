import { isBlank } from './blank.ts'
import type { ProfileValidator } from './validator.ts'

export const notBlank: ProfileValidator = {
  id: 'not-blank',
  looksAtEmpty: true,
  validate: (value) => (isBlank(value) ? { key: 'error-invalid-blank', values: [value] } : undefined),
}
