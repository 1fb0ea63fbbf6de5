import type { ClientScope, RealmSnapshot } from '../realm/model.ts'

/** Signature algorithms in the order in which the reference lists them. */
const asymmetric = ['PS384', 'RS384', 'EdDSA', 'ES384', 'ES256', 'RS256', 'ES512', 'PS256', 'PS512', 'RS512']
const signing = ['PS384', 'RS384', 'EdDSA', 'ES384', 'HS256', 'HS512', 'ES256', 'RS256', 'HS384', 'ES512', 'PS256', 'PS512', 'RS512']
const signingOrNone = [...signing, 'none']
const keyEncryption = ['ECDH-ES+A256KW', 'ECDH-ES+A192KW', 'ECDH-ES+A128KW', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA1_5', 'ECDH-ES']
const contentEncryption = ['A256GCM', 'A192GCM', 'A128GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512']
const clientAuthentication = ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'tls_client_auth', 'client_secret_jwt']
const responseTypes = ['code', 'none', 'id_token', 'token', 'id_token token', 'code id_token', 'code token', 'code id_token token']
const responseModes = ['query', 'fragment', 'form_post', 'query.jwt', 'fragment.jwt', 'form_post.jwt', 'jwt']
const grantTypes = [
  'authorization_code',
  'client_credentials',
  'implicit',
  'password',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:uma-ticket',
  'urn:openid:params:grant-type:ciba',
]
const claims = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'email',
  'acr',
  'azp',
  'nonce',
]

const isAdvertised = ({ protocol, attributes }: ClientScope): boolean =>
  protocol === 'openid-connect' && attributes['include.in.openid.provider.metadata'] !== 'false'

const scopeNames = (realm: RealmSnapshot): string[] => ['openid', ...realm.clientScopes.filter(isAdvertised).map(({ name }) => name)]

/** Levels of authentication: the realm's own names for them, then the two that always exist. */
function acrValues(realm: RealmSnapshot): string[] {
  try {
    return [...Object.keys(JSON.parse(realm.attributes['acr.loa.map'] ?? '{}') as object), '0', '1']
  } catch {
    return ['0', '1']
  }
}

/** Provider metadata (OpenID Connect Discovery section 3, RFC 8414) in the reference's member order. */
export function oidcMetadata(issuer: string, realm: RealmSnapshot): object {
  const oidc = `${issuer}/protocol/openid-connect`
  const endpoints = endpointsOf(issuer)
  return {
    issuer,
    authorization_endpoint: `${oidc}/auth`,
    token_endpoint: endpoints.token_endpoint,
    introspection_endpoint: endpoints.introspection_endpoint,
    userinfo_endpoint: endpoints.userinfo_endpoint,
    end_session_endpoint: `${oidc}/logout`,
    frontchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    jwks_uri: `${oidc}/certs`,
    check_session_iframe: `${oidc}/login-status-iframe.html`,
    grant_types_supported: grantTypes,
    acr_values_supported: acrValues(realm),
    response_types_supported: responseTypes,
    subject_types_supported: ['public', 'pairwise'],
    prompt_values_supported: ['none', 'login', 'consent'],
    id_token_signing_alg_values_supported: signing,
    id_token_encryption_alg_values_supported: keyEncryption,
    id_token_encryption_enc_values_supported: contentEncryption,
    userinfo_signing_alg_values_supported: signingOrNone,
    userinfo_encryption_alg_values_supported: keyEncryption,
    userinfo_encryption_enc_values_supported: contentEncryption,
    request_object_signing_alg_values_supported: signingOrNone,
    request_object_encryption_alg_values_supported: keyEncryption,
    request_object_encryption_enc_values_supported: contentEncryption,
    response_modes_supported: responseModes,
    registration_endpoint: endpoints.registration_endpoint,
    token_endpoint_auth_methods_supported: clientAuthentication,
    token_endpoint_auth_signing_alg_values_supported: signing,
    introspection_endpoint_auth_methods_supported: clientAuthentication,
    introspection_endpoint_auth_signing_alg_values_supported: signing,
    authorization_signing_alg_values_supported: signing,
    authorization_encryption_alg_values_supported: keyEncryption,
    authorization_encryption_enc_values_supported: contentEncryption,
    claims_supported: claims,
    claim_types_supported: ['normal'],
    claims_parameter_supported: true,
    scopes_supported: scopeNames(realm),
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    code_challenge_methods_supported: ['plain', 'S256'],
    tls_client_certificate_bound_access_tokens: true,
    dpop_signing_alg_values_supported: asymmetric,
    revocation_endpoint: endpoints.revocation_endpoint,
    revocation_endpoint_auth_methods_supported: clientAuthentication,
    revocation_endpoint_auth_signing_alg_values_supported: signing,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    device_authorization_endpoint: endpoints.device_authorization_endpoint,
    backchannel_token_delivery_modes_supported: ['poll', 'ping'],
    backchannel_authentication_endpoint: endpoints.backchannel_authentication_endpoint,
    backchannel_authentication_request_signing_alg_values_supported: asymmetric,
    require_pushed_authorization_requests: false,
    pushed_authorization_request_endpoint: endpoints.pushed_authorization_request_endpoint,
    mtls_endpoint_aliases: endpoints,
    authorization_response_iss_parameter_supported: true,
  }
}

/** The endpoints that also have an mTLS alias (RFC 8705 section 5). */
function endpointsOf(issuer: string): Readonly<Record<string, string>> & {
  readonly token_endpoint: string
  readonly revocation_endpoint: string
  readonly introspection_endpoint: string
  readonly device_authorization_endpoint: string
  readonly registration_endpoint: string
  readonly userinfo_endpoint: string
  readonly pushed_authorization_request_endpoint: string
  readonly backchannel_authentication_endpoint: string
} {
  const oidc = `${issuer}/protocol/openid-connect`
  return {
    token_endpoint: `${oidc}/token`,
    revocation_endpoint: `${oidc}/revoke`,
    introspection_endpoint: `${oidc}/token/introspect`,
    device_authorization_endpoint: `${oidc}/auth/device`,
    registration_endpoint: `${issuer}/clients-registrations/openid-connect`,
    userinfo_endpoint: `${oidc}/userinfo`,
    pushed_authorization_request_endpoint: `${oidc}/ext/par/request`,
    backchannel_authentication_endpoint: `${oidc}/ext/ciba/auth`,
  }
}

/** UMA 2.0 metadata as the reference publishes it. */
export function umaMetadata(issuer: string, realm: RealmSnapshot): object {
  const oidc = `${issuer}/protocol/openid-connect`
  const endpoints = endpointsOf(issuer)
  const protection = `${issuer}/authz/protection`
  return {
    issuer,
    authorization_endpoint: `${oidc}/auth`,
    token_endpoint: endpoints.token_endpoint,
    introspection_endpoint: endpoints.introspection_endpoint,
    end_session_endpoint: `${oidc}/logout`,
    frontchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    jwks_uri: `${oidc}/certs`,
    grant_types_supported: grantTypes,
    response_types_supported: responseTypes,
    response_modes_supported: responseModes,
    registration_endpoint: endpoints.registration_endpoint,
    token_endpoint_auth_methods_supported: clientAuthentication,
    token_endpoint_auth_signing_alg_values_supported: signing,
    scopes_supported: scopeNames(realm),
    resource_registration_endpoint: `${protection}/resource_set`,
    permission_endpoint: `${protection}/permission`,
    policy_endpoint: `${protection}/uma-policy`,
  }
}
