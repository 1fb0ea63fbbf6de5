import type { ProfileValidator } from './validator.ts'

export const notBlank: ProfileValidator = {
  id: 'not-blank',
  looksAtEmpty: true,
  validate: (value) => (value.trim() === '' ? { key: 'error-invalid-blank', values: [value] } : undefined),
}
