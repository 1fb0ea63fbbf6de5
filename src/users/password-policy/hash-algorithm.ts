import { hashAlgorithms } from '../../crypto/passwords.ts'
import type { PasswordPolicyType } from './policy.ts'

export const hashAlgorithm: PasswordPolicyType = {
  id: 'hashAlgorithm',
  label: 'Hashing Algorithm',
  configType: 'String',
  defaultValue: 'argon2',
  fault: (config) => (hashAlgorithms.includes(config) ? undefined : 'Password hashing provider not found'),
}
