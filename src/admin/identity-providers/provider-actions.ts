import { AdminError } from '../../http/errors.ts'
import type { HttpResponse } from '../../http/values.ts'
import type { IdentityProviderMapperRepresentation } from '../../representations/identity-provider.ts'
import { identityProviders } from '../../storage/identity-providers.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { failed } from '../authentication/answers.ts'
import { json, noContent } from '../bodies.ts'
import { refuseManagementPermissions } from '../feature-not-enabled.ts'
import { describeProperties } from '../property.ts'
import { fetchText } from './import-config.ts'
import { manageRoles, providerInPath, viewRoles } from './instances.ts'
import { findProviderType } from './provider-types.ts'
import { samlDescriptor } from './saml-descriptor.ts'
import { settingsOfMetadata } from './saml-metadata.ts'

const instance = '/identity-provider/instances/:alias'

export const actionRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/identity-provider/providers/:provider',
    summary: 'One kind of identity provider',
    role: viewRoles,
    handle: describeKind,
  },
  {
    method: 'GET',
    path: `${instance}/export`,
    summary: 'What an identity provider has to know of the realm',
    role: viewRoles,
    handle: exportDescriptor,
  },
  {
    method: 'GET',
    path: `${instance}/reload-keys`,
    summary: 'Read the keys of an identity provider anew',
    role: manageRoles,
    handle: reloadKeys,
  },
  ...(['GET', 'PUT'] as const).map(
    (method): AdminRoute => ({
      method,
      path: `${instance}/management/permissions`,
      summary: 'Fine-grained permissions of the first version, which are not built in',
      role: viewRoles,
      handle: refuseManagementPermissions,
    }),
  ),
]

async function describeKind({ request }: AdminContext): Promise<HttpResponse> {
  const kind = findProviderType(request.params['provider'])
  if (kind === undefined) throw new AdminError(400, { error: 'HTTP 400 Bad Request' })
  const { id, name, properties } = kind
  return json({ name, id, configProperties: describeProperties(properties), helpText: '', configMetadata: [] })
}

/** SAML providers have a descriptor; the others have nothing to export. */
async function exportDescriptor(context: AdminContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const { row, provider } = await providerInPath(services.database, context)
  if (provider.providerId !== 'saml') return noContent()
  const rows = await identityProviders(services.database).mappersOf(realm.id, row.alias)
  const mappers = rows.map(({ doc }) => JSON.parse(doc) as IdentityProviderMapperRepresentation)
  const body = samlDescriptor({ realm, baseUrl: request.baseUrl, provider, mappers, documentId: services.random.uuid() })
  return { status: 200, headers: { 'content-type': 'application/xml', 'cache-control': 'no-cache' }, body }
}

/** False for providers whose keys are not read from an address. */
async function reloadKeys(context: AdminContext): Promise<HttpResponse> {
  const { services } = context
  const { provider } = await providerInPath(services.database, context)
  const { providerId, config = {} } = provider
  if (providerId === 'saml') {
    if (config['useMetadataDescriptorUrl'] !== 'true') return json(false)
    const settings = settingsOfMetadata(await fetchText(services, config['metadataDescriptorUrl'] ?? ''), services.clock.now())
    if (settings === undefined) throw failed()
    return json(true)
  }
  if (config['useJwksUrl'] !== 'true') return json(false)
  requireKeySet(await fetchText(services, config['jwksUrl'] ?? ''))
  return json(true)
}

/** Throws unless the text is a JWKS document (RFC 7517 section 5). */
function requireKeySet(source: string): void {
  try {
    if (Array.isArray((JSON.parse(source) as { readonly keys?: unknown }).keys)) return
  } catch {
    throw failed()
  }
  throw failed()
}
