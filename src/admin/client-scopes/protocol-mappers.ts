import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type ProtocolMapperRepresentation, protocolMapperRepresentation } from '../../representations/client-scope.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { hashOrder } from '../../tokens/mappers/hash-order.ts'
import { findProtocolMapper } from '../../tokens/mappers/index.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { created, jsonText, readRepresentation, readRepresentations } from '../bodies.ts'
import {
  changeClient,
  duplicateError,
  findClient,
  manage,
  query,
  readClient,
  requireStorable,
  unknownError,
  view,
} from '../clients/client-view.ts'
import { pairwiseMapper, pairwiseSalt, sectorFault } from '../clients/pairwise.ts'
import { scopePaths } from './client-scopes.ts'
import { changeScope, findScope, readScope } from './find-scope.ts'
import { mapperTypes } from './mapper-types.ts'

type Mapper = ProtocolMapperRepresentation
type Change = (mappers: readonly Mapper[]) => Mapper[]

/** What has mappers: a client or a client scope. */
interface Owner {
  /** The path of its routes. */
  readonly path: string
  /** Below the realm: `clients/<id>`. */
  resource(context: AdminContext): string
  read(context: AdminContext, roles: readonly string[]): Promise<readonly Mapper[]>
  change(context: AdminContext, change: Change): Promise<void>
  /** Throws AdminError for a configuration that does not fit the owner. */
  check(context: AdminContext, mapper: Mapper): Promise<void>
}

const clientOwner: Owner = {
  path: '/clients/:client',
  resource: ({ request }) => `clients/${request.params['client']}`,
  read: async (context, roles) => readClient(await findClient(context, roles)).protocolMappers ?? [],
  async change(context, change) {
    await changeClient(context, (client) => ({ ...client, protocolMappers: change(client.protocolMappers ?? []) }))
  },
  async check(context, { protocolMapper, config }) {
    if (protocolMapper !== pairwiseMapper) return
    const client = readClient(await findClient(context, manage))
    const fault = await sectorFault(context.services.http, client, config?.['sectorIdentifierUri'] ?? '')
    if (fault) throw new AdminError(400, { error: fault.message, error_description: fault.message })
  },
}

const scopeOwner = (path: string): Owner => ({
  path: `${path}/:scope`,
  resource: ({ request }) => `${path.slice(1)}/${request.params['scope']}`,
  read: async (context, roles) => readScope(await findScope(context, roles)).protocolMappers ?? [],
  async change(context, change) {
    await changeScope(context, (scope) => ({ ...scope, protocolMappers: change(scope.protocolMappers ?? []) }))
  },
  check: async () => undefined,
})

export const protocolMapperRoutes: readonly AdminRoute[] = [clientOwner, ...scopePaths.map(scopeOwner)].flatMap(routesOf)

function routesOf(owner: Owner): AdminRoute[] {
  const base = `${owner.path}/protocol-mappers`
  const models = `${base}/models`
  const row = (
    method: AdminRoute['method'],
    path: string,
    summary: string,
    handle: (context: AdminContext, owner: Owner) => Promise<HttpResponse>,
  ): AdminRoute => ({ method, path, summary, role: query, handle: (context) => handle(context, owner) })
  return [
    row('GET', models, 'Protocol mappers', listMappers),
    row('POST', models, 'Create a protocol mapper', createMapper),
    row('GET', `${models}/:mapper`, 'One protocol mapper', getMapper),
    row('PUT', `${models}/:mapper`, 'Change a protocol mapper', updateMapper),
    row('DELETE', `${models}/:mapper`, 'Remove a protocol mapper', deleteMapper),
    row('GET', `${base}/protocol/:protocol`, 'Protocol mappers of a protocol', listOfProtocol),
    row('POST', `${base}/add-models`, 'Create several protocol mappers', createMappers),
  ]
}

const printAll = (mappers: readonly Mapper[]): HttpResponse =>
  jsonText(
    printRepresentations(
      protocolMapperRepresentation,
      hashOrder(mappers.map(withSwitches), (mapper) => mapper.id ?? ''),
    ),
  )

async function listMappers(context: AdminContext, owner: Owner): Promise<HttpResponse> {
  return printAll(await owner.read(context, view))
}

async function listOfProtocol(context: AdminContext, owner: Owner): Promise<HttpResponse> {
  const { protocol } = context.request.params
  return printAll((await owner.read(context, view)).filter((mapper) => mapper.protocol === protocol))
}

const findMapper = (context: AdminContext, mappers: readonly Mapper[]): Mapper => {
  const found = mappers.find((mapper) => mapper.id === context.request.params['mapper'])
  if (found === undefined) throw new AdminError(404, { error: 'Model not found' })
  return found
}

async function getMapper(context: AdminContext, owner: Owner): Promise<HttpResponse> {
  return jsonText(printRepresentation(protocolMapperRepresentation, withSwitches(findMapper(context, await owner.read(context, view)))))
}

async function requireFit(context: AdminContext, owner: Owner, mapper: Mapper): Promise<void> {
  const { id, name, protocol, protocolMapper = '' } = mapper
  if (!mapperTypes.has(protocolMapper)) throw new AdminError(404, { error: 'ProtocolMapper provider not found' })
  if (name === undefined || protocol === undefined) throw duplicateError()
  requireStorable({ id, name })
  await owner.check(context, mapper)
}

const sameName = (a: Mapper, b: Mapper): boolean => a.name === b.name && a.protocol === b.protocol

