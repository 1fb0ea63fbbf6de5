import type { ContextAttributes, Identity } from './identity.ts'
import type { PolicyConfig } from './policy-type.ts'
import { findPolicyType } from './policy-types/index.ts'
import type { KnownNames } from './references.ts'
import type { DecisionStrategy, ResourceServer } from './resource-server.ts'
import type { Resource } from './resources.ts'

/** A policy with what it is made of. */
export interface Policy {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly type: string
  readonly logic: string
  readonly decisionStrategy: DecisionStrategy
  readonly config: PolicyConfig
  readonly ownerId: string | undefined
  readonly children: readonly Policy[]
  readonly scopeIds: ReadonlySet<string>
  readonly resources: readonly { readonly id: string; readonly name: string }[]
}

/** What somebody wants: some scopes of a resource, or scopes of no resource in particular. */
export interface WantedPermission {
  readonly resource: Resource | undefined
  readonly scopeIds: readonly string[]
  /** True when its owner has granted it: no policy is asked. */
  readonly granted: boolean
}

/** Policies that have a say in a permission, in the order in which they speak. */
export interface Speakers {
  of(permission: WantedPermission): readonly Policy[]
}

export interface DecisionContext {
  readonly server: ResourceServer
  readonly identity: Identity
  readonly context: ContextAttributes
  readonly names: KnownNames
  readonly now: Date
}

/** One permission's word on what is wanted, with those of the policies that it is made of. */
export interface PolicyResult {
  readonly policy: Policy
  readonly granted: boolean
  readonly children: readonly { readonly policy: Policy; readonly granted: boolean }[]
}

export interface Decision {
  readonly permission: WantedPermission
  readonly results: readonly PolicyResult[]
  /** True when somebody had a say, or nobody needs one. */
  readonly decided: boolean
  readonly granted: boolean
  /** Of a granted permission: what may be done, in the order in which it was wanted. */
  readonly scopeIds: readonly string[]
}

/** Decides on several permissions; a policy is asked once for all of them, since it looks at the identity alone. */
export function decideAll(context: DecisionContext, wanted: readonly WantedPermission[], speakers: Speakers): Decision[] {
  const effects = new Map<Policy, boolean>()
  const effectOf = (policy: Policy): boolean => {
    const known = effects.get(policy)
    if (known !== undefined) return known
    const effect = (policy.logic === 'NEGATIVE') !== grants(context, policy, effectOf)
    effects.set(policy, effect)
    return effect
  }
  return wanted.map((permission) => decide(context, permission, speakers, effectOf))
}

/** Before the policy's logic. A policy without a mind of its own is the sum of its children; without any it denies. */
function grants(
  context: DecisionContext,
  { type, config, children, decisionStrategy }: Policy,
  effectOf: (policy: Policy) => boolean,
): boolean {
  const own = findPolicyType(type)?.grants
  if (own !== undefined) return own(config, context)
  return children.length > 0 && agree(decisionStrategy, children.map(effectOf))
}

function agree(strategy: DecisionStrategy, effects: readonly boolean[]): boolean {
  const grantCount = effects.filter((effect) => effect).length
  if (strategy === 'AFFIRMATIVE') return grantCount > 0
  if (strategy === 'CONSENSUS') return grantCount > effects.length - grantCount
  return grantCount === effects.length
}

function decide(
  context: DecisionContext,
  permission: WantedPermission,
  speakers: Speakers,
  effectOf: (policy: Policy) => boolean,
): Decision {
  const { policyEnforcementMode: mode } = context.server
  if (mode === 'DISABLED' || permission.granted) return unasked(permission)
  const policies = speakers.of(permission)
  if (policies.length === 0) {
    const open = mode === 'PERMISSIVE' && permission.resource?.ownerManagedAccess !== true
    return open ? unasked(permission) : { permission, results: [], decided: false, granted: false, scopeIds: [] }
  }
  const results = policies.flatMap((policy) => resultOf(context, permission, policy, effectOf))
  const scopeIds = results.length === 0 ? undefined : grantedScopes(context.server, permission, results)
  return { permission, results, decided: results.length > 0, granted: scopeIds !== undefined, scopeIds: scopeIds ?? [] }
}

