import { type PolicyType, textMember, withValue } from '../policy-type.ts'

/** A permission on resources, or on all of a type. */
export const resource: PolicyType = {
  id: 'resource',
  name: 'Resource-Based',
  group: 'Permission',
  configOf: (members, before) => withValue(before, 'defaultResourceType', textMember(members, 'resourceType') || undefined),
  members: ({ defaultResourceType }) => (defaultResourceType === undefined ? {} : { resourceType: defaultResourceType }),
}
