import { AdminError } from '../../http/errors.ts'
import type { ClientScopeRepresentation } from '../../representations/client-scope.ts'
import { type ClientScopeRow, clientScopes as scopeRows } from '../../storage/client-scopes.ts'
import type { Sql } from '../../storage/sql.ts'
import type { AdminContext } from '../admin-route.ts'
import { changeRealm } from '../change-realm.ts'

const noScope = (): AdminError => new AdminError(404, { error: 'Could not find client scope' })

/** The client scope in the path. Who may query clients learns that there is none, and no more. */
export async function findScope(context: AdminContext, roles: readonly string[]): Promise<ClientScopeRow> {
  const { request, services, realm, permissions } = context
  const row = await scopeRows(services.database).findById(realm.id, request.params['scope'] ?? '')
  if (row === undefined) throw noScope()
  permissions.require(...roles)
  return row
}

/** A scope as it is printed: attributes always, mappers where there are any. */
export function readScope(row: ClientScopeRow): ClientScopeRepresentation & { id: string; name: string } {
  const { protocolMappers = [], ...doc } = JSON.parse(row.doc) as ClientScopeRepresentation
  return {
    ...doc,
    id: row.id,
    name: row.name,
    protocol: doc.protocol ?? 'openid-connect',
    attributes: doc.attributes ?? {},
    ...(protocolMappers.length > 0 ? { protocolMappers } : {}),
  }
}

/** The text of a scope's doc column. */
export function scopeDoc({ id: _id, name: _name, protocolMappers = [], ...doc }: ClientScopeRepresentation): string {
  return JSON.stringify({ ...doc, ...(protocolMappers.length > 0 ? { protocolMappers } : {}) })
}

/** Changes the scope in the path in one transaction; `change` is given it as it is then. */
export async function changeScope(
  context: AdminContext,
  change: (scope: ReturnType<typeof readScope>, tx: Sql) => ClientScopeRepresentation,
): Promise<void> {
  const { request, realm } = context
  await changeRealm(context, async (tx) => {
    const row = await scopeRows(tx).findById(realm.id, request.params['scope'] ?? '')
    if (row === undefined) throw noScope()
    const next = change(readScope(row), tx)
    await scopeRows(tx).update(realm.id, { id: row.id, name: next.name ?? row.name, doc: scopeDoc(next) })
  })
}
