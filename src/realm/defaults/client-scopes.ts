import type { Random } from '../../crypto/random.ts'
import type { ClientScopeRepresentation, ProtocolMapperRepresentation } from '../../representations/client-scope.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { placeholder } from './placeholder.ts'

type Config = Readonly<Record<string, string>>
type BuiltInMapper = readonly [name: string, provider: string, config: Config]

interface BuiltInScope {
  readonly name: string
  readonly description: string
  readonly protocol?: 'saml'
  readonly attributes: Config
  readonly mappers: readonly BuiltInMapper[]
  /** Where the realm offers the scope to new clients; undefined: on neither list. */
  readonly offered?: 'default' | 'optional'
}

const inAccessToken = { 'access.token.claim': 'true', 'introspection.token.claim': 'true' }
const inTokens = { ...inAccessToken, 'id.token.claim': 'true' }
const everywhere = { ...inTokens, 'userinfo.token.claim': 'true' }
const claim = (name: string, type = 'String'): Config => ({ 'claim.name': name, 'jsonType.label': type })

const attribute = (name: string, userAttribute: string, claimName: string, type?: string): BuiltInMapper => [
  name,
  'oidc-usermodel-attribute-mapper',
  { ...everywhere, 'user.attribute': userAttribute, ...claim(claimName, type) },
]
const sessionNote = (name: string, note: string, type?: string): BuiltInMapper => [
  name,
  'oidc-usersessionmodel-note-mapper',
  { ...inTokens, 'user.session.note': note, ...claim(note === 'AUTH_TIME' ? 'auth_time' : note, type) },
]
/** `foo` is what the reference writes: role mappers do not read it. */
const roles = (name: string, provider: string, claimName: string, where: Config): BuiltInMapper => [
  name,
  provider,
  { ...where, 'user.attribute': 'foo', multivalued: 'true', ...claim(claimName) },
]

const hidden = { 'display.on.consent.screen': 'false' }
const silent = { 'include.in.token.scope': 'false', ...hidden }
const asked = (text: string) => ({ 'consent.screen.text': placeholder(text), 'display.on.consent.screen': 'true' })
const named = { 'include.in.token.scope': 'true' }

