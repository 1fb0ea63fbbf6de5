import type { ClientRepresentation } from '../../representations/client.ts'
import type { OidcClientRepresentation } from '../../representations/oidc-client.ts'
import { keyOfSet } from './certificate-attributes.ts'

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
