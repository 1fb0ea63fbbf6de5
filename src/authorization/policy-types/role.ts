import { AdminError } from '../../http/errors.ts'
import { hasTokenRole } from '../identity.ts'
import { listIn, type PolicyType, withValues } from '../policy-type.ts'

interface RoleItem {
  readonly id: string
  readonly required?: boolean
}

const itemsIn = (config: Readonly<Record<string, string>>) => listIn<RoleItem>(config, 'roles')

/** The identity has one of the roles, and all that are required. */
export const role: PolicyType = {
  id: 'role',
  name: 'Role',
  group: 'Identity Based',
  configOf: ({ roles, fetchRoles }, before) =>
    withValues(before, {
      roles: JSON.stringify(roles ?? []),
      fetchRoles: typeof fetchRoles === 'boolean' ? String(fetchRoles) : before['fetchRoles'],
    }),
  /** A role that does not exist is left out (reference behaviour). */
  async resolve(config, resolve) {
    const items: RoleItem[] = []
    for (const { id: text, required = false } of itemsIn(config)) {
      const id = await resolve('role', text)
      if (id === undefined) continue
      if (items.some((item) => item.id === id)) {
        throw new AdminError(400, { error: `Role can't be specified multiple times - ${text}` })
      }
      items.push({ id, required })
    }
    return { ...config, roles: JSON.stringify(items) }
  },
  references: (config) => ({ kind: 'role', ids: itemsIn(config).map(({ id }) => id) }),
  members: (config, names) => ({
    roles: itemsIn(config)
      .filter(({ id }) => names.find('role', id) !== undefined)
      .map(({ id, required = false }) => ({ id, required })),
    ...(config['fetchRoles'] === undefined ? {} : { fetchRoles: config['fetchRoles'] === 'true' }),
  }),
  exported: (config, names) => {
    const items = itemsIn(config).flatMap(({ id, required = false }) => {
      const known = names.find('role', id)
      return known === undefined ? [] : [{ id: known.client === undefined ? known.name : `${known.client}/${known.name}`, required }]
    })
    return { ...config, roles: JSON.stringify(items) }
  },
  grants(config, { identity, names }) {
    const fetched = config['fetchRoles'] === 'true'
    let granted = false
    for (const { id, required } of itemsIn(config)) {
      const known = names.find('role', id)
      if (known === undefined) continue
      const held = fetched ? identity.user.roles.some((one) => one.id === id) : hasTokenRole(identity, known)
      if (!held && required) return false
      granted ||= held
    }
    return granted
  },
}