/** In the order in which the reference makes them, which is the order of the realm's lists. */
export const builtInClientScopes: readonly BuiltInScope[] = Object.freeze([
  {
    name: 'offline_access',
    description: 'OpenID Connect built-in scope: offline_access',
    attributes: asked('offlineAccessScopeConsentText'),
    mappers: [],
    offered: 'optional',
  },
  {
    name: 'role_list',
    description: 'SAML role list',
    protocol: 'saml',
    attributes: asked('samlRoleListScopeConsentText'),
    mappers: [['role list', 'saml-role-list-mapper', { single: 'false', 'attribute.nameformat': 'Basic', 'attribute.name': 'Role' }]],
    offered: 'default',
  },
  {
    name: 'saml_organization',
    description: 'Organization Membership',
    protocol: 'saml',
    attributes: hidden,
    mappers: [['organization', 'saml-organization-membership-mapper', {}]],
    offered: 'default',
  },
  {
    name: 'AuthnContextClassRef',
    description: 'AuthnContextClassRef Level of Authentiation',
    protocol: 'saml',
    attributes: {},
    mappers: [['AuthnContextClassRef', 'saml-authn-context-class-ref-mapper', {}]],
    offered: 'default',
  },
  {
    name: 'profile',
    description: 'OpenID Connect built-in scope: profile',
    attributes: { ...named, ...asked('profileScopeConsentText') },
    mappers: [
      ['full name', 'oidc-full-name-mapper', everywhere],
      attribute('family name', 'lastName', 'family_name'),
      attribute('given name', 'firstName', 'given_name'),
      attribute('middle name', 'middleName', 'middle_name'),
      attribute('nickname', 'nickname', 'nickname'),
      attribute('username', 'username', 'preferred_username'),
      attribute('profile', 'profile', 'profile'),
      attribute('picture', 'picture', 'picture'),
      attribute('website', 'website', 'website'),
      attribute('gender', 'gender', 'gender'),
      attribute('birthdate', 'birthdate', 'birthdate'),
      attribute('zoneinfo', 'zoneinfo', 'zoneinfo'),
      attribute('locale', 'locale', 'locale'),
      attribute('updated at', 'updatedAt', 'updated_at', 'long'),
    ],
    offered: 'default',
  },
  {
    name: 'email',
    description: 'OpenID Connect built-in scope: email',
    attributes: { ...named, ...asked('emailScopeConsentText') },
    mappers: [
      attribute('email', 'email', 'email'),
      [
        'email verified',
        'oidc-usermodel-property-mapper',
        { ...everywhere, 'user.attribute': 'emailVerified', ...claim('email_verified', 'boolean') },
      ],
    ],
    offered: 'default',
  },
  {
    name: 'address',
    description: 'OpenID Connect built-in scope: address',
    attributes: { ...named, ...asked('addressScopeConsentText') },
    mappers: [
      [
        'address',
        'oidc-address-mapper',
        {
          ...everywhere,
          'user.attribute.formatted': 'formatted',
          'user.attribute.street': 'street',
          'user.attribute.locality': 'locality',
          'user.attribute.region': 'region',
          'user.attribute.postal_code': 'postal_code',
          'user.attribute.country': 'country',
        },
      ],
    ],
    offered: 'optional',
  },
  {
    name: 'phone',
    description: 'OpenID Connect built-in scope: phone',
    attributes: { ...named, ...asked('phoneScopeConsentText') },
    mappers: [
      attribute('phone number', 'phoneNumber', 'phone_number'),
      attribute('phone number verified', 'phoneNumberVerified', 'phone_number_verified', 'boolean'),
    ],
    offered: 'optional',
  },
  {
    name: 'roles',
    description: 'OpenID Connect scope for add user roles to the access token',
    attributes: { 'include.in.token.scope': 'false', ...asked('rolesScopeConsentText') },
    mappers: [
      roles('realm roles', 'oidc-usermodel-realm-role-mapper', 'realm_access.roles', inAccessToken),
      roles('client roles', 'oidc-usermodel-client-role-mapper', `resource_access.${placeholder('client_id')}.roles`, inAccessToken),
      ['audience resolve', 'oidc-audience-resolve-mapper', inAccessToken],
    ],
    offered: 'default',
  },
  {
    name: 'web-origins',
    description: 'OpenID Connect scope for add allowed web origins to the access token',
    attributes: { ...silent, 'consent.screen.text': '' },
    mappers: [['allowed web origins', 'oidc-allowed-origins-mapper', inAccessToken]],
    offered: 'default',
  },
  {
    name: 'microprofile-jwt',
    description: 'Microprofile - JWT built-in scope',
    attributes: { ...named, ...hidden },
    mappers: [attribute('upn', 'username', 'upn'), roles('groups', 'oidc-usermodel-realm-role-mapper', 'groups', inTokens)],
    offered: 'optional',
  },
  {
    name: 'acr',
    description: 'OpenID Connect scope for add acr (authentication context class reference) to the token',
    attributes: silent,
    mappers: [['acr loa level', 'oidc-acr-mapper', inTokens]],
    offered: 'default',
  },
  {
    name: 'basic',
    description: 'OpenID Connect scope for add all basic claims to the token',
    attributes: silent,
    mappers: [sessionNote('auth_time', 'AUTH_TIME', 'long'), ['sub', 'oidc-sub-mapper', inAccessToken]],
    offered: 'default',
  },
  {
    name: 'service_account',
    description: 'Specific scope for a client enabled for service accounts',
    attributes: silent,
    mappers: [
      sessionNote('Client ID', 'client_id'),
      sessionNote('Client Host', 'clientHost'),
      sessionNote('Client IP Address', 'clientAddress'),
    ],
  },
  {
    name: 'organization',
    description: 'Additional claims about the organization a subject belongs to',
    attributes: { ...named, ...asked('organizationScopeConsentText') },
    mappers: [['organization', 'oidc-organization-membership-mapper', { ...inTokens, multivalued: 'true', ...claim('organization') }]],
    offered: 'optional',
  },
])

