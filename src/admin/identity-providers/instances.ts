import { AdminError } from '../../http/errors.ts'
import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { organizationFault } from '../../organizations/identity-providers.ts'
import { completeIdentityProvider, hiddenKinds } from '../../realm/defaults/identity-providers.ts'
import {
  type IdentityProviderRepresentation,
  identityProviderRepresentation,
  withoutOldHiding,
} from '../../representations/identity-provider.ts'
import { maskRepresentation, secretMask } from '../../representations/mask.ts'
import { printRepresentation, printRepresentations } from '../../representations/print.ts'
import { authentication } from '../../storage/authentication.ts'
import { federatedIdentities } from '../../storage/federated-identities.ts'
import { type IdentityProviderRow, identityProviders } from '../../storage/identity-providers.ts'
import { escapedLike } from '../../storage/like.ts'
import { organizations } from '../../storage/organizations.ts'
import { type Sql, UniqueViolation } from '../../storage/sql.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { done, failed, notFound, requireName } from '../authentication/answers.ts'
import { created, flagParameter, jsonText, pageParameters, readRepresentation } from '../bodies.ts'
import { changeRealm } from '../change-realm.ts'
import { everyUse, findProviderType, type IdentityProviderType, identityProviderTypes } from './provider-types.ts'
import { validateProvider } from './validate.ts'

export const viewRoles = ['view-identity-providers', 'manage-identity-providers'] as const
export const manageRoles = ['manage-identity-providers'] as const

const path = '/identity-provider/instances'

export const instanceRoutes: readonly AdminRoute[] = [
  { method: 'GET', path, summary: 'Identity providers of a realm', role: viewRoles, handle: listProviders },
  { method: 'POST', path, summary: 'Make an identity provider', role: manageRoles, handle: createProvider },
  { method: 'GET', path: `${path}/:alias`, summary: 'One identity provider', role: viewRoles, handle: getProvider },
  { method: 'PUT', path: `${path}/:alias`, summary: 'Change an identity provider', role: manageRoles, handle: putProvider },
  { method: 'DELETE', path: `${path}/:alias`, summary: 'Remove an identity provider', role: manageRoles, handle: deleteProvider },
]

export const missingProvider = (): AdminError => notFound('HTTP 404 Not Found')
const refused = (errorMessage: string, status = 400): AdminError => new AdminError(status, { errorMessage })

/** The identity provider in the path. */
export async function providerInPath(
  sql: Sql,
  { request, realm }: Pick<AdminContext, 'request' | 'realm'>,
): Promise<{ readonly row: IdentityProviderRow; readonly provider: IdentityProviderRepresentation }> {
  const row = await identityProviders(sql).find(realm.id, request.params['alias'] ?? '')
  if (row === undefined) throw missingProvider()
  return { row, provider: JSON.parse(row.doc) as IdentityProviderRepresentation }
}

/** As the reference prints them: those of a disabled organization are disabled. One statement at most. */
export async function describeProviders(
  sql: Sql,
  realmId: string,
  rows: readonly IdentityProviderRow[],
): Promise<IdentityProviderRepresentation[]> {
  const providers = rows.map(describeProvider)
  const ids = [...new Set(providers.flatMap(({ organizationId }) => organizationId ?? []))]
  if (ids.length === 0) return providers
  const disabled = new Set((await organizations(sql).disabledOf(realmId, ids)).map(({ id }) => id))
  return providers.map((provider) => (disabled.has(provider.organizationId ?? '') ? { ...provider, enabled: false } : provider))
}

/** What it can be used for, without its secret. */
function describeProvider(row: IdentityProviderRow): IdentityProviderRepresentation {
  const provider = JSON.parse(row.doc) as IdentityProviderRepresentation
  const { updateProfileFirstLoginMode: _mode, ...shown } = provider
  const types = [...(findProviderType(provider.providerId)?.types ?? [])]
  return maskRepresentation(identityProviderRepresentation, { ...shown, internalId: row.id, config: provider.config ?? {}, types }, 'read')
}

