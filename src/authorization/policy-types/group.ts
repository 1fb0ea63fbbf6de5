import { claimTexts } from '../identity.ts'
import { listIn, type PolicyType, textMember, withValues } from '../policy-type.ts'

interface GroupItem {
  readonly id?: string
  readonly path?: string
  readonly extendChildren?: boolean
}

const itemsIn = (config: Readonly<Record<string, string>>) => listIn<GroupItem>(config, 'groups')

/** The identity is a member of one of the groups, or of one below it. A claim may say so in the user's place. */
export const group: PolicyType = {
  id: 'group',
  name: 'Group',
  group: 'Identity Based',
  configOf: (members, before) =>
    withValues(before, {
      groups: JSON.stringify(members['groups'] ?? []),
      groupsClaim: textMember(members, 'groupsClaim') ?? before['groupsClaim'],
    }),
  /** A group that does not exist stays as it was written, and lets nobody in (reference behaviour). */
  async resolve(config, resolve) {
    const items: GroupItem[] = []
    for (const { id: given, path, extendChildren = false } of itemsIn(config)) {
      const id = await resolve('group', given ?? path ?? '')
      items.push({ ...(id === undefined ? { ...(path === undefined ? {} : { path }) } : { id }), extendChildren })
    }
    return { ...config, groups: JSON.stringify(items) }
  },
  references: (config) => ({ kind: 'group', ids: itemsIn(config).flatMap(({ id }) => id ?? []) }),
  members: (config, names) => ({
    ...(config['groupsClaim'] === undefined ? {} : { groupsClaim: config['groupsClaim'] }),
    groups: itemsIn(config).flatMap(({ id, extendChildren = false }) =>
      id !== undefined && names.find('group', id) !== undefined ? [{ id, extendChildren }] : [],
    ),
  }),
  exported: (config, names) => {
    const items = itemsIn(config).flatMap(({ id, extendChildren = false }) => {
      const path = id === undefined ? undefined : names.find('group', id)?.name
      return path === undefined ? [] : [{ path, extendChildren }]
    })
    return { ...config, groups: JSON.stringify(items) }
  },
  grants(config, { identity, names }) {
    const claim = config['groupsClaim']
    const claimed = claim === undefined ? [] : claimTexts(identity.claims, claim)
    const held = claimed.length > 0 ? claimed : identity.user.groups.map(({ path }) => path)
    return itemsIn(config).some(({ id, extendChildren }) => {
      const path = id === undefined ? undefined : names.find('group', id)?.name
      return path !== undefined && held.some((one) => isWithin(one, path, extendChildren === true))
    })
  },
}

/** A claim may hold plain names in the place of paths: then the last step of the path counts. */
function isWithin(held: string, path: string, extendChildren: boolean): boolean {
  if (!held.includes('/')) return held === path.slice(path.lastIndexOf('/') + 1)
  return held === path || (extendChildren && held.startsWith(`${path}/`))
}
