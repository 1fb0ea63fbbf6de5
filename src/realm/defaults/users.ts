import type { Clock } from '../../clock.ts'
import type { Random } from '../../crypto/random.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { GroupRepresentation } from '../../representations/group.ts'
import type { UserRepresentation } from '../../representations/user.ts'
import { serviceAccountUser } from './clients.ts'
import { actionName } from './required-actions.ts'

export interface UserContext {
  readonly clients: readonly ClientRepresentation[]
  /** The name of the realm's default role. */
  readonly defaultRole: string
  /** Paths of the groups that service accounts are put into when they are made. */
  readonly defaultGroups: readonly string[]
  readonly random: Random
  readonly clock: Clock
}

/**
 * The users of a realm file, and a user for each service account that the file has none for. A user of a file has the roles and groups
 * that the file says and no default ones, is disabled unless it says otherwise, and owes no action because of a temporary password.
 */
export function completeUsers(given: readonly UserRepresentation[] | undefined, context: UserContext): UserRepresentation[] {
  const own = (given ?? []).map((user) => completeUser(user, context))
  const held = new Set(own.map((user) => user.serviceAccountClientId))
  const missing = context.clients.filter((client) => client.serviceAccountsEnabled && !held.has(client.clientId))
  const groups = context.defaultGroups.length === 0 ? {} : { groups: [...context.defaultGroups] }
  return [...own, ...missing.map((client) => ({ ...serviceAccountUser(client, context.defaultRole, context), ...groups }))]
}

/** Of the realm's default groups those that it has; a path without a group is passed over, as in the reference. */
export function defaultGroupPaths(groups: readonly GroupRepresentation[], defaults: readonly string[] | undefined): string[] {
  const paths = new Set<string>()
  const descend = (list: readonly GroupRepresentation[]): void => {
    for (const { path = '', subGroups = [] } of list) {
      paths.add(path)
      descend(subGroups)
    }
  }
  descend(groups)
  return (defaults ?? []).map((path) => (path.startsWith('/') ? path : `/${path}`)).filter((path) => paths.has(path))
}

/** A user of a realm file as the reference stores it. */
export function completeUser(given: UserRepresentation, { random, clock }: Pick<UserContext, 'random' | 'clock'>): UserRepresentation {
  const { applicationRoles, ...own } = given
  return {
    ...own,
    id: given.id ?? random.uuid(),
    ...(given.username === undefined ? {} : { username: given.username.toLowerCase() }),
    ...(given.email === undefined ? {} : { email: given.email.toLowerCase() }),
    emailVerified: given.emailVerified ?? false,
    enabled: given.enabled ?? false,
    createdTimestamp: given.createdTimestamp ?? clock.now(),
    requiredActions: [...new Set((given.requiredActions ?? []).map(actionName))],
    ...(applicationRoles === undefined ? {} : { clientRoles: { ...applicationRoles, ...given.clientRoles } }),
    notBefore: given.notBefore ?? 0,
  }
}

/** Groups with ids and paths: a group's place is where it stands, not the path that it claims. */
export function completeGroups(
  given: readonly GroupRepresentation[] | undefined,
  random: Random,
  parent?: GroupRepresentation,
): GroupRepresentation[] {
  return (given ?? []).map((group) => {
    const complete: GroupRepresentation = {
      ...group,
      id: group.id ?? random.uuid(),
      path: `${parent?.path ?? ''}/${group.name ?? ''}`,
      ...(parent?.id === undefined ? {} : { parentId: parent.id }),
      attributes: { ...group.attributes },
      realmRoles: [...(group.realmRoles ?? [])],
      clientRoles: { ...group.clientRoles },
    }
    return { ...complete, subGroups: completeGroups(group.subGroups, random, complete) }
  })
}
