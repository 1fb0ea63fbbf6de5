import { claimTexts } from '../identity.ts'
import { listIn, type PolicyType, withValue } from '../policy-type.ts'
import { requireReference } from '../references.ts'

interface ScopeItem {
  readonly id: string
  readonly required?: boolean
}

const itemsIn = (config: Readonly<Record<string, string>>) => listIn<ScopeItem>(config, 'clientScopes')

/** The token has one of the client scopes, and all that are required. */
export const clientScope: PolicyType = {
  id: 'client-scope',
  name: 'Client Scope',
  group: 'Identity Based',
  configOf: ({ clientScopes }, before) => withValue(before, 'clientScopes', JSON.stringify(clientScopes ?? [])),
  async resolve(config, resolve) {
    const items: ScopeItem[] = []
    for (const { id, required = false } of itemsIn(config))
      items.push({ id: await requireReference(resolve, 'client-scope', id), required })
    return { ...config, clientScopes: JSON.stringify(items) }
  },
  references: (config) => ({ kind: 'client-scope', ids: itemsIn(config).map(({ id }) => id) }),
  members: (config, names) => ({
    clientScopes: itemsIn(config)
      .filter(({ id }) => names.find('client-scope', id) !== undefined)
      .map(({ id, required = false }) => ({ id, required })),
  }),
  exported: (config, names) => {
    const items = itemsIn(config).flatMap(({ id, required = false }) => {
      const name = names.find('client-scope', id)?.name
      return name === undefined ? [] : [{ id: name, required }]
    })
    return { ...config, clientScopes: JSON.stringify(items) }
  },
  grants(config, { identity, names }) {
    const held = new Set(claimTexts(identity.claims, 'scope').join(' ').split(' '))
    let granted = false
    for (const { id, required } of itemsIn(config)) {
      const name = names.find('client-scope', id)?.name
      if (name === undefined) continue
      if (!held.has(name) && required) return false
      granted ||= held.has(name)
    }
    return granted
  },
}
