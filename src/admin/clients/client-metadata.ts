import type { ClientRepresentation } from '../../representations/client.ts'
import type { OidcClientRepresentation } from '../../representations/oidc-client.ts'
import { keyOfSet } from './certificate-attributes.ts'
import { pairwiseMapper } from './pairwise.ts'

/** Metadata that one attribute of a client holds as it is, lists joined by `##`. */
const attributes = {
  token_endpoint_auth_signing_alg: 'token.endpoint.auth.signing.alg',
  id_token_signed_response_alg: 'id.token.signed.response.alg',
  id_token_encrypted_response_alg: 'id.token.encrypted.response.alg',
  id_token_encrypted_response_enc: 'id.token.encrypted.response.enc',
  userinfo_signed_response_alg: 'user.info.response.signature.alg',
  userinfo_encrypted_response_alg: 'user.info.encrypted.response.alg',
  userinfo_encrypted_response_enc: 'user.info.encrypted.response.enc',
  request_object_signing_alg: 'request.object.signature.alg',
  request_uris: 'request.uris',
  default_acr_values: 'default.acr.values',
  logo_uri: 'logoUri',
  policy_uri: 'policyUri',
  tos_uri: 'tosUri',
  sector_identifier_uri: 'sectorIdentifierUri',
  post_logout_redirect_uris: 'post.logout.redirect.uris',
  backchannel_logout_uri: 'backchannel.logout.url',
  frontchannel_logout_uri: 'frontchannel.logout.url',
  tls_client_certificate_bound_access_tokens: 'tls.client.certificate.bound.access.tokens',
  backchannel_token_delivery_mode: 'ciba.backchannel.token.delivery.mode',
  backchannel_client_notification_endpoint: 'ciba.backchannel.client.notification.endpoint',
  backchannel_authentication_request_signing_alg: 'ciba.backchannel.auth.request.signing.alg',
  authorization_signed_response_alg: 'authorization.signed.response.alg',
  authorization_encrypted_response_alg: 'authorization.encrypted.response.alg',
  authorization_encrypted_response_enc: 'authorization.encrypted.response.enc',
  require_pushed_authorization_requests: 'require.pushed.authorization.requests',
  dpop_bound_access_tokens: 'dpop.bound.access.tokens',
} as const satisfies Partial<Record<keyof OidcClientRepresentation, string>>

/** Grant types that an attribute of the client switches on. */
const grantSwitches = {
  'standard.token.exchange.enabled': 'urn:ietf:params:oauth:grant-type:token-exchange',
  'oauth2.jwt.authorization.grant.enabled': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'oauth2.device.authorization.grant.enabled': 'urn:ietf:params:oauth:grant-type:device_code',
  'use.refresh.tokens': 'refresh_token',
  'oidc.ciba.grant.enabled': 'urn:openid:params:grant-type:ciba',
} as const

/** How the reference's authenticators of clients are called in metadata. */
const authenticators: ReadonlyMap<string, string> = new Map([
  ['client_secret_basic', 'client-secret'],
  ['client_secret_post', 'client-secret'],
  ['client_secret_jwt', 'client-secret-jwt'],
  ['private_key_jwt', 'client-jwt'],
  ['tls_client_auth', 'client-x509'],
  ['none', 'none'],
])

const responseTypes: ReadonlySet<string> = new Set(['code', 'none', 'token', 'id_token'])

/** Metadata that no client can have: an unknown response type or authentication method, or keys that are missing or given twice. */
export class UnusableMetadata extends Error {
  constructor(member: string) {
    super(`unusable ${member}`)
    this.name = 'UnusableMetadata'
  }
}

/** The client that metadata describes (reference behaviour). Throws UnusableMetadata. */
export function clientOfMetadata(metadata: OidcClientRepresentation): ClientRepresentation {
  const { client_id, client_name, client_uri, redirect_uris, scope, grant_types: grants, frontchannel_logout_uri } = metadata
  const method = metadata.token_endpoint_auth_method
  const authenticator = method === undefined ? 'client-secret' : authenticators.get(method)
  if (authenticator === undefined) throw new UnusableMetadata('token_endpoint_auth_method')
  const keys = keyAttributes(metadata)
  if (authenticator === 'client-jwt' && keys['jwks.url'] === undefined && keys['jwt.credential.public.key'] === undefined)
    throw new UnusableMetadata('jwks')
  return {
    ...(client_id === undefined ? {} : { clientId: client_id }),
    ...(client_name === undefined ? {} : { name: client_name }),
    ...(client_uri === undefined ? {} : { baseUrl: client_uri }),
    clientAuthenticatorType: authenticator,
    ...(redirect_uris === undefined ? {} : { redirectUris: redirect_uris }),
    ...flowsOf(metadata),
    directAccessGrantsEnabled: grants?.includes('password') ?? false,
    ...(grants === undefined
      ? {}
      : {
          serviceAccountsEnabled: grants.includes('client_credentials'),
          authorizationServicesEnabled: grants.includes('urn:ietf:params:oauth:grant-type:uma-ticket'),
        }),
    publicClient: authenticator === 'none',
    frontchannelLogout: frontchannel_logout_uri !== undefined,
    protocol: 'openid-connect',
    attributes: { ...attributesOf(metadata), ...keys },
    ...(scope === undefined ? {} : { optionalClientScopes: scope.split(' ').filter((name) => name !== '') }),
  }
}

