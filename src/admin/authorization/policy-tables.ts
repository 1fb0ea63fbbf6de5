import { type PolicyRepresentation, policyRepresentation } from '../../representations/authorization.ts'
import type { Table } from '../../representations/fields.ts'
import {
  aggregatePolicyRepresentation,
  authorizationClientPolicyRepresentation,
  clientScopePolicyRepresentation,
  groupPolicyRepresentation,
  regexPolicyRepresentation,
  resourcePermissionRepresentation,
  rolePolicyRepresentation,
  scopePermissionRepresentation,
  timePolicyRepresentation,
  umaPermissionRepresentation,
  userPolicyRepresentation,
} from '../../representations/policy.ts'

/** The class of each type of policies. */
const tables: Readonly<Record<string, Table>> = {
  role: rolePolicyRepresentation,
  user: userPolicyRepresentation,
  client: authorizationClientPolicyRepresentation,
  'client-scope': clientScopePolicyRepresentation,
  group: groupPolicyRepresentation,
  time: timePolicyRepresentation,
  regex: regexPolicyRepresentation,
  aggregate: aggregatePolicyRepresentation,
  resource: resourcePermissionRepresentation,
  scope: scopePermissionRepresentation,
  uma: umaPermissionRepresentation,
}

export const tableOf = (type: string): Table => (Object.hasOwn(tables, type) ? tables[type] : undefined) ?? policyRepresentation

/** A policy of any type: what all have, and the members of its own. */
export type AnyPolicy = PolicyRepresentation & Record<string, unknown>
