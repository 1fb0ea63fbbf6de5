import { numberFault, type PasswordPolicyType } from './policy.ts'

/** For how many days a password may not be taken again. */
export const passwordAge: PasswordPolicyType = {
  id: 'passwordAge',
  label: 'Not Recently Used (In Days)',
  configType: 'int',
  defaultValue: '30',
  fault: numberFault,
  check: async (_password, config, context) =>
    Number(config) > 0 && (await context.wasUsedWithinDays(Number(config)))
      ? { key: 'invalidPasswordGenericMessage', values: [config] }
      : undefined,
}
