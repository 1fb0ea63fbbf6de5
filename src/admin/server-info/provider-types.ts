/**
 * What the server tells about itself: versions, features, and every provider type with its form. Types that are built here come from their
 * own tables; what the reference names besides, and the console asks for, is data beside the code. May call what the room may call.
 */
import { keyProviderType } from '../../keys/provider.ts'
import { keyProviders } from '../../keys/providers.ts'
import type { ComponentTypeRepresentation, ConfigPropertyRepresentation } from '../../representations/component.ts'
import { protocolMappers } from '../../tokens/mappers/index.ts'

export type ComponentTypes = Readonly<Record<string, readonly ComponentTypeRepresentation[]>>

/** A form's row of one of our tables as the representation has it. */
const propertiesOf = (properties: readonly object[]): ConfigPropertyRepresentation[] =>
  properties.map((property): ConfigPropertyRepresentation => ({ ...property }))

/**
 * Provider types by kind (`providerType` of a component), with their forms. The data is loaded when somebody asks first: a server that is not
 * administered does not hold it.
 */
export async function componentTypes(): Promise<ComponentTypes> {
  const { default: known } = await import('./component-types.json', { with: { type: 'json' } })
  const mapperTypes = await protocolMapperTypes()
  return {
    ...(known as unknown as ComponentTypes),
    [keyProviderType]: keyProviders.map(({ id, help, properties }) => ({
      id,
      helpText: help,
      properties: propertiesOf(properties),
      metadata: {},
    })),
    'org.keycloak.protocol.ProtocolMapper': Object.values(mapperTypes)
      .flat()
      .map(({ id, helpText, properties }) => ({ id, helpText, properties: [...properties], metadata: {} })),
  }
}

/** A protocol mapper type as the console lists it. */
export interface MapperType {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly helpText: string
  readonly priority: number
  readonly properties: readonly ConfigPropertyRepresentation[]
}

/** Protocol mapper types by protocol. */
export async function protocolMapperTypes(): Promise<Readonly<Record<string, readonly MapperType[]>>> {
  const { default: info } = await import('./server-info.json', { with: { type: 'json' } })
  return {
    ...(info.protocolMapperTypes as unknown as Record<string, readonly MapperType[]>),
    'openid-connect': protocolMappers.map(({ id, label, category, help, priority, properties }) => ({
      id,
      name: label,
      category,
      helpText: help,
      priority,
      properties: propertiesOf(properties),
    })),
  }
}

/** The kinds of components that the Admin API writes; the other kinds have paths of their own. */
export const componentKinds = {
  keys: keyProviderType,
  userStorage: 'org.keycloak.storage.UserStorageProvider',
  ldapMapper: 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper',
  registrationPolicy: 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy',
  userProfile: 'org.keycloak.userprofile.UserProfileProvider',
} as const

const writable: ReadonlySet<string> = new Set(Object.values(componentKinds))

/** The type of a component; undefined when there is no such provider among those that are components. */
export async function findComponentType(kind: string, providerId: string): Promise<ComponentTypeRepresentation | undefined> {
  if (!writable.has(kind)) return undefined
  return (await componentTypes())[kind]?.find(({ id }) => id === providerId)
}
