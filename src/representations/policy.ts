import { resourceRepresentation, scopeRepresentation } from './authorization.ts'
import { boolean, choice, type Field, initially, nonEmpty, object, primitive, type Representation, set, table, text } from './fields.ts'

/** What the policies of every type have; `type` is each one's own. */
const policyFields = {
  id: text,
  name: text,
  description: text,
  type: text,
  policies: set(text),
  resources: set(text),
  scopes: set(text),
  logic: initially(choice('POSITIVE', 'NEGATIVE'), 'POSITIVE'),
  decisionStrategy: initially(choice('AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS'), 'UNANIMOUS'),
  owner: text,
  resourceType: text,
  resourcesData: nonEmpty(set(object(() => resourceRepresentation))),
  scopesData: nonEmpty(set(object(() => scopeRepresentation))),
}

/** The class of one type of policies: whatever `type` a body has, it is the class's own. */
function policyTable<F extends Record<string, Field<unknown>>>(name: string, type: string, fields: F) {
  return table(name, { ...policyFields, type: initially(text, type), ...fields }, { reading: { type: () => ({ type }) } })
}

export const userPolicyRepresentation = policyTable('UserPolicyRepresentation', 'user', {
  users: set(text),
})

export type UserPolicyRepresentation = Representation<typeof userPolicyRepresentation>

export const rolePolicyRepresentation = policyTable('RolePolicyRepresentation', 'role', {
  roles: set(object(() => roleDefinition)),
  fetchRoles: boolean,
})

export type RolePolicyRepresentation = Representation<typeof rolePolicyRepresentation>

/** The policy that names clients. Client policies of the realm have the same class name in the reference: client-policies.ts. */
export const authorizationClientPolicyRepresentation = policyTable('ClientPolicyRepresentation', 'client', {
  clients: set(text),
})

export type AuthorizationClientPolicyRepresentation = Representation<typeof authorizationClientPolicyRepresentation>

export const clientScopePolicyRepresentation = policyTable('ClientScopePolicyRepresentation', 'client-scope', {
  clientScopes: set(object(() => clientScopeDefinition)),
})

export type ClientScopePolicyRepresentation = Representation<typeof clientScopePolicyRepresentation>

export const groupPolicyRepresentation = policyTable('GroupPolicyRepresentation', 'group', {
  groupsClaim: text,
  groups: set(object(() => groupDefinition)),
})

export type GroupPolicyRepresentation = Representation<typeof groupPolicyRepresentation>

export const timePolicyRepresentation = policyTable('TimePolicyRepresentation', 'time', {
  notBefore: text,
  notOnOrAfter: text,
  dayMonth: text,
  dayMonthEnd: text,
  month: text,
  monthEnd: text,
  year: text,
  yearEnd: text,
  hour: text,
  hourEnd: text,
  minute: text,
  minuteEnd: text,
})

export type TimePolicyRepresentation = Representation<typeof timePolicyRepresentation>

export const aggregatePolicyRepresentation = policyTable('AggregatePolicyRepresentation', 'aggregate', {})

export type AggregatePolicyRepresentation = Representation<typeof aggregatePolicyRepresentation>

export const regexPolicyRepresentation = policyTable('RegexPolicyRepresentation', 'regex', {
  targetClaim: text,
  pattern: text,
  targetContextAttributes: primitive(boolean),
})

export type RegexPolicyRepresentation = Representation<typeof regexPolicyRepresentation>

export const jsPolicyRepresentation = policyTable('JSPolicyRepresentation', 'js', {
  code: text,
})

export type JSPolicyRepresentation = Representation<typeof jsPolicyRepresentation>

export const scopePermissionRepresentation = policyTable('ScopePermissionRepresentation', 'scope', {})

export type ScopePermissionRepresentation = Representation<typeof scopePermissionRepresentation>

export const resourcePermissionRepresentation = policyTable('ResourcePermissionRepresentation', 'resource', {})

export type ResourcePermissionRepresentation = Representation<typeof resourcePermissionRepresentation>

export const umaPermissionRepresentation = policyTable('UmaPermissionRepresentation', 'uma', {
  roles: set(text),
  groups: set(text),
  clients: set(text),
  users: set(text),
  condition: text,
})

export type UmaPermissionRepresentation = Representation<typeof umaPermissionRepresentation>

export const clientScopeDefinition = table('ClientScopeDefinition', {
  id: text,
  required: primitive(boolean),
})

export type ClientScopeDefinition = Representation<typeof clientScopeDefinition>

export const groupDefinition = table('GroupDefinition', {
  id: text,
  path: text,
  extendChildren: primitive(boolean),
})

export type GroupDefinition = Representation<typeof groupDefinition>

export const roleDefinition = table('RoleDefinition', {
  id: text,
  required: initially(boolean, false),
})

export type RoleDefinition = Representation<typeof roleDefinition>
