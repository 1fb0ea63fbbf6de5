import { HttpClientError } from '../../http/client.ts'
import { AdminError } from '../../http/errors.ts'
import { parseMultipart } from '../../http/multipart.ts'
import type { HttpRequest, HttpResponse } from '../../http/values.ts'
import { json as anyJson, map } from '../../representations/fields.ts'
import { parseField } from '../../representations/parse.ts'
import { RepresentationError } from '../../representations/representation-error.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { failed } from '../authentication/answers.ts'
import { json } from '../bodies.ts'
import type { AdminServices } from '../services.ts'
import { manageRoles } from './instances.ts'
import { findProviderType } from './provider-types.ts'
import { settingsOfMetadata } from './saml-metadata.ts'

export const importRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/identity-provider/import-config',
    summary: 'Read the settings of an identity provider from its own description',
    role: manageRoles,
    handle: importConfig,
  },
]

const badRequest = (): AdminError => new AdminError(400, { error: 'HTTP 400 Bad Request' })

/** From an address in a JSON body, or from a file of a form. Nothing is stored. */
async function importConfig({ request, services }: AdminContext): Promise<HttpResponse> {
  if (/^multipart\//i.test(request.headers['content-type'] ?? '')) return json(readFile(request, services))
  const { providerId, fromUrl } = readAddress(request)
  const source = await fetchText(services, fromUrl)
  return json({ ...settingsOf(providerId, source, services), metadataDescriptorUrl: fromUrl })
}

function readAddress(request: HttpRequest): { readonly providerId: string; readonly fromUrl: string } {
  if (request.body.length === 0) throw badRequest()
  const { providerId, fromUrl } = parseJson(request.body)
  if (providerId === undefined || fromUrl === undefined) throw badRequest()
  if (typeof providerId !== 'string' || typeof fromUrl !== 'string' || findProviderType(providerId) === undefined) throw failed()
  return { providerId, fromUrl }
}

function parseJson(text: Buffer | string): Record<string, unknown> {
  try {
    return parseField(map(anyJson), text, { unknown: 'keep' })
  } catch (error) {
    if (!(error instanceof RepresentationError)) throw error
    throw new AdminError(error.status, error.body)
  }
}

function readFile(request: HttpRequest, services: AdminServices): Record<string, string> {
  const parts = parseMultipart(request.headers['content-type'], request.body) ?? []
  const providerId = parts.find(({ name }) => name === 'providerId')?.body.toString('utf8')
  const file = parts.find(({ name }) => name === 'file')
  if (providerId === undefined || file === undefined) throw badRequest()
  if (findProviderType(providerId) === undefined) throw failed()
  return settingsOf(providerId, file.body.toString('utf8'), services)
}

/** An administrator's address may be inside of the network (reference behaviour); redirects are not followed. */
export async function fetchText({ http }: Pick<AdminServices, 'http'>, url: string): Promise<string> {
  const answer = await http.send({ method: 'GET', url }).catch((error: unknown) => {
    throw error instanceof HttpClientError ? failed() : error
  })
  if (answer.status !== 200) throw failed()
  return answer.body.toString('utf8')
}

/** Settings that a description of the provider holds; kinds that have none of their own give none. */
function settingsOf(providerId: string, source: string, { clock }: Pick<AdminServices, 'clock'>): Record<string, string> {
  if (providerId === 'saml') {
    const settings = settingsOfMetadata(source, clock.now())
    if (settings === undefined) throw failed()
    return settings
  }
  const members = membersByProvider[providerId]
  return members === undefined ? {} : settingsOfDiscovery(source, members)
}

const oauthMembers = {
  issuer: 'issuer',
  authorization_endpoint: 'authorizationUrl',
  token_endpoint: 'tokenUrl',
  userinfo_endpoint: 'userInfoUrl',
  introspection_endpoint: 'tokenIntrospectionUrl',
} as const
const oidcMembers = { ...oauthMembers, end_session_endpoint: 'logoutUrl', jwks_uri: 'jwksUrl' } as const

const membersByProvider: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.freeze({
  oidc: oidcMembers,
  'keycloak-oidc': oidcMembers,
  oauth2: oauthMembers,
})

/** Discovery documents (OpenID Connect Discovery section 3, RFC 8414 section 2). */
function settingsOfDiscovery(source: string, members: Readonly<Record<string, string>>): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const [member, value] of Object.entries(discoveryDocument(source))) {
    const name = Object.hasOwn(members, member) ? members[member] : undefined
    if (name === undefined || value === null) continue
    if (typeof value === 'object') throw unreadable('unknown_error')
    settings[name] = String(value)
  }
  return 'jwksUrl' in settings ? { ...settings, validateSignature: 'true', useJwksUrl: 'true' } : settings
}

/** The reference tells what is no JSON from JSON of another form. */
const unreadable = (error: 'invalid_request' | 'unknown_error'): AdminError =>
  new AdminError(500, { error, error_description: 'Cannot parse the JSON' })

function discoveryDocument(source: string): Record<string, unknown> {
  if (source.trim() === '') throw unreadable('unknown_error')
  let document: unknown
  try {
    document = JSON.parse(source)
  } catch {
    throw unreadable('invalid_request')
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw unreadable('unknown_error')
  return document as Record<string, unknown>
}
