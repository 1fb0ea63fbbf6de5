import type { Random } from '../../crypto/random.ts'
import type { ComponentExportRepresentation } from '../../representations/component.ts'
import type { RealmRepresentation } from '../../representations/realm.ts'
import { placeholder } from './placeholder.ts'

export const keyProviderType = 'org.keycloak.keys.KeyProvider'
export const registrationPolicyType = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
export const userProfileType = 'org.keycloak.userprofile.UserProfileProvider'

interface Facts {
  readonly name?: string
  readonly providerId: string
  readonly subType?: 'anonymous' | 'authenticated'
  readonly config?: Readonly<Record<string, readonly string[]>>
}

const generatedRsa: readonly Facts[] = [
  { name: 'rsa-generated', providerId: 'rsa-generated', config: { priority: ['100'] } },
  { name: 'rsa-enc-generated', providerId: 'rsa-enc-generated', config: { priority: ['100'], algorithm: ['RSA-OAEP'] } },
]

const hmacKeys: Facts = {
  name: 'hmac-generated-hs512',
  providerId: 'hmac-generated',
  config: { priority: ['100'], algorithm: ['HS512'] },
}

/** Key providers without key material, which is made when the realm is written. */
const keyProviders: readonly Facts[] = Object.freeze([
  hmacKeys,
  { name: 'aes-generated', providerId: 'aes-generated', config: { priority: ['100'] } },
])

const protocolMapperTypes = Object.freeze([
  'oidc-full-name-mapper',
  'oidc-sha256-pairwise-sub-mapper',
  'oidc-address-mapper',
  'oidc-usermodel-property-mapper',
  'oidc-usermodel-attribute-mapper',
  'saml-role-list-mapper',
  'saml-user-property-mapper',
  'saml-user-attribute-mapper',
])

const scopesAndMappers = (subType: 'anonymous' | 'authenticated'): Facts[] => [
  {
    name: 'Allowed Protocol Mapper Types',
    providerId: 'allowed-protocol-mappers',
    subType,
    config: { 'allowed-protocol-mapper-types': protocolMapperTypes },
  },
  { name: 'Allowed Client Scopes', providerId: 'allowed-client-templates', subType, config: { 'allow-default-scopes': ['true'] } },
  { name: 'Allowed Registration Web Origins', providerId: 'registration-web-origins', subType },
]

const registrationPolicies: readonly Facts[] = Object.freeze([
  {
    name: 'Trusted Hosts',
    providerId: 'trusted-hosts',
    subType: 'anonymous',
    config: { 'host-sending-registration-request-must-match': ['true'], 'client-uris-must-match': ['true'] },
  },
  { name: 'Consent Required', providerId: 'consent-required', subType: 'anonymous' },
  { name: 'Full Scope Disabled', providerId: 'scope', subType: 'anonymous' },
  { name: 'Max Clients Limit', providerId: 'max-clients', subType: 'anonymous', config: { 'max-clients': ['200'] } },
  ...scopesAndMappers('anonymous'),
  ...scopesAndMappers('authenticated'),
])

const everybody = { permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] }, multivalued: false }

const userProfile = (demands: object) => ({
  attributes: [
    ['username', { length: { min: 3, max: 255 }, 'username-prohibited-characters': {}, 'up-username-not-idn-homograph': {} }, {}],
    ['email', { email: {}, length: { max: 255 } }, demands],
    ['firstName', { length: { max: 255 }, 'person-name-prohibited-characters': {} }, demands],
    ['lastName', { length: { max: 255 }, 'person-name-prohibited-characters': {} }, demands],
  ].map(([name, validations, required]) => ({
    name,
    displayName: placeholder(String(name)),
    validations,
    ...(required as object),
    ...everybody,
  })),
  groups: [{ name: 'user-metadata', displayHeader: 'User metadata', displayDescription: 'Attributes, which refer to user metadata' }],
})

/** The user profile of a realm without a component for it, as GET users/profile shows it. */
export const defaultUserProfile = () => userProfile({ required: { roles: ['user'] } })

/** Of a realm from before version 24: users keep attributes that the profile does not name. */
export const openUserProfileComponent = (random: Random): ComponentExportRepresentation =>
  profileComponent({ ...defaultUserProfile(), unmanagedAttributePolicy: 'ENABLED' }, random)

/** In master administrators need neither e-mail address nor names. */
const masterProfileComponent = (random: Random) => profileComponent(userProfile({}), random)

const profileComponent = (profile: object, random: Random): ComponentExportRepresentation =>
  component({ providerId: 'declarative-user-profile', config: { 'kc.user.profile.config': [JSON.stringify(profile)] } }, random)

/** The provider of the keys that refresh tokens, cookies and links are signed with. */
export const refreshKeyProvider = (random: Random): ComponentExportRepresentation => component(hmacKeys, random)

/** The realm's components by type. A type that the realm brings at least one component of gets no default ones. */
export function completeComponents(
  given: RealmRepresentation,
  kind: 'create' | 'import' | 'master',
  random: Random,
): Record<string, ComponentExportRepresentation[]> {
  const components: Record<string, ComponentExportRepresentation[]> = {}
  for (const [type, own] of Object.entries(given.components ?? {})) {
    if (own.length > 0) components[type] = own.map((one) => completeComponent(one, random))
  }
  const rsa = given.privateKey === undefined ? generatedRsa : oldKeyPair(given.privateKey, given.certificate)
  components[registrationPolicyType] ??= registrationPolicies.map((facts) => component(facts, random))
  components[keyProviderType] ??= [...rsa, ...keyProviders].map((facts) => component(facts, random))
  if (kind === 'master') components[userProfileType] ??= [masterProfileComponent(random)]
  return components
}

/** A realm file from before components has its one key pair in members of the realm. */
function oldKeyPair(privateKey: string, certificate: string | undefined): Facts[] {
  const config = { priority: ['100'], privateKey: [privateKey], ...(certificate === undefined ? {} : { certificate: [certificate] }) }
  return [
    { name: 'rsa', providerId: 'rsa', config },
    { name: 'rsa-enc', providerId: 'rsa-enc', config },
  ]
}

function completeComponent(given: ComponentExportRepresentation, random: Random): ComponentExportRepresentation {
  const below = Object.entries(given.subComponents ?? {}).map(([type, list]) => [type, list.map((one) => completeComponent(one, random))])
  return { ...given, id: given.id ?? random.uuid(), subComponents: Object.fromEntries(below), config: { ...given.config } }
}

function component(facts: Facts, random: Random): ComponentExportRepresentation {
  return {
    id: random.uuid(),
    ...(facts.name === undefined ? {} : { name: facts.name }),
    providerId: facts.providerId,
    ...(facts.subType === undefined ? {} : { subType: facts.subType }),
    subComponents: {},
    config: Object.fromEntries(Object.entries(facts.config ?? {}).map(([key, values]) => [key, [...values]])),
  }
}
