import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ClientScopeRepresentation, clientScopeRepresentation } from '../../representations/client-scope.ts'
import { printRepresentations } from '../../representations/print.ts'
import { clientScopes as scopeRows } from '../../storage/client-scopes.ts'
import { clients as clientRows } from '../../storage/clients.ts'
import { UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { jsonText } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { duplicateError, findClient, manage, query, readClient, scopesOf, view } from '../clients/client-view.ts'
import { readScope } from './find-scope.ts'

/** Which scopes new clients of the realm get, and which scopes one client has: by default, or when it asks for them. */
export const defaultScopeRoutes: readonly AdminRoute[] = (['default', 'optional'] as const).flatMap((kind): AdminRoute[] => {
  const ofRealm = `/default-${kind}-client-scopes`
  const ofClient = `/clients/:client/${kind}-client-scopes`
  const isDefault = kind === 'default'
  return [
    {
      method: 'GET',
      path: ofRealm,
      summary: `Scopes that new clients get (${kind})`,
      role: view,
      handle: (context) => listOfRealm(context, isDefault),
    },
    {
      method: 'PUT',
      path: `${ofRealm}/:scope`,
      summary: `Give new clients a scope (${kind})`,
      role: manage,
      handle: (context) => addToRealm(context, isDefault),
    },
    {
      method: 'DELETE',
      path: `${ofRealm}/:scope`,
      summary: `Give new clients a scope no more (${kind})`,
      role: manage,
      handle: removeFromRealm,
    },
    {
      method: 'GET',
      path: ofClient,
      summary: `Scopes of a client (${kind})`,
      role: query,
      handle: (context) => listOfClient(context, isDefault),
    },
    {
      method: 'PUT',
      path: `${ofClient}/:scope`,
      summary: `Give a client a scope (${kind})`,
      role: query,
      handle: (context) => addToClient(context, isDefault),
    },
    {
      method: 'DELETE',
      path: `${ofClient}/:scope`,
      summary: `Take a scope from a client (${kind})`,
      role: query,
      handle: removeFromClient,
    },
  ]
})

const done: HttpResponse = { status: 204, headers: { 'cache-control': 'no-cache' } }

/** The id of the scope in the path. */
async function requireScope({ request, services, realm }: AdminContext): Promise<string> {
  const row = await scopeRows(services.database).findById(realm.id, request.params['scope'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'Client scope not found' })
  return row.id
}

const print = (scopes: readonly ClientScopeRepresentation[]): HttpResponse =>
  jsonText(printRepresentations(clientScopeRepresentation, scopes))

/** Id, name and protocol of each. */
async function listOfRealm({ services, realm }: AdminContext, isDefault: boolean): Promise<HttpResponse> {
  const rows = await scopeRows(services.database).realmDefaultsNamed(realm.id, isDefault)
  return print(rows.map(readScope).map(({ id, name, protocol = 'openid-connect' }) => ({ id, name, protocol })))
}

/** A scope can be on one of the two lists only. */
async function addToRealm(context: AdminContext, isDefault: boolean): Promise<HttpResponse> {
  const { realm } = context
  const scopeId = await requireScope(context)
  try {
    await changeRealm(context, (tx) => scopeRows(tx).addRealmDefault(realm.id, scopeId, isDefault))
  } catch (error) {
    throw error instanceof UniqueViolation ? duplicateError() : error
  }
  report(context, 'CREATE', 'CLIENT_SCOPE')
  return done
}

/** Whichever of the lists it is on (reference behaviour). */
async function removeFromRealm(context: AdminContext): Promise<HttpResponse> {
  const scopeId = await requireScope(context)
  await changeRealm(context, (tx) => scopeRows(tx).unsetRealmDefault(context.realm.id, scopeId))
  report(context, 'DELETE', 'CLIENT_SCOPE')
  return done
}

/** Id and name of each; scopes of another protocol do not count. */
async function listOfClient(context: AdminContext, isDefault: boolean): Promise<HttpResponse> {
  const row = await findClient(context, view)
  const { protocol = 'openid-connect' } = readClient(row)
  const { byDefault, onRequest } = scopesOf(context.realm, protocol, await clientRows(context.services.database).scopeNames([row.id]))
  return print((isDefault ? byDefault : onRequest).map(({ scope_id, name }) => ({ id: scope_id, name })))
}

/** A scope that the client has in the other way stays so (reference behaviour). */
async function addToClient(context: AdminContext, isDefault: boolean): Promise<HttpResponse> {
  const row = await findClient(context, manage)
  const scopeId = await requireScope(context)
  await changeRealm(context, (tx) => clientRows(tx).addScope(row.id, scopeId, isDefault))
  report(context, 'CREATE', 'CLIENT_SCOPE_CLIENT_MAPPING')
  return done
}

async function removeFromClient(context: AdminContext): Promise<HttpResponse> {
  const row = await findClient(context, manage)
  const scopeId = await requireScope(context)
  await changeRealm(context, (tx) => clientRows(tx).unlinkScope(row.id, scopeId))
  report(context, 'DELETE', 'CLIENT_SCOPE_CLIENT_MAPPING')
  return done
}

/** Their path is the resource's. */
function report(context: AdminContext, operation: 'CREATE' | 'DELETE', resourceType: string): void {
  const { client, scope } = context.request.params
  const segment = context.request.path.split('/').at(-2) ?? ''
  const resourcePath = `${client === undefined ? '' : `clients/${client}/`}${segment}/${scope}`
  audit(context, { operation, resourceType, resourcePath })
}
