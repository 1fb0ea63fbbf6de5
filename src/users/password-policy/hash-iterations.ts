import { numberFault, type PasswordPolicyType } from './policy.ts'

/** -1: as many as the algorithm does by default. */
export const hashIterations: PasswordPolicyType = {
  id: 'hashIterations',
  label: 'Hashing Iterations',
  configType: 'int',
  defaultValue: '-1',
  fault: numberFault,
}
