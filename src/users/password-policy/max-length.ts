import { numberFault, type PasswordPolicyType } from './policy.ts'

/** In UTF-16 code units, as the reference counts. */
export const maxLength: PasswordPolicyType = {
  id: 'maxLength',
  label: 'Maximum Length',
  configType: 'int',
  defaultValue: '64',
  fault: numberFault,
  check: (password, config) =>
    password.length > Number(config) ? { key: 'invalidPasswordMaxLengthMessage', values: [config] } : undefined,
}