/** A built-in scope as the reference stores it, with fresh ids. */
export function builtInClientScope(scope: BuiltInScope, random: Random): ClientScopeRepresentation {
  const protocol = scope.protocol ?? 'openid-connect'
  return {
    id: random.uuid(),
    name: scope.name,
    description: scope.description,
    protocol,
    attributes: { ...scope.attributes },
    ...(scope.mappers.length === 0
      ? {}
      : { protocolMappers: scope.mappers.map(([name, provider, config]) => builtInMapper(name, provider, protocol, config, random)) }),
  }
}

export const builtInMapper = (
  name: string,
  provider: string,
  protocol: string,
  config: Config,
  random: Random,
): ProtocolMapperRepresentation => ({
  id: random.uuid(),
  name,
  protocol,
  protocolMapper: provider,
  consentRequired: false,
  config: { ...config },
})

/**
 * A mapper as it is stored. One that says what the ID token gets and is silent about userinfo gives userinfo the same. Old files ask for
 * consent to single mappers, which is asked for scopes now.
 */
export function completeMapper(
  { consentText: _text, ...given }: ProtocolMapperRepresentation,
  random: Random,
): ProtocolMapperRepresentation {
  const config = { ...given.config }
  const inIdToken = config['id.token.claim']
  if (inIdToken !== undefined) config['userinfo.token.claim'] ??= inIdToken
  return { ...given, id: given.id ?? random.uuid(), consentRequired: false, config }
}

/** The member `protocolMappers`, which is left out where there are none. */
export const completeMappers = (given: readonly ProtocolMapperRepresentation[] | undefined, random: Random) =>
  given && given.length > 0 ? { protocolMappers: given.map((mapper) => completeMapper(mapper, random)) } : {}

export function completeClientScope(given: ClientScopeRepresentation, random: Random): ClientScopeRepresentation {
  const { protocolMappers, ...own } = given
  return {
    ...own,
    id: given.id ?? random.uuid(),
    attributes: { ...given.attributes },
    ...completeMappers(protocolMappers, random),
  }
}

export interface CompletedScopes {
  readonly clientScopes: ClientScopeRepresentation[]
  readonly defaultDefaultClientScopes: string[]
  readonly defaultOptionalClientScopes: string[]
  /** The offline_access scope was added by us: only then does it get the role of that name as a scope mapping. */
  readonly offlineScopeAdded: boolean
}

/**
 * The realm's client scopes and its two lists. With scopes of its own a realm gets no built-in one but offline_access, and its lists
 * are what it says; without, the lists are the built-in ones and those it gives are not looked at.
 */
export function completeClientScopes(given: RealmRepresentation, random: Random): CompletedScopes {
  const own = given.clientScopes?.map((scope) => completeClientScope(scope, random))
  const offlineScopeAdded = !own?.some((scope) => scope.name === 'offline_access')
  const added = builtInClientScopes.filter((scope) => (own ? scope.name === 'offline_access' && offlineScopeAdded : true))
  const templates = (given.clientTemplates ?? []).map((template) => scopeOfTemplate(template, random))
  const clientScopes = [...added.map((scope) => builtInClientScope(scope, random)), ...(own ?? []), ...templates]
  const names = new Set(clientScopes.map((scope) => scope.name))
  const listed = (offered: 'default' | 'optional', extra: readonly string[] | undefined) => [
    ...new Set(
      [...added.filter((s) => s.offered === offered).map((s) => s.name), ...(own ? (extra ?? []) : [])].filter((n) => names.has(n)),
    ),
  ]
  const defaultDefaultClientScopes = listed('default', given.defaultDefaultClientScopes)
  const optional = listed('optional', given.defaultOptionalClientScopes)
  return {
    clientScopes,
    defaultDefaultClientScopes,
    defaultOptionalClientScopes: optional.filter((name) => !defaultDefaultClientScopes.includes(name)),
    offlineScopeAdded,
  }
}

/** Client templates are what client scopes were called before version 4. */
function scopeOfTemplate(template: NonNullable<RealmRepresentation['clientTemplates']>[number], random: Random): ClientScopeRepresentation {
  const { id, name, description, protocol, attributes, protocolMappers } = template
  const scope = { id, name, description, protocol, attributes, protocolMappers }
  const present = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined))
  return completeClientScope(present as ClientScopeRepresentation, random)
}