/** A mapper as it is stored; consent is asked for scopes, no longer for single mappers. Values without text are none. */
function stored({ consentText: _text, ...mapper }: Mapper, random: { uuid(): string }): Mapper {
  const config = withoutBlanks(mapper.config ?? {})
  if (mapper.protocolMapper === pairwiseMapper) config[pairwiseSalt] ??= random.uuid()
  return { ...mapper, id: mapper.id || random.uuid(), consentRequired: false, config }
}

const withoutBlanks = (config: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''))

/**
 * A mapper by itself is shown with what it does where it says nothing (reference behaviour): its own defaults, or the switches that follow
 * others, introspection the access token, userinfo the ID token. They are not stored.
 */
function withSwitches(mapper: Mapper): Mapper {
  const kind = mapper.protocolMapper ?? ''
  const own = effectiveDefaults[kind]
  if (own !== undefined) return { ...mapper, config: { ...own, ...mapper.config } }
  if (findProtocolMapper(kind) === undefined) return mapper
  const config = { ...mapper.config }
  for (const [name, leader] of followers) {
    const value = config[leader]
    if (value !== undefined) config[name] ??= value
  }
  return { ...mapper, config }
}

const followers = [
  ['introspection.token.claim', 'access.token.claim'],
  ['userinfo.token.claim', 'id.token.claim'],
] as const

const inAccessToken = Object.freeze({ 'access.token.claim': 'true', 'introspection.token.claim': 'true' })

/** Mappers that once had no settings, and what they are taken to say. */
const effectiveDefaults: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.freeze({
  'oidc-audience-resolve-mapper': inAccessToken,
  'oidc-allowed-origins-mapper': inAccessToken,
  'oidc-organization-membership-mapper': {
    'claim.name': 'organization',
    'jsonType.label': 'String',
    multivalued: 'true',
    addOrganizationAttributes: 'false',
    addOrganizationId: 'false',
  },
})

async function createMapper(context: AdminContext, owner: Owner): Promise<HttpResponse> {
  const { request, services } = context
  await owner.read(context, manage)
  const given = readRepresentation(request, protocolMapperRepresentation)
  await requireFit(context, owner, given)
  const mapper = stored(given, services.random)
  await owner.change(context, (mappers) => {
    if (mappers.some((other) => other.id === mapper.id || sameName(other, mapper)))
      throw new AdminError(409, { errorMessage: 'Protocol mapper exists with same name' })
    return [...mappers, mapper]
  })
  const models = `${owner.resource(context)}/protocol-mappers/models`
  const id = mapper.id ?? ''
  report(context, 'CREATE', `${models}/${id}`, given)
  const { headers } = created(
    `${request.baseUrl}/admin/realms/${encodeURIComponent(context.realm.name)}/${models}/${encodeURIComponent(id)}`,
  )
  return { status: 201, headers: { ...headers, 'cache-control': 'no-cache' } }
}

/** All of them, or none. */
async function createMappers(context: AdminContext, owner: Owner): Promise<HttpResponse> {
  const { request, services } = context
  await owner.read(context, manage)
  const given = readRepresentations(request, protocolMapperRepresentation)
  for (const mapper of given) await requireFit(context, owner, mapper)
  if (given.length > 0) {
    const added = given.map((mapper) => stored(mapper, services.random))
    await owner.change(context, (mappers) => {
      const all = [...mappers]
      for (const mapper of added) {
        if (all.some((other) => other.id === mapper.id || sameName(other, mapper)))
          throw new AdminError(409, { error: 'conflict', error_description: 'Protocol mapper name must be unique per protocol' })
        all.push(mapper)
      }
      return all
    })
  }
  audit(context, {
    operation: 'CREATE',
    resourceType: 'PROTOCOL_MAPPER',
    resourcePath: `${owner.resource(context)}/protocol-mappers/add-models`,
    representation: printRepresentations(protocolMapperRepresentation, given),
  })
  return done
}

const done: HttpResponse = { status: 204, headers: { 'cache-control': 'no-cache' } }

/** Type and configuration change; name and protocol are what others know the mapper by, and stay (reference behaviour). */
async function updateMapper(context: AdminContext, owner: Owner): Promise<HttpResponse> {
  const { request } = context
  const before = findMapper(context, await owner.read(context, manage))
  const given = readRepresentation(request, protocolMapperRepresentation)
  if (!mapperTypes.has(given.protocolMapper ?? '')) throw new AdminError(404, { error: 'ProtocolMapper provider not found' })
  // The reference looks the mapper up by the id in the body.
  if (given.id !== before.id) throw unknownError()
  await owner.check(context, given)
  const { protocolMapper, config } = stored(given, context.services.random)
  await owner.change(context, (mappers) =>
    mappers.map((mapper) => (mapper.id === before.id ? { ...mapper, ...withType(protocolMapper), config: config ?? {} } : mapper)),
  )
  report(context, 'UPDATE', `${owner.resource(context)}/protocol-mappers/models/${before.id}`, given)
  return done
}

const withType = (protocolMapper: string | undefined): Mapper => (protocolMapper === undefined ? {} : { protocolMapper })

async function deleteMapper(context: AdminContext, owner: Owner): Promise<HttpResponse> {
  const { id = '' } = findMapper(context, await owner.read(context, manage))
  await owner.change(context, (mappers) => mappers.filter((mapper) => mapper.id !== id))
  report(context, 'DELETE', `${owner.resource(context)}/protocol-mappers/models/${id}`)
  return done
}

function report(context: AdminContext, operation: 'CREATE' | 'UPDATE' | 'DELETE', resourcePath: string, mapper?: Mapper): void {
  const representation = mapper && printRepresentation(protocolMapperRepresentation, mapper)
  audit(context, { operation, resourceType: 'PROTOCOL_MAPPER', resourcePath, representation })
}
