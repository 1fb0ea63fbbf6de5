import type { PasswordPolicyType } from './policy.ts'

export const notUsername: PasswordPolicyType = {
  id: 'notUsername',
  label: 'Not Username',
  check: (password, _config, { username }) =>
    password.toLowerCase() === username.toLowerCase() ? { key: 'invalidPasswordNotUsernameMessage', values: [] } : undefined,
}
