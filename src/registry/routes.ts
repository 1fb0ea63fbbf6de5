/**
 * The control plane: the external systems of a registry, which is a realm, as REST below /admin/realms/{realm}/external-systems, and as the
 * commands and the page that stand on it. A system is a client with a service account and the attribute `registry_type`. Not here: how
 * clients and roles are stored, what tokens say. May call admin and everything to its left but the other surfaces.
 */
import { type AdminRoute, toRoute } from '../admin/admin-route.ts'
import { json, noContent, pageParameters, readRepresentation } from '../admin/bodies.ts'
import { apiJson } from '../http/api-answers.ts'
import { readQuery } from '../http/parameters.ts'
import type { Route } from '../http/routes.ts'
import { type HttpRequest, type HttpResponse, jsonResponse } from '../http/values.ts'
import { json as anything, integer, list, object, table, text } from '../representations/fields.ts'
import { setAccess } from './access.ts'
import { blockSystem, removeSystem, replaceKey, rotateSecret, unblockSystem } from './change.ts'
import { createSystem, type NewSystem } from './create.ts'
import { describeSystems, listSystems, requireSystem } from './describe.ts'
import { pageRoutes } from './pages/routes.ts'
import type { RegistryContext, RegistryServices } from './services.ts'

const attributes = table('ExternalSystemAttributes', { drfo: text, edrpou: text, fullName: text })
const key = { jwks: anything, jwksUrl: text, certificate: text, publicKey: text } as const
const newSystem = table('ExternalSystemRepresentation', {
  name: text,
  type: text,
  roles: list(text),
  attributes: object(() => attributes),
  ...key,
})
const newSecret = table('ExternalSystemSecret', { graceSeconds: integer })
const newKey = table('ExternalSystemKey', key)
const newAccess = table('ExternalSystemAccess', { searchConditions: list(text), businessProcesses: list(text) })

const view = ['view-clients', 'manage-clients'] as const
const manage = ['manage-clients'] as const
const path = '/external-systems'
const one = `${path}/:system`

/** Systems of one page unless the request says how many, and at most. */
const page = { max: 100, largest: 1_000 } as const

/** The rows below /admin/realms/{realm}. */
export const externalSystemTable: readonly AdminRoute<RegistryServices>[] = [
  { method: 'GET', path, summary: 'External systems of a registry', role: view, handle: listPage },
  { method: 'POST', path, summary: 'Make an external system', role: manage, handle: create },
  { method: 'GET', path: one, summary: 'One external system', role: view, handle: get },
  { method: 'DELETE', path: one, summary: 'Remove an external system', role: manage, handle: (c) => done(removeSystem(c, nameOf(c))) },
  { method: 'POST', path: `${one}/secret`, summary: 'Give an external system a new password', role: manage, handle: rotate },
  {
    method: 'PUT',
    path: `${one}/key`,
    summary: 'Let an external system sign with a key',
    role: manage,
    handle: (c) => done(replaceKey(c, nameOf(c), readRepresentation(c.request, newKey))),
  },
  {
    method: 'POST',
    path: `${one}/block`,
    summary: 'Refuse an external system',
    role: manage,
    handle: (c) => done(blockSystem(c, nameOf(c))),
  },
  {
    method: 'POST',
    path: `${one}/unblock`,
    summary: 'Let an external system in again',
    role: manage,
    handle: (c) => done(unblockSystem(c, nameOf(c))),
  },
  { method: 'PUT', path: `${one}/access`, summary: 'Say what an external system may reach', role: manage, handle: access },
]

export const registryRoutes: readonly Route<RegistryServices>[] = [...externalSystemTable.map(toRoute), ...pageRoutes]

const nameOf = ({ request }: { readonly request: HttpRequest }): string => request.params['system'] ?? ''

async function done(work: Promise<void>): Promise<HttpResponse> {
  await work
  return noContent()
}

/** No cache may keep a password. */
const secretJson = { ...apiJson, 'cache-control': 'no-store' }

async function listPage(context: RegistryContext): Promise<HttpResponse> {
  const query = readQuery(context.request)
  return json(await listSystems(context, query.get('search')?.trim() ?? '', pageParameters(query, page.max, page.largest)))
}

async function get(context: RegistryContext): Promise<HttpResponse> {
  const [system] = await describeSystems(context, [await requireSystem(context, nameOf(context))])
  return json(system)
}

async function create(context: RegistryContext): Promise<HttpResponse> {
  const { request, realm } = context
  const made = await createSystem(context, readRepresentation(request, newSystem) satisfies NewSystem)
  const location = `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}${path}/${made.name}`
  return jsonResponse(201, made, { ...secretJson, location })
}

async function rotate(context: RegistryContext): Promise<HttpResponse> {
  const { request } = context
  const { graceSeconds } = request.body.length === 0 ? {} : readRepresentation(request, newSecret)
  return jsonResponse(200, await rotateSecret(context, nameOf(context), graceSeconds), secretJson)
}

/** A list that is not given is an empty one: a PUT replaces the whole. */
async function access(context: RegistryContext): Promise<HttpResponse> {
  const { searchConditions = [], businessProcesses = [] } = readRepresentation(context.request, newAccess)
  return done(setAccess(context, nameOf(context), { searchConditions, businessProcesses }))
}
