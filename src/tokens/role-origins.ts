/** A role that is given to a user without a detour, and by which group, if it is one. */
export interface GivenRole {
  readonly roleId: string
  readonly groupPath: string | undefined
}

/** One role that holds another one. */
export interface CompositeRole {
  readonly parentId: string
  readonly childId: string
  /** As people call the parent. */
  readonly parentName: string
}

/**
 * How a user comes by each of his roles, by the role's id: the shortest way, in words.
 *
 * @param defaultRoleId the role that holds the default roles of the realm
 */
export function describeOrigins(
  given: readonly GivenRole[],
  composites: readonly CompositeRole[],
  defaultRoleId: string,
): ReadonlyMap<string, string> {
  const origins = new Map<string, string>()
  const direct = given.filter(({ groupPath }) => groupPath === undefined)
  const ofGroups = given.filter(({ groupPath }) => groupPath !== undefined)
  for (const { roleId } of direct) origins.set(roleId, 'given to the user directly')
  for (const { roleId, groupPath } of ofGroups) if (!origins.has(roleId)) origins.set(roleId, `given by the group ${groupPath}`)
  const held = Map.groupBy(composites, ({ parentId }) => parentId)
  // Each round goes one composite deeper, so that the first way found is the shortest.
  for (let round = [...origins.keys()]; round.length > 0; ) {
    const next: string[] = []
    for (const parent of round)
      for (const { childId, parentName } of held.get(parent) ?? []) {
        if (origins.has(childId)) continue
        origins.set(childId, parent === defaultRoleId ? 'a default role of the realm' : `part of the composite role ${parentName}`)
        next.push(childId)
      }
    round = next
  }
  return origins
}
