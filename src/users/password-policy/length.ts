import { numberFault, type PasswordPolicyType } from './policy.ts'

/** In UTF-16 code units, as the reference counts. */
export const length: PasswordPolicyType = {
  id: 'length',
  label: 'Minimum Length',
  configType: 'int',
  defaultValue: '8',
  fault: numberFault,
  check: (password, config) =>
    password.length < Number(config) ? { key: 'invalidPasswordMinLengthMessage', values: [config] } : undefined,
}
