import type { PolicyType } from '../policy-type.ts'

/** Other policies, by its decision strategy. */
export const aggregate: PolicyType = {
  id: 'aggregate',
  name: 'Aggregated',
  group: 'Others',
  configOf: (_members, before) => before,
  members: () => ({}),
}
