import type { PolicyType } from '../policy-type.ts'

/** What the owner of a resource allows others. Its members are policies of their own: see ../uma-policies.ts. */
export const uma: PolicyType = {
  id: 'uma',
  name: 'UMA',
  group: 'Others',
  internal: true,
  configOf: (_members, before) => before,
  members: () => ({}),
}
