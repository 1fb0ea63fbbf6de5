import { numberFault, type PasswordPolicyType } from './policy.ts'

/** How few recovery codes are left when a login asks for new ones. */
export const recoveryCodesWarningThreshold: PasswordPolicyType = {
  id: 'recoveryCodesWarningThreshold',
  label: 'Recovery Codes Warning Threshold',
  configType: 'int',
  defaultValue: '4',
  fault: numberFault,
}
