import { numberFault, type PasswordPolicyType } from './policy.ts'

/** How many seconds old a login may be before a change of credentials asks for the password again. */
export const maxAuthAge: PasswordPolicyType = {
  id: 'maxAuthAge',
  label: 'Maximum Authentication Age',
  configType: 'int',
  defaultValue: '300',
  fault: numberFault,
}
