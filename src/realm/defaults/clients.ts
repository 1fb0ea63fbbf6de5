import { createHash } from 'node:crypto'
import { type Clock, nowSeconds } from '../../clock.ts'
import { type Random, randomAlphanumeric } from '../../crypto/random.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { ClientScopeRepresentation } from '../../representations/client-scope.ts'
import type { UserRepresentation } from '../../representations/user.ts'
import { completeMappers } from './client-scopes.ts'

/** Characters of a generated client secret: 512 bits. */
const secretLength = 86

/** What a new client is measured against: the scopes of its realm and the realm's two lists. */
export interface ClientContext {
  readonly clientScopes: readonly Pick<ClientScopeRepresentation, 'name' | 'protocol'>[]
  readonly defaultDefaultClientScopes: readonly string[]
  readonly defaultOptionalClientScopes: readonly string[]
  /** ClientIds whose service account user is given with them, as in exports: such clients have the scopes they say and no more. */
  readonly serviceAccountsGiven?: ReadonlySet<string>
}

export interface ClientOrigin {
  /** `import`: a client of a realm file. `admin`: POST /clients, which adds what the protocol has and no `post.logout.redirect.uris`. */
  readonly via: 'import' | 'admin'
  readonly random: Random
  readonly clock: Clock
}

export const clientDefaults = Object.freeze({
  surrogateAuthRequired: false,
  enabled: true,
  alwaysDisplayInConsole: false,
  clientAuthenticatorType: 'client-secret',
  notBefore: 0,
  bearerOnly: false,
  consentRequired: false,
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  publicClient: false,
  frontchannelLogout: false,
  protocol: 'openid-connect',
  fullScopeAllowed: true,
  nodeReRegistrationTimeout: -1,
} satisfies ClientRepresentation)

const samlDefaults = Object.freeze({
  'saml.force.post.binding': 'true',
  'saml.server.signature': 'true',
  'saml.signature.algorithm': 'RSA_SHA256',
  saml_force_name_id_format: 'false',
  'saml.client.signature': 'true',
  'saml.authnstatement': 'true',
  saml_name_id_format: 'username',
  'saml.allow.ecp.flow': 'false',
  saml_signature_canonicalization_method: 'http://www.w3.org/2001/10/xml-exc-c14n#',
})

/** What POST /clients sets, whatever the JSON says, where the JSON names the protocol OpenID Connect and no address for backchannel logout. */
const openidAttributes = Object.freeze({
  'backchannel.logout.session.required': 'true',
  'backchannel.logout.revoke.offline.tokens': 'false',
})

/** Clients by which the server serves itself; the reference marks them, whatever the JSON says. */
const servesTheRealm = (clientId: string): boolean => clientId === 'realm-management' || clientId === 'broker'

/**
 * A client as the reference stores it: defaults, generated id, secret (not for public clients, whose secret is dropped), attributes,
 * web origins taken from redirect URIs, default scopes. Members it has no opinion of stay untouched. Redirect URIs are not judged here,
 * nor is key material made for SAML clients that sign.
 */
export function completeClient(given: ClientRepresentation, context: ClientContext, origin: ClientOrigin): ClientRepresentation {
  const { random, via } = origin
  const {
    directGrantsOnly,
    defaultRoles,
    clientTemplate,
    useTemplateConfig,
    useTemplateScope,
    useTemplateMappers,
    protocolMappers,
    access,
    ...own
  } = given
  const id = given.id ?? random.uuid()
  const clientId = given.clientId ?? id
  const fromRoot = via === 'admin' ? urisOfRoot(given) : undefined
  const redirectUris = fromRoot?.redirectUris ?? [...new Set(given.redirectUris)]
  const client: ClientRepresentation = {
    ...clientDefaults,
    // Whom people are asked to trust sees no roles beyond what it was given (reference behaviour).
    ...(given.consentRequired ? { fullScopeAllowed: false } : {}),
    ...(via === 'admin' ? protocolDefaults(given) : {}),
    ...(directGrantsOnly === undefined ? {} : { standardFlowEnabled: !directGrantsOnly, directAccessGrantsEnabled: directGrantsOnly }),
    ...own,
    id,
    clientId,
    redirectUris,
    webOrigins: fromRoot?.webOrigins ?? (given.webOrigins ? [...new Set(given.webOrigins)] : originsOf(redirectUris)),
    authenticationFlowBindingOverrides: namedFlows(given.authenticationFlowBindingOverrides),
    ...completeMappers(protocolMappers, random),
  }
  client.attributes = completeAttributes(given, client, origin)
  if (client.publicClient) delete client.secret
  else client.secret ??= randomAlphanumeric(random, secretLength)
  return { ...client, ...scopesOf(given, client, context) }
}

/** An override without a flow is none: clients of the Admin API send both names whether they are set or not. */
const namedFlows = (overrides: Readonly<Record<string, string>> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(overrides ?? {}).filter(([, flow]) => flow.trim() !== ''))

/** Such a root URL is no address to call. */
const standsForServer = (rootUrl: string): boolean => /^\$\{auth(?:Base|Admin)Url\}$/.test(rootUrl)