/** Response types decide; without them the grant types; without these the code flow. */
function flowsOf({ response_types = [], grant_types = [] }: OidcClientRepresentation): ClientRepresentation {
  const types = new Set(response_types.flatMap((type) => type.split(' ')))
  for (const type of types) if (!responseTypes.has(type)) throw new UnusableMetadata('response_types')
  if (types.size > 0)
    return { standardFlowEnabled: types.has('code') || types.has('none'), implicitFlowEnabled: types.has('token') || types.has('id_token') }
  return {
    standardFlowEnabled: grant_types.length === 0 || grant_types.includes('authorization_code'),
    implicitFlowEnabled: grant_types.includes('implicit'),
  }
}

function attributesOf(metadata: OidcClientRepresentation): Record<string, string> {
  const { grant_types: grants, tls_client_auth_subject_dn: subject, token_endpoint_auth_method: method } = metadata
  const result: Record<string, string> = {
    'backchannel.logout.session.required': String(metadata.backchannel_logout_session_required ?? true),
    'backchannel.logout.revoke.offline.tokens': String(metadata.backchannel_logout_revoke_offline_tokens ?? false),
    'frontchannel.logout.session.required': String(metadata.frontchannel_logout_session_required ?? false),
  }
  for (const [member, name] of Object.entries(attributes)) {
    const value = metadata[member as keyof typeof attributes]
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join('##') : String(value)
  }
  for (const [name, grant] of grants === undefined ? [] : Object.entries(grantSwitches)) result[name] = String(grants?.includes(grant))
  if (method?.startsWith('client_secret_') && method !== 'client_secret_jwt') result['client.secret.authentication.allowed.method'] = method
  if (subject !== undefined) {
    result['x509.subjectdn'] = subject
    result['x509.allow.regex.pattern.comparison'] = 'false'
  }
  return result
}

/** A key set stands in the client whole, and its signature key once more by itself. */
function keyAttributes({ jwks, jwks_uri: address }: OidcClientRepresentation): Record<string, string> {
  if (jwks !== undefined && address !== undefined) throw new UnusableMetadata('jwks')
  if (address !== undefined) return { 'jwks.url': address, 'use.jwks.url': 'true', 'use.jwks.string': 'false' }
  if (jwks === undefined) return {}
  const text = JSON.stringify(jwks)
  const { kid, publicKey } = keyOfSet(text) ?? {}
  return {
    'jwks.string': text,
    'use.jwks.url': 'false',
    'use.jwks.string': 'true',
    ...(publicKey === undefined ? {} : { 'jwt.credential.public.key': publicKey }),
    ...(publicKey === undefined || kid === undefined ? {} : { 'jwt.credential.kid': kid }),
  }
}

/** Response types of a client that may use the code flow, the implicit flow, and both. */
const codeTypes = ['code', 'none'] as const
const implicitTypes = ['id_token', 'id_token token'] as const
const hybridTypes = ['code id_token', 'code token', 'code id_token token'] as const

/** Members that are an attribute's text and are left out where the client has none. */
const plainTexts = [
  'token_endpoint_auth_signing_alg',
  'id_token_signed_response_alg',
  'id_token_encrypted_response_alg',
  'id_token_encrypted_response_enc',
  'userinfo_signed_response_alg',
  'userinfo_encrypted_response_alg',
  'userinfo_encrypted_response_enc',
  'request_object_signing_alg',
  'backchannel_logout_uri',
  'frontchannel_logout_uri',
  'backchannel_token_delivery_mode',
  'backchannel_client_notification_endpoint',
  'backchannel_authentication_request_signing_alg',
  'authorization_signed_response_alg',
  'authorization_encrypted_response_alg',
  'authorization_encrypted_response_enc',
] as const satisfies readonly (keyof typeof attributes)[]