const briefView = ({
  alias,
  displayName,
  internalId,
  providerId,
  enabled,
}: IdentityProviderRepresentation): IdentityProviderRepresentation => ({
  ...(alias === undefined ? {} : { alias }),
  ...(displayName === undefined ? {} : { displayName }),
  ...(internalId === undefined ? {} : { internalId }),
  ...(providerId === undefined ? {} : { providerId }),
  ...(enabled === undefined ? {} : { enabled }),
  config: {},
})

/** More than anybody reads at once. */
const pageDefault = 10_000

async function listProviders({ request, services, realm }: AdminContext): Promise<HttpResponse> {
  const query = readQuery(request)
  const page = pageParameters(query, pageDefault)
  const filter = {
    pattern: searchPattern(query.get('search')),
    providerIds: kindsFor(query.get('type'), query.get('capability')),
    realmOnly: flagParameter(query, 'realmOnly') ?? false,
  }
  const rows = await identityProviders(services.database).search(realm.id, filter, page)
  const providers = await describeProviders(services.database, realm.id, rows)
  const isBrief = flagParameter(query, 'briefRepresentation') ?? false
  return jsonText(printRepresentations(identityProviderRepresentation, isBrief ? providers.map(briefView) : providers))
}

/** `"x"` is the whole name, `x` its beginning, and `*` anything (reference behaviour). */
function searchPattern(search: string | undefined): string | undefined {
  const text = (search ?? '').trim().toLowerCase()
  if (text === '') return undefined
  const whole = /^"(.*)"$/.exec(text)?.[1]
  if (whole !== undefined) return escapedLike(whole)
  const pattern = escapedLike(text).replaceAll('*', '%')
  return pattern.endsWith('%') ? pattern : `${pattern}%`
}

/** Kinds of identity providers that a list is narrowed to; with a type the capability does not count (reference behaviour). */
function kindsFor(type: string | undefined, capability: string | undefined): readonly string[] | undefined {
  const test = type ? usedFor(type) : capableOf(capability)
  return test && identityProviderTypes.filter(test).map(({ id }) => id)
}

type KindTest = (kind: IdentityProviderType) => boolean

function usedFor(type: string): KindTest | undefined {
  if (type === 'ANY') return undefined
  const use = everyUse.find((one) => one === type)
  if (use === undefined) throw failed()
  return ({ uses }) => uses.includes(use)
}

/** People can be linked to all but those that never see a person (reference behaviour). */
function capableOf(capability: string | undefined): KindTest | undefined {
  if (!capability) return undefined
  if (capability !== 'USER_LINKING') throw failed()
  return ({ id }) => !hiddenKinds.has(id)
}

async function getProvider(context: AdminContext): Promise<HttpResponse> {
  const { services, realm } = context
  const { row } = await providerInPath(services.database, context)
  const [provider = {}] = await describeProviders(services.database, realm.id, [row])
  return jsonText(printRepresentation(identityProviderRepresentation, provider))
}

/** Alias rules of the reference. */
function requireAlias(alias: string): void {
  requireName(alias)
  if (/\s/.test(alias)) throw new AdminError(400, { error: 'Empty Space not allowed.' })
}

const flows = ['firstBrokerLoginFlowAlias', 'postBrokerLoginFlowAlias'] as const

/** Throws as the reference does over a flow that the realm does not have. */
async function requireFlows(tx: Sql, realmId: string, provider: IdentityProviderRepresentation): Promise<void> {
  const wanted = flows.flatMap((name) => provider[name] || [])
  if (wanted.length === 0) return
  const known = new Set((await authentication(tx).flows(realmId)).map(({ alias }) => alias))
  if (!wanted.every((alias) => known.has(alias))) throw failed()
}

/** What is kept of a body: empty settings are not, nor is what the kind alone decides. */
function kept(given: IdentityProviderRepresentation, kind: IdentityProviderType): IdentityProviderRepresentation {
  const { updateProfileFirstLoginMode: _mode, types: _types, ...provider } = withoutOldHiding(given)
  for (const name of flows) if (provider[name] === '') delete provider[name]
  const config = Object.fromEntries(Object.entries(provider.config ?? {}).filter(([, value]) => value !== ''))
  return completeIdentityProvider({ ...provider, providerId: kind.id, config, types: [...kind.types] })
}

