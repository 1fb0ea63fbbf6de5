import { listIn, type PolicyType, withValue } from '../policy-type.ts'
import { requireReference } from '../references.ts'

/** The token was issued to one of the clients. */
export const client: PolicyType = {
  id: 'client',
  name: 'Client',
  group: 'Identity Based',
  configOf: ({ clients }, before) => withValue(before, 'clients', JSON.stringify(clients ?? [])),
  async resolve(config, resolve) {
    const ids = new Set<string>()
    for (const text of listIn<string>(config, 'clients')) ids.add(await requireReference(resolve, 'client', text))
    return { ...config, clients: JSON.stringify([...ids]) }
  },
  references: (config) => ({ kind: 'client', ids: listIn<string>(config, 'clients') }),
  members: (config, names) => ({ clients: listIn<string>(config, 'clients').filter((id) => names.find('client', id) !== undefined) }),
  exported: (config, names) => {
    const clients = listIn<string>(config, 'clients').flatMap((id) => names.find('client', id)?.name ?? [])
    return { ...config, clients: JSON.stringify(clients) }
  },
  grants: (config, { context, names }) => {
    const current = context.get('kc.client.id') ?? []
    return listIn<string>(config, 'clients').some((id) => current.includes(names.find('client', id)?.name ?? ''))
  },
}
