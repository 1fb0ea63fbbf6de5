import type { PasswordPolicyType } from './policy.ts'

export const notEmail: PasswordPolicyType = {
  id: 'notEmail',
  label: 'Not Email',
  check: (password, _config, { email }) =>
    email !== undefined && password.toLowerCase() === email.toLowerCase()
      ? { key: 'invalidPasswordNotEmailMessage', values: [] }
      : undefined,
}