function report(
  context: AdminContext,
  operation: 'CREATE' | 'UPDATE' | 'DELETE',
  alias: string,
  given?: IdentityProviderRepresentation,
): void {
  const representation =
    given && printRepresentation(identityProviderRepresentation, maskRepresentation(identityProviderRepresentation, given, 'read'))
  audit(context, {
    operation,
    resourceType: 'IDENTITY_PROVIDER',
    resourcePath: `identity-provider/instances/${alias}`,
    ...(representation === undefined ? {} : { representation }),
  })
}

/** Throws when it names an organization that there is not, or a domain that the organization does not have. */
async function requireOrganization(tx: Sql, realmId: string, provider: IdentityProviderRepresentation): Promise<void> {
  const fault = await organizationFault(tx, realmId, provider)
  if (fault !== undefined) throw refused(fault)
}

async function createProvider(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const given = readRepresentation(request, identityProviderRepresentation)
  const { alias = '' } = given
  const id = given.internalId ?? services.random.uuid()
  await changeRealm(context, async (tx) => {
    requireAlias(alias)
    if (alias !== '' && (await identityProviders(tx).find(realm.id, alias))) throw refused(`Identity Provider ${alias} already exists`, 409)
    const kind = findProviderType(given.providerId)
    if (kind === undefined) throw refused(`Invalid identity provider id [${given.providerId ?? null}]`)
    if (alias === '') throw refused('path is null')
    const provider = { ...kept(given, kind), alias, internalId: id }
    await requireOrganization(tx, realm.id, provider)
    await validateProvider(tx, realm, id, provider)
    await requireFlows(tx, realm.id, provider)
    await identityProviders(tx).insert(realm.id, id, provider)
  }).catch((error: unknown) => {
    throw error instanceof UniqueViolation ? refused(`Identity Provider ${alias} already exists`, 409) : error
  })
  report(context, 'CREATE', alias, { ...given, internalId: id })
  return created(`${request.baseUrl}/admin/realms/${encodeURIComponent(realm.name)}${path}/${encodeURIComponent(alias)}`)
}

/** Replaces everything but the kind, the id and the organization. An identity provider cannot be called otherwise (reference behaviour). */
async function putProvider(context: AdminContext): Promise<HttpResponse> {
  const { request, realm } = context
  const given = readRepresentation(request, identityProviderRepresentation)
  const id = await changeRealm(context, async (tx) => {
    const { row, provider: before } = await providerInPath(tx, context)
    if (findProviderType(given.providerId) === undefined) throw refused(`Invalid identity provider id [${given.providerId ?? null}]`)
    if (given.alias !== undefined && given.alias !== row.alias) throw refused('Identity Provider alias cannot be changed')
    const organizationId = given.organizationId ?? before.organizationId
    const kind = findProviderType(before.providerId)
    if (kind === undefined) throw failed()
    const provider = {
      ...kept({ ...given, config: unmasked(given.config ?? {}, before.config ?? {}) }, kind),
      alias: row.alias,
      internalId: row.id,
      ...(organizationId === undefined ? {} : { organizationId }),
    }
    await requireOrganization(tx, realm.id, provider)
    await validateProvider(tx, realm, row.id, provider)
    await requireFlows(tx, realm.id, provider)
    await identityProviders(tx).update(realm.id, row.id, provider)
    return row.id
  })
  report(context, 'UPDATE', request.params['alias'] ?? '', { ...given, internalId: id })
  return done()
}

/** A secret that comes back masked keeps its value; without one there is none. */
function unmasked(config: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): Record<string, string> {
  const { clientSecret, ...rest } = config
  if (clientSecret === undefined) return rest
  if (clientSecret !== secretMask) return { ...rest, clientSecret }
  return before['clientSecret'] === undefined ? rest : { ...rest, clientSecret: before['clientSecret'] }
}

/** Mappers and the links of people go with it. */
async function deleteProvider(context: AdminContext): Promise<HttpResponse> {
  const { realm } = context
  const alias = await changeRealm(context, async (tx) => {
    const { row } = await providerInPath(tx, context)
    await identityProviders(tx).remove(realm.id, row.id)
    await identityProviders(tx).removeMappersOf(realm.id, row.alias)
    await federatedIdentities(tx).removeOfProvider(realm.id, row.alias)
    return row.alias
  })
  report(context, 'DELETE', alias)
  return done()
}
