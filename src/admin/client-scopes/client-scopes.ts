import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { completeMappers } from '../../realm/defaults/client-scopes.ts'
import { type ClientScopeRepresentation, clientScopeRepresentation } from '../../representations/client-scope.ts'
import { mergeRepresentation } from '../../representations/merge.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { clientScopes as scopeRows } from '../../storage/client-scopes.ts'
import { UniqueViolation } from '../../storage/sql.ts'
import { hashOrder } from '../../tokens/mappers/hash-order.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { created, jsonText, noContent, readPatch, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { manage, query, requireStorable, unknownError, view } from '../clients/client-view.ts'
import { changeScope, findScope, readScope, scopeDoc } from './find-scope.ts'

/** Client templates are what client scopes were called once: the same things under another path. */
export const scopePaths = ['/client-scopes', '/client-templates'] as const

export const clientScopeRoutes: readonly AdminRoute[] = scopePaths.flatMap((path): AdminRoute[] => [
  { method: 'GET', path, summary: 'Client scopes of a realm', role: query, handle: listScopes },
  { method: 'POST', path, summary: 'Create a client scope', role: manage, handle: (context) => createScope(context, path) },
  { method: 'GET', path: `${path}/:scope`, summary: 'One client scope', role: query, handle: getScope },
  {
    method: 'PUT',
    path: `${path}/:scope`,
    summary: 'Change a client scope',
    role: query,
    handle: (context) => updateScope(context, path),
  },
  {
    method: 'DELETE',
    path: `${path}/:scope`,
    summary: 'Remove a client scope',
    role: query,
    handle: (context) => deleteScope(context, path),
  },
])

/** Who may only query clients sees none (reference behaviour). */
async function listScopes({ services, realm, permissions }: AdminContext): Promise<HttpResponse> {
  const rows = permissions.has(...view) ? await scopeRows(services.database).list(realm.id) : []
  const ordered = hashOrder(rows, (row) => row.id)
  return jsonText(printRepresentations(clientScopeRepresentation, ordered.map(readScope)))
}

async function getScope(context: AdminContext): Promise<HttpResponse> {
  return jsonText(printRepresentation(clientScopeRepresentation, readScope(await findScope(context, view))))
}

const taken = (name: string): AdminError => new AdminError(409, { errorMessage: `Client Scope ${name} already exists` })

/** One name in a scope parameter (RFC 6749 section 3.3). */
const nameForm = /^[\x21\x23-\x5b\x5d-\x7e]+$/

function requireName(name: string | null | undefined): string {
  if (name === undefined || name === null) throw unknownError()
  requireStorable({ name })
  if (!nameForm.test(name)) throw new AdminError(400, { errorMessage: `Unexpected name "${name}" for ClientScope` })
  return name
}

const protocols: ReadonlySet<string> = new Set(['openid-connect', 'saml'])

async function createScope(context: AdminContext, path: string): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, clientScopeRepresentation)
  const name = requireName(given.name)
  requireStorable({ id: given.id })
  if (!protocols.has(given.protocol ?? '')) throw new AdminError(400, { errorMessage: 'Unexpected protocol' })
  const names = (given.protocolMappers ?? []).map((mapper) => JSON.stringify([mapper.protocol, mapper.name]))
  if (new Set(names).size < names.length) throw taken(name)
  const id = given.id || services.random.uuid()
  const { protocolMappers, ...own } = given
  const scope: ClientScopeRepresentation = { ...own, ...completeMappers(protocolMappers, services.random) }
  try {
    await changeRealm(context, (tx) => scopeRows(tx).insert(realm.id, { id, name, doc: scopeDoc(scope) }))
  } catch (error) {
    throw error instanceof UniqueViolation ? taken(name) : error
  }
  report(context, 'CREATE', `${path.slice(1)}/${id}`, given)
  const { headers } = created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}${path}/${encodeURIComponent(id)}`)
  return { status: 201, headers: { ...headers, 'cache-control': 'no-cache' } }
}

/** Members that are given replace; attributes are added to, and null takes one away. Mappers have a path of their own. */
async function updateScope(context: AdminContext, path: string): Promise<HttpResponse> {
  const row = await findScope(context, manage)
  const patch = readPatch(context.request, clientScopeRepresentation)
  const name = requireName(patch.name)
  try {
    await changeScope(context, (before) => {
      const { id: _id, protocolMappers: _mappers, ...changes } = patch
      return { ...mergeRepresentation(clientScopeRepresentation, before, changes), id: before.id, name }
    })
  } catch (error) {
    throw error instanceof UniqueViolation ? taken(name) : error
  }
  report(context, 'UPDATE', `${path.slice(1)}/${row.id}`, patch as ClientScopeRepresentation)
  return noContent()
}

/** Clients that have the scope lose it, and so do the realm's lists. */
async function deleteScope(context: AdminContext, path: string): Promise<HttpResponse> {
  const { realm } = context
  const row = await findScope(context, manage)
  await changeRealm(context, (tx) => scopeRows(tx).remove(realm.id, row.id))
  report(context, 'DELETE', `${path.slice(1)}/${row.id}`)
  return { status: 204, headers: { 'cache-control': 'no-cache' } }
}

function report(context: AdminContext, operation: 'CREATE' | 'UPDATE' | 'DELETE', resourcePath: string, scope?: ClientScopeRepresentation) {
  const representation = scope && printRepresentation(clientScopeRepresentation, scope)
  audit(context, { operation, resourceType: 'CLIENT_SCOPE', resourcePath, representation })
}
