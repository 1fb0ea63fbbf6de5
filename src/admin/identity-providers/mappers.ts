import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import { type IdentityProviderMapperRepresentation, identityProviderMapperRepresentation } from '../../representations/identity-provider.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { type IdentityProviderMapperRow, identityProviders } from '../../storage/identity-providers.ts'
import { type Sql, UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { done, duplicateResource, failed, notFound } from '../authentication/answers.ts'
import { created, json, jsonText, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { describeProperties } from '../property.ts'
import { manageRoles, providerInPath, viewRoles } from './instances.ts'
import { requireMapperWithinReach } from './mapper-rights.ts'
import { mapperTypesFor } from './mapper-types.ts'

const instance = '/identity-provider/instances/:alias'
const path = `${instance}/mappers`

export const mapperRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: `${instance}/mapper-types`,
    summary: 'Mappers that an identity provider can have',
    role: viewRoles,
    handle: listTypes,
  },
  { method: 'GET', path, summary: 'Mappers of an identity provider', role: viewRoles, handle: listMappers },
  { method: 'POST', path, summary: 'Add a mapper', role: manageRoles, handle: createMapper },
  { method: 'GET', path: `${path}/:mapper`, summary: 'One mapper', role: viewRoles, handle: getMapper },
  { method: 'PUT', path: `${path}/:mapper`, summary: 'Change a mapper', role: manageRoles, handle: putMapper },
  { method: 'DELETE', path: `${path}/:mapper`, summary: 'Remove a mapper', role: manageRoles, handle: deleteMapper },
]

async function listTypes(context: AdminContext): Promise<HttpResponse> {
  const { provider } = await providerInPath(context.services.database, context)
  const types = mapperTypesFor(provider.providerId ?? '').map(
    ({ id, name, category, helpText, properties }) =>
      [id, { id, name, category, helpText, properties: describeProperties(properties) }] as const,
  )
  return json(Object.fromEntries(types))
}

const describeMapper = (row: IdentityProviderMapperRow): IdentityProviderMapperRepresentation => {
  const mapper = JSON.parse(row.doc) as IdentityProviderMapperRepresentation
  return { ...mapper, id: row.id, config: mapper.config ?? {} }
}

async function listMappers(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const { row } = await providerInPath(services.database, context)
  const mappers = (await identityProviders(services.database).mappersOf(realm.id, row.alias)).map(describeMapper)
  return jsonText(printRepresentations(identityProviderMapperRepresentation, mappers))
}

/** The mapper in the path: any of the realm, whichever provider the path names (reference behaviour). */
async function mapperInPath(sql: Sql, context: AdminContext): Promise<IdentityProviderMapperRow> {
  await providerInPath(sql, context)
  const row = await identityProviders(sql).findMapper(context.realm.id, context.request.params['mapper'] ?? '')
  if (row === undefined) throw notFound('Model not found')
  return row
}

async function getMapper(context: AdminContext): Promise<HttpResponse> {
  return jsonText(
    printRepresentation(identityProviderMapperRepresentation, describeMapper(await mapperInPath(context.services.database, context))),
  )
}

/** Empty settings are not kept (reference behaviour). */
const kept = (given: IdentityProviderMapperRepresentation, id: string): IdentityProviderMapperRepresentation => ({
  ...given,
  id,
  config: Object.fromEntries(Object.entries(given.config ?? {}).filter(([, value]) => value !== '')),
})

function report(
  context: AdminContext,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
  id: string,
  given?: IdentityProviderMapperRepresentation,
): void {
  audit(context, {
    operation,
    resourceType: 'IDENTITY_PROVIDER_MAPPER',
    resourcePath: `identity-provider/instances/${context.request.params['alias']}/mappers/${id}`,
    ...(given === undefined ? {} : { representation: printRepresentation(identityProviderMapperRepresentation, given) }),
  })
}

/** Whether another mapper of that provider has the name. */
const isTaken = async (
  tx: Sql,
  realmId: string,
  { identityProviderAlias = '', name }: IdentityProviderMapperRepresentation,
  id: string,
): Promise<boolean> =>
  (await identityProviders(tx).mappersOf(realmId, identityProviderAlias)).some((row) => row.name === name && row.id !== id)

async function createMapper(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, identityProviderMapperRepresentation)
  await requireMapperWithinReach(context, given)
  const id = given.id ?? services.random.uuid()
  const alias = await changeRealm(context, async (tx) => {
    const { row, provider } = await providerInPath(tx, context)
    const { name, identityProviderAlias, identityProviderMapper } = given
    if (name === undefined || identityProviderAlias === undefined || identityProviderMapper === undefined) throw duplicateResource()
    if (await isTaken(tx, realm.id, given, id))
      throw new AdminError(400, { errorMessage: `Failed to add mapper '${name}' to identity provider [${provider.providerId}].` })
    await identityProviders(tx).insertMapper(realm.id, id, kept(given, id))
    return row.alias
  }).catch((error: unknown) => {
    throw error instanceof UniqueViolation ? duplicateResource() : error
  })
  report(context, 'CREATE', id, given)
  const above = `${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}/identity-provider/instances/${encodeURIComponent(alias)}`
  return created(`${above}/mappers/${encodeURIComponent(id)}`)
}

async function putMapper(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readRepresentation(request, identityProviderMapperRepresentation)
  await requireMapperWithinReach(context, given)
  const id = request.params['mapper'] ?? ''
  await changeRealm(context, async (tx) => {
    const row = await mapperInPath(tx, context)
    const { name, identityProviderAlias, identityProviderMapper } = given
    if (given.id !== row.id || name === undefined || identityProviderAlias === undefined || identityProviderMapper === undefined)
      throw failed()
    if (await isTaken(tx, realm.id, given, row.id)) throw failed()
    await identityProviders(tx).updateMapper(realm.id, row.id, kept(given, row.id))
  })
  report(context, 'UPDATE', id, given)
  return done()
}

async function deleteMapper(context: AdminContext): Promise<HttpResponse> {
  const id = await changeRealm(context, async (tx) => {
    const row = await mapperInPath(tx, context)
    await identityProviders(tx).removeMapper(context.realm.id, row.id)
    return row.id
  })
  report(context, 'DELETE', id)
  return done()
}
