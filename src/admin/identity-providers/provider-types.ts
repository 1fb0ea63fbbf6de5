import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'
import { property } from '../property.ts'

/** What the realm can use an identity provider for. */
export type IdentityProviderUse =
  | 'USER_AUTHENTICATION'
  | 'CLIENT_ASSERTION'
  | 'TRUST_MATERIAL'
  | 'EXCHANGE_EXTERNAL_TOKEN'
  | 'JWT_AUTHORIZATION_GRANT'

/** One kind of identity provider (`providerId`). */
export interface IdentityProviderType {
  readonly id: string
  readonly name: string
  /** Shown as the `types` of a provider of this kind; those of social networks show none (reference behaviour). */
  readonly types: readonly IdentityProviderUse[]
  /** Lists narrowed to one of these show it. */
  readonly uses: readonly IdentityProviderUse[]
  readonly properties: readonly ConfigProperty[]
}

export const everyUse = [
  'USER_AUTHENTICATION',
  'CLIENT_ASSERTION',
  'TRUST_MATERIAL',
  'EXCHANGE_EXTERNAL_TOKEN',
  'JWT_AUTHORIZATION_GRANT',
] as const

const userDefined = (
  id: string,
  name: string,
  types: readonly IdentityProviderUse[],
  more: Partial<IdentityProviderType> = {},
): IdentityProviderType => ({ id, name, types, uses: types, properties: [], ...more })

const social = (id: string, name: string, more: Partial<IdentityProviderType> = {}): IdentityProviderType => ({
  id,
  name,
  types: [],
  uses: ['USER_AUTHENTICATION'],
  properties: [],
  ...more,
})

/** Social networks that are full OpenID Connect providers too. */
const withGrants: readonly IdentityProviderUse[] = ['USER_AUTHENTICATION', 'JWT_AUTHORIZATION_GRANT']

export const identityProviderTypes: readonly IdentityProviderType[] = Object.freeze([
  userDefined('oidc', 'OpenID Connect v1.0', everyUse),
  userDefined('keycloak-oidc', 'Keycloak OpenID Connect', everyUse),
  userDefined('oauth2', 'OAuth v2', ['USER_AUTHENTICATION', 'EXCHANGE_EXTERNAL_TOKEN']),
  userDefined('saml', 'SAML v2.0', ['USER_AUTHENTICATION']),
  userDefined('kubernetes', 'Kubernetes', ['CLIENT_ASSERTION']),
  userDefined('jwt-authorization-grant', 'JWT Authorization Grant', ['JWT_AUTHORIZATION_GRANT']),
  social('bitbucket', 'BitBucket'),
  social('facebook', 'Facebook', {
    properties: [
      property({
        name: 'fetchedFields',
        label: "Additional user's profile fields",
        helpText:
          "Provide additional fields which would be fetched using the profile request. This will be appended to the default set of 'id,name,email,first_name,last_name'.",
        type: 'String',
      }),
    ],
  }),
  social('github', 'GitHub', {
    properties: [
      property({
        name: 'baseUrl',
        label: 'Base URL',
        helpText: 'Override the default Base URL for this identity provider.',
        type: 'String',
      }),
      property({ name: 'apiUrl', label: 'API URL', helpText: 'Override the default API URL for this identity provider.', type: 'String' }),
      property({
        name: 'githubJsonFormat',
        label: 'JSON Format',
        helpText:
          'Enable to receive JSON format responses from GitHub. This is also required to automatically refresh access tokens retrieved from GitHub.',
        type: 'boolean',
        defaultValue: false,
      }),
    ],
  }),
  social('gitlab', 'GitLab', { uses: withGrants }),
  social('google', 'Google', {
    uses: withGrants,
    properties: [
      property({
        name: 'prompt',
        label: 'Prompt',
        helpText:
          "Set 'prompt' query parameter when logging in with Google. The allowed values are 'none', 'consent' and 'select_account'. If no value is specified and the user has not previously authorized access, then the user is shown a consent screen.",
        type: 'String',
      }),
      property({
        name: 'hostedDomain',
        label: 'Hosted Domain',
        helpText:
          "Set 'hd' query parameter when logging in with Google. Google will list accounts only for this domain. Keycloak validates that the returned identity token has a claim for this domain. When '*' is entered, any hosted account can be used. Comma ',' separated list of domains is supported.",
        type: 'String',
      }),
      property({
        name: 'userIp',
        label: 'Use userIp param',
        helpText:
          "Set 'userIp' query parameter when invoking on Google's User Info service.  This will use the user's ip address.  Useful if Google is throttling access to the User Info service.",
        type: 'boolean',
      }),
      property({
        name: 'offlineAccess',
        label: 'Request refresh token',
        helpText:
          "Set 'access_type' query parameter to 'offline' when redirecting to google authorization endpoint, to get a refresh token back. Useful if planning to use Token Exchange to retrieve Google token to access Google APIs when the user is not at the browser.",
        type: 'boolean',
      }),
      property({
        name: 'jwtAuthorizationGrantEnabled',
        label: 'JWT Authorization Grant',
        helpText:
          'Enable the Google identity provider to act as a trust provider to validate authorization grant JWT assertions (Google ID Token) according to RFC 7523, except for the audience claim that must contain the client id of the configured client',
        type: 'boolean',
      }),
      property({
        name: 'jwtAuthorizationGrantMaxAllowedAssertionExpiration',
        label: 'Max allowed assertion expiration',
        helpText:
          'This property is used only for JWT Authorization Grant to set the max accepted duration limit for the assertion. Note that the Google ID Token expires after 1 hour, so this property can be used to limit the time during which the assertion can be used.',
        type: 'Number',
        defaultValue: '3600',
      }),
    ],
  }),
  social('linkedin-openid-connect', 'LinkedIn', { uses: withGrants }),
  social('microsoft', 'Microsoft', {
    properties: [
      property({
        name: 'prompt',
        label: 'Prompt',
        helpText:
          'Indicates the type of user interaction that is required. The only valid values at this time are login, none, consent, and select_account.',
        type: 'String',
      }),
      property({
        name: 'tenantId',
        label: 'Tenant ID',
        helpText: "Uses single-tenant auth endpoints when specified, uses 'common' multi-tenant endpoints otherwise.",
        type: 'String',
      }),
    ],
  }),
  social('openshift-v4', 'Openshift v4', {
    properties: [
      property({
        name: 'baseUrl',
        label: 'Base URL',
        helpText: 'Override the default Base URL for this identity provider.',
        type: 'String',
      }),
    ],
  }),
  social('paypal', 'PayPal', {
    properties: [property({ name: 'sandbox', label: 'Target Sandbox', helpText: "Target PayPal's sandbox environment", type: 'boolean' })],
  }),
  social('stackoverflow', 'StackOverflow', {
    properties: [
      property({ name: 'key', label: 'Key', helpText: 'The Key obtained from Stack Overflow client registration.', type: 'String' }),
    ],
  }),
  social('twitter', 'Twitter'),
])

const byId: ReadonlyMap<string, IdentityProviderType> = new Map(identityProviderTypes.map((type) => [type.id, type]))

export const findProviderType = (id: string | undefined): IdentityProviderType | undefined => byId.get(id ?? '')