/**
 * What a protocol that POST /clients names adds. A client that names none is an OpenID Connect client too, but confidential and without
 * the password grant.
 */
function protocolDefaults({ protocol, rootUrl }: ClientRepresentation): ClientRepresentation {
  if (protocol === 'saml') return { frontchannelLogout: true }
  if (protocol !== 'openid-connect') return {}
  return {
    publicClient: true,
    directAccessGrantsEnabled: true,
    ...(rootUrl === undefined || standsForServer(rootUrl) ? {} : { adminUrl: rootUrl }),
  }
}

/**
 * All that is below the root URL, for a client that names the protocol OpenID Connect and lists no redirect URI. The web origins that it
 * lists give way. Undefined for any other client.
 */
function urisOfRoot({
  protocol,
  rootUrl,
  redirectUris,
}: ClientRepresentation): { redirectUris: string[]; webOrigins: string[] } | undefined {
  if (protocol !== 'openid-connect' || rootUrl === undefined || redirectUris?.length) return undefined
  const below = `${rootUrl}${rootUrl.endsWith('/') ? '' : '/'}*`
  const pathAt = below.indexOf('/', 'https://'.length)
  return { redirectUris: [below], webOrigins: [pathAt < 0 ? below : below.slice(0, pathAt)] }
}

/**
 * The user behind a client's service account: it has the realm's default role and, where the client has authorization services,
 * the client's own role `uma_protection`.
 */
export function serviceAccountUser(
  client: ClientRepresentation,
  defaultRole: string,
  { random, clock }: Omit<ClientOrigin, 'via'>,
): UserRepresentation {
  const clientId = client.clientId ?? ''
  return {
    id: random.uuid(),
    username: `service-account-${clientId}`.toLowerCase(),
    emailVerified: false,
    enabled: true,
    createdTimestamp: clock.now(),
    serviceAccountClientId: clientId,
    requiredActions: [],
    realmRoles: [defaultRole],
    ...(client.authorizationServicesEnabled ? { clientRoles: { [clientId]: ['uma_protection'] } } : {}),
    notBefore: 0,
  }
}

function completeAttributes(
  given: ClientRepresentation,
  client: ClientRepresentation,
  { via, clock }: ClientOrigin,
): Record<string, string> {
  const attributes: Record<string, string> = {}
  // An attribute without text is no attribute.
  for (const [name, text] of Object.entries(given.attributes ?? {})) if (text !== '') attributes[name] = text
  if (via === 'import') attributes['post.logout.redirect.uris'] ??= '+'
  if (client.protocol === 'saml') {
    if (via === 'admin') for (const [name, text] of Object.entries(samlDefaults)) attributes[name] ??= text
    attributes['saml.artifact.binding.identifier'] ??= createHash('sha1')
      .update(client.clientId ?? '')
      .digest('base64')
  }
  const namesLogout = given.attributes?.['backchannel.logout.url'] !== undefined
  if (via === 'admin' && given.protocol === 'openid-connect' && !namesLogout) Object.assign(attributes, openidAttributes)
  attributes['realm_client'] = String(servesTheRealm(client.clientId ?? ''))
  // A client that is public only because it did not say had a secret before.
  if (!given.publicClient && given.secret === undefined) attributes['client.secret.creation.time'] = String(nowSeconds(clock))
  return attributes
}

/** The origins of absolute http redirect URIs, each once; a client that lists web origins says all of them itself. */
function originsOf(redirectUris: readonly string[]): string[] {
  const origins = redirectUris.flatMap((uri) => /^https?:\/\/[^/?#]+/.exec(uri)?.[0] ?? [])
  return [...new Set(origins)]
}

/**
 * Without lists of its own a client gets those of the realm, as far as they speak its protocol. One list given means the other is
 * empty. A client whose service account is made with it has the scope `service_account` in any case, by default, where the realm has a
 * scope of that name.
 */
function scopesOf(given: ClientRepresentation, client: ClientRepresentation, context: ClientContext) {
  const protocols = new Map(context.clientScopes.map((scope) => [scope.name, scope.protocol]))
  const listed = given.defaultClientScopes !== undefined || given.optionalClientScopes !== undefined
  const fits = (name: string): boolean => {
    const protocol = protocols.get(name)
    return protocol === client.protocol || (listed && protocols.has(name) && protocol === undefined)
  }
  const wanted = listed ? (given.defaultClientScopes ?? []) : context.defaultDefaultClientScopes
  const makesServiceAccount = client.serviceAccountsEnabled && !context.serviceAccountsGiven?.has(client.clientId ?? '')
  const extra = [
    ...(makesServiceAccount && protocols.has('service_account') ? ['service_account'] : []),
    ...(given.clientTemplate === undefined ? [] : [given.clientTemplate]),
  ]
  const byDefault = [...new Set([...wanted, ...extra])].filter(fits)
  const onRequest = listed ? (given.optionalClientScopes ?? []) : context.defaultOptionalClientScopes
  return {
    defaultClientScopes: byDefault,
    optionalClientScopes: [...new Set(onRequest)].filter((name) => fits(name) && !byDefault.includes(name)),
  }
}
