import { numberFault, type PasswordPolicyType } from './policy.ts'

/** How many passwords, the present one included, may not be taken again. */
export const passwordHistory: PasswordPolicyType = {
  id: 'passwordHistory',
  label: 'Not Recently Used',
  configType: 'int',
  defaultValue: '3',
  fault: numberFault,
  check: async (_password, config, context) =>
    Number(config) > 0 && (await context.wasAmongLast(Number(config)))
      ? { key: 'invalidPasswordHistoryMessage', values: [config] }
      : undefined,
}
