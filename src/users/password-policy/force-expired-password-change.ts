import { numberFault, type PasswordPolicyType } from './policy.ts'

/** After how many days a login asks for a new password. */
export const forceExpiredPasswordChange: PasswordPolicyType = {
  id: 'forceExpiredPasswordChange',
  label: 'Expire Password',
  configType: 'String',
  defaultValue: '365',
  fault: numberFault,
}
