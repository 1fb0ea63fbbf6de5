import type { PasswordPolicyType } from './policy.ts'

export const notContainsUsername: PasswordPolicyType = {
  id: 'notContainsUsername',
  label: 'Not Contains Username',
  check: (password, _config, { username }) =>
    username !== '' && password.toLowerCase().includes(username.toLowerCase())
      ? { key: 'invalidPasswordNotContainsUsernameMessage', values: [] }
      : undefined,
}
