import type { PasswordPolicyType } from './policy.ts'

/** The name of a file of passwords that nobody may take, one a line. A path would read files that are none of these. */
export const passwordBlacklist: PasswordPolicyType = {
  id: 'passwordBlacklist',
  label: 'Password Blacklist',
  configType: 'String',
  defaultValue: '',
  fault: (config) => (/^[^/\\\0]+$/.test(config) && config !== '.' && config !== '..' ? undefined : 'Not a valid file name'),
  check: async (password, config, context) =>
    (await context.isListed(config, password)) ? { key: 'invalidPasswordBlacklistedMessage', values: [] } : undefined,
}