/** The metadata of a client as the reference answers it: clientOfMetadata the other way round, with what registration adds left out. */
export function metadataOfClient(client: ClientRepresentation): OidcClientRepresentation {
  const { clientId, name, baseUrl, redirectUris = [], attributes: own = {}, optionalClientScopes = [], secret } = client
  const isOn = (member: keyof typeof attributes): boolean => own[attributes[member]] === 'true'
  const pairwise = client.protocolMappers?.find(({ protocolMapper }) => protocolMapper === pairwiseMapper)
  const bySecret = client.clientAuthenticatorType?.startsWith('client-secret') === true
  const texts = plainTexts.flatMap((member) => (own[attributes[member]] ? [[member, own[attributes[member]]] as const] : []))
  return {
    ...Object.fromEntries(texts),
    redirect_uris: redirectUris,
    ...methodOf(client),
    grant_types: grantTypesOf(client),
    response_types: responseTypesOf(client),
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(bySecret && secret !== undefined ? { client_secret: secret } : {}),
    ...(bySecret ? { client_secret_expires_at: Number(own['client.secret.expiration.time'] ?? 0) } : {}),
    ...(name === undefined ? {} : { client_name: name }),
    ...(baseUrl === undefined ? {} : { client_uri: baseUrl }),
    scope: optionalClientScopes.join(' '),
    ...keysOf(own),
    subject_type: pairwise === undefined ? 'public' : 'pairwise',
    ...(pairwise?.config?.['sectorIdentifierUri'] ? { sector_identifier_uri: pairwise.config['sectorIdentifierUri'] } : {}),
    ...(own[attributes.default_acr_values] ? { default_acr_values: listOf(own[attributes.default_acr_values]) } : {}),
    request_uris: listOf(own[attributes.request_uris]),
    tls_client_certificate_bound_access_tokens: isOn('tls_client_certificate_bound_access_tokens'),
    ...(own['x509.subjectdn'] ? { tls_client_auth_subject_dn: own['x509.subjectdn'] } : {}),
    // The reference answers with the switch for offline tokens here, and not at all under its own name.
    backchannel_logout_session_required: own['backchannel.logout.revoke.offline.tokens'] === 'true',
    frontchannel_logout_session_required: own['frontchannel.logout.session.required'] !== 'false',
    post_logout_redirect_uris: postLogoutUris(own[attributes.post_logout_redirect_uris], redirectUris),
    require_pushed_authorization_requests: isOn('require_pushed_authorization_requests'),
    dpop_bound_access_tokens: isOn('dpop_bound_access_tokens'),
  }
}

const listOf = (text: string | undefined): string[] => (text ? text.split('##') : [])

/** `+` and nothing stand for the redirect URIs, `-` for none. */
function postLogoutUris(text: string | undefined, redirectUris: readonly string[]): string[] {
  if (text === '-') return []
  return text ? listOf(text).flatMap((uri) => (uri === '+' ? redirectUris : [uri])) : [...redirectUris]
}

function methodOf({ clientAuthenticatorType, protocol, attributes: own = {} }: ClientRepresentation): OidcClientRepresentation {
  if (protocol !== 'openid-connect') return {}
  const allowed = own['client.secret.authentication.allowed.method']
  if (clientAuthenticatorType === 'client-secret' && allowed) return { token_endpoint_auth_method: allowed }
  const method = authenticators.entries().find(([, authenticator]) => authenticator === clientAuthenticatorType)?.[0]
  return method === undefined ? {} : { token_endpoint_auth_method: method }
}

function keysOf(own: Readonly<Record<string, string>>): OidcClientRepresentation {
  if (own['use.jwks.url'] === 'true' && own['jwks.url']) return { jwks_uri: own['jwks.url'] }
  if (own['use.jwks.string'] !== 'true' || !own['jwks.string']) return {}
  const keys: unknown = JSON.parse(own['jwks.string'])
  return { jwks: keys }
}

function responseTypesOf({ standardFlowEnabled: code, implicitFlowEnabled: implicit }: ClientRepresentation): string[] {
  return [...(code ? codeTypes : []), ...(implicit ? implicitTypes : []), ...(code && implicit ? hybridTypes : [])]
}

function grantTypesOf(client: ClientRepresentation): string[] {
  const { attributes: own = {} } = client
  const switched = Object.entries(grantSwitches).filter(
    ([name]) => own[name] === 'true' || (name === 'use.refresh.tokens' && own[name] !== 'false'),
  )
  return [
    ...(client.standardFlowEnabled ? ['authorization_code'] : []),
    ...(client.implicitFlowEnabled ? ['implicit'] : []),
    ...(client.directAccessGrantsEnabled ? ['password'] : []),
    ...(client.serviceAccountsEnabled ? ['client_credentials'] : []),
    ...(client.authorizationServicesEnabled ? ['urn:ietf:params:oauth:grant-type:uma-ticket'] : []),
    ...switched.map(([, grant]) => grant),
  ]
}
