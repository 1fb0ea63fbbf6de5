import { clientScopes as scopeRows } from '../../storage/client-scopes.ts'
import type { PolicyContext, RegistrationPolicy } from './policy.ts'

/** Clients have the scopes that the policy names and, unless it says otherwise, those that the realm gives to clients. */
export const allowedClientScopes: RegistrationPolicy = {
  id: 'allowed-client-templates',
  async refusal(act, context) {
    if (act.kind !== 'register' && act.kind !== 'update') return undefined
    const { defaultClientScopes = [], optionalClientScopes = [] } = act.given
    const before = act.kind === 'update' ? act.before : {}
    const added = [
      ...defaultClientScopes.filter((name) => !before.defaultClientScopes?.includes(name)),
      ...optionalClientScopes.filter((name) => !before.optionalClientScopes?.includes(name)),
    ]
    if (added.length === 0) return undefined
    const allowed = await allowedNames(context)
    return added.every((name) => allowed.has(name)) ? undefined : 'Not permitted to use specified clientScope'
  },
}

async function allowedNames({ services, realm, config }: PolicyContext): Promise<ReadonlySet<string>> {
  const named = config['allowed-client-scopes'] ?? []
  if (config['allow-default-scopes']?.[0] === 'false') return new Set(named)
  const given = new Set((await scopeRows(services.database).realmDefaults(realm.id)).map((link) => link.scope_id))
  return new Set([...named, ...realm.clientScopes.filter(({ id }) => given.has(id)).map(({ name }) => name)])
}