/** Nobody is asked. A resource with scopes of which none is wanted is nothing that could be given. */
function unasked(permission: WantedPermission): Decision {
  const { resource, scopeIds } = permission
  const granted = scopeIds.length > 0 || resource === undefined || resource.scopeIds.length === 0
  return { permission, results: [], decided: true, granted, scopeIds }
}

/** Nothing when the permission has no policies: it has no say then. Owners need no permission of their own making. */
function resultOf(
  { identity }: DecisionContext,
  { resource }: WantedPermission,
  policy: Policy,
  effectOf: (policy: Policy) => boolean,
): PolicyResult[] {
  if (policy.type === 'uma' && resource?.ownerId === identity.id) return [{ policy, granted: true, children: [] }]
  if (policy.children.length === 0) return []
  const children = policy.children.map((child) => ({ policy: child, granted: effectOf(child) }))
  return [
    {
      policy,
      granted: agree(
        policy.decisionStrategy,
        children.map(({ granted }) => granted),
      ),
      children,
    },
  ]
}

/**
 * The scopes that remain after all have spoken; undefined when nothing is granted. The rules are the reference's: a permission on the
 * resource itself outweighs one on its type when it spoke first, and what owners share is added at the end.
 */
function grantedScopes(
  server: ResourceServer,
  permission: WantedPermission,
  results: readonly PolicyResult[],
): readonly string[] | undefined {
  const { resource, scopeIds: wanted } = permission
  const granted = new Set<string>()
  const denied = new Set<string>()
  const shared = results.filter((result) => result.granted && result.policy.type === 'uma' && resource?.ownerManagedAccess === true)
  let resourceGranted = false
  let anyDenied = false
  for (const { policy, granted: isGranted } of results) {
    const isOfResource = resource !== undefined && policy.resources.some(({ id }) => id === resource.id)
    if (!isGranted) {
      anyDenied = true
      for (const id of deniedBy(policy, wanted, { isOfResource, resourceGranted })) denied.add(id)
      continue
    }
    if (policy.type === 'resource') for (const id of wanted) granted.add(id)
    if (policy.type === 'scope') {
      for (const id of wanted.filter((scopeId) => policy.scopeIds.has(scopeId))) {
        granted.add(id)
        // A scope that the resource inherits is not the resource's to deny.
        if (resource !== undefined && !resource.scopeIds.includes(id)) denied.delete(id)
      }
    }
    resourceGranted ||= isOfResource && (policy.type !== 'scope' || resource?.ownerId !== server.id)
  }
  if (server.decisionStrategy === 'AFFIRMATIVE') for (const id of granted) denied.delete(id)
  for (const id of denied) granted.delete(id)
  if (shared.length === 0) {
    if (!resourceGranted && granted.size === 0 && wanted.length > 0) return undefined
  } else {
    for (const { policy } of shared) for (const id of policy.scopeIds) if (wanted.length === 0 || wanted.includes(id)) granted.add(id)
    if (granted.size === 0 && (resource?.scopeIds.length ?? 0) > 0) return undefined
    anyDenied = false
  }
  if (anyDenied && granted.size === 0) return undefined
  return [...new Set([...wanted, ...granted])].filter((id) => granted.has(id))
}

function deniedBy(
  policy: Policy,
  wanted: readonly string[],
  { isOfResource, resourceGranted }: { isOfResource: boolean; resourceGranted: boolean },
): Iterable<string> {
  if (policy.type === 'resource') return isOfResource || !resourceGranted ? wanted : []
  // What is refused for a resource of the server is not refused for what users have of its type (reference behaviour).
  return isOfResource || policy.resources.length === 0 ? policy.scopeIds : []
}
