import { listIn, type PolicyType, withValue } from '../policy-type.ts'
import { requireReference } from '../references.ts'

/** The identity is one of the users. */
export const user: PolicyType = {
  id: 'user',
  name: 'User',
  group: 'Identity Based',
  configOf: ({ users }, before) => withValue(before, 'users', JSON.stringify(users ?? [])),
  async resolve(config, resolve) {
    const ids = new Set<string>()
    for (const text of listIn<string>(config, 'users')) ids.add(await requireReference(resolve, 'user', text))
    return { ...config, users: JSON.stringify([...ids]) }
  },
  references: (config) => ({ kind: 'user', ids: listIn<string>(config, 'users') }),
  members: (config, names) => ({ users: listIn<string>(config, 'users').filter((id) => names.find('user', id) !== undefined) }),
  exported: (config, names) => {
    const users = listIn<string>(config, 'users').flatMap((id) => names.find('user', id)?.name ?? [])
    return { ...config, users: JSON.stringify(users) }
  },
  grants: (config, { identity }) => listIn<string>(config, 'users').includes(identity.id),
}
