/** What a person may do with an entity of a resource in an application: `{"resource":"reviews","entity":"CD001","grants":["read"]}`. */
export interface UserPermission {
  readonly resource: string
  /** '' for the resource as a whole. */
  readonly entity: string
  readonly grants: readonly string[]
}

export const permissionLimits = {
  /** Of one person: all of them are read and told together. */
  permissionsMax: 1_000,
  grantsMax: 100,
  /** Characters of a name. */
  nameLengthMax: 255,
} as const

/** A scope of this name lets every permission through. */
const allScope = 'all'
/** A scope of this name lets none through, whatever stands beside it. */
const noneScope = 'none'

/**
 * The permissions within the scopes of a token: a scope of the resource's name lets all its grants through, `resource:grant` that one, `all`
 * everything, `none` nothing. A permission of which no grant is left is left out.
 */
export function permissionsWithin(permissions: readonly UserPermission[], scopes: readonly string[]): readonly UserPermission[] {
  const names = new Set(scopes)
  if (names.has(noneScope)) return []
  if (names.has(allScope)) return permissions
  return permissions.flatMap((permission) => {
    const { resource, grants } = permission
    if (names.has(resource)) return [permission]
    const left = grants.filter((grant) => names.has(`${resource}:${grant}`))
    return left.length === 0 ? [] : [{ ...permission, grants: left }]
  })
}

/** What is wrong with a list, in words for whoever sent it; undefined for nothing. */
export function permissionsFault(list: readonly Partial<UserPermission>[]): string | undefined {
  if (list.length > permissionLimits.permissionsMax) return `More than ${permissionLimits.permissionsMax} permissions`
  const known = new Set<string>()
  for (const [index, permission] of list.entries()) {
    const fault = permissionFault(permission)
    if (fault !== undefined) return `Permission ${index + 1}: ${fault}`
    const key = JSON.stringify([permission.resource, permission.entity ?? ''])
    if (known.has(key)) return `Permission ${index + 1}: the resource and entity are in the list already`
    known.add(key)
  }
  return undefined
}

function permissionFault({ resource, entity = '', grants = [] }: Partial<UserPermission>): string | undefined {
  if (!isScopeName(resource)) return 'resource must be a name without blanks'
  if (typeof entity !== 'string' || entity.length > permissionLimits.nameLengthMax || hasControls(entity))
    return 'entity must be a short text'
  if (!Array.isArray(grants)) return 'grants must be a list of names'
  if (grants.length > permissionLimits.grantsMax) return `more than ${permissionLimits.grantsMax} grants`
  return grants.every(isScopeName) ? undefined : 'a grant must be a name without blanks'
}

/** Names are compared with those of scopes, which are separated by blanks. */
const isScopeName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= permissionLimits.nameLengthMax && !/\s/.test(value) && !hasControls(value)

const hasControls = (value: string): boolean => /\p{Cc}/u.test(value)

/** A list without fault as it is stored: no grant twice. */
export const storedPermissions = (list: readonly Partial<UserPermission>[]): UserPermission[] =>
  list.map(({ resource = '', entity = '', grants = [] }) => ({ resource, entity, grants: [...new Set(grants)] }))
