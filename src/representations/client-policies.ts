import { boolean, initially, json, list, object, type Representation, table, text } from './fields.ts'

export const clientPolicyConditionRepresentation = table('ClientPolicyConditionRepresentation', {
  condition: text,
  configuration: json,
})

export type ClientPolicyConditionRepresentation = Representation<typeof clientPolicyConditionRepresentation>

export const clientPolicyExecutorRepresentation = table('ClientPolicyExecutorRepresentation', {
  executor: text,
  configuration: json,
})

export type ClientPolicyExecutorRepresentation = Representation<typeof clientPolicyExecutorRepresentation>

export const clientPolicyRepresentation = table('ClientPolicyRepresentation', {
  name: text,
  description: text,
  enabled: boolean,
  mode: text,
  conditions: list(object(() => clientPolicyConditionRepresentation)),
  profiles: list(text),
})

export type ClientPolicyRepresentation = Representation<typeof clientPolicyRepresentation>

export const clientPoliciesRepresentation = table('ClientPoliciesRepresentation', {
  policies: initially(list(object(() => clientPolicyRepresentation)), []),
  globalPolicies: list(object(() => clientPolicyRepresentation)),
})

export type ClientPoliciesRepresentation = Representation<typeof clientPoliciesRepresentation>

export const clientProfileRepresentation = table('ClientProfileRepresentation', {
  name: text,
  description: text,
  executors: list(object(() => clientPolicyExecutorRepresentation)),
})

export type ClientProfileRepresentation = Representation<typeof clientProfileRepresentation>

export const clientProfilesRepresentation = table('ClientProfilesRepresentation', {
  profiles: initially(list(object(() => clientProfileRepresentation)), []),
  globalProfiles: list(object(() => clientProfileRepresentation)),
})

export type ClientProfilesRepresentation = Representation<typeof clientProfilesRepresentation>
