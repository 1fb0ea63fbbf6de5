import { resourceServerRepresentation } from './authorization.ts'
import { protocolMapperRepresentation } from './client-scope.ts'
import {
  boolean,
  integer,
  json,
  list,
  map,
  merged,
  object,
  primitive,
  type Representation,
  secret,
  secretKeys,
  set,
  table,
  text,
  unordered,
} from './fields.ts'

export const clientRepresentation = table(
  'ClientRepresentation',
  {
    id: text,
    clientId: text,
    name: text,
    description: text,
    type: text,
    rootUrl: text,
    adminUrl: text,
    baseUrl: text,
    surrogateAuthRequired: boolean,
    enabled: boolean,
    alwaysDisplayInConsole: boolean,
    clientAuthenticatorType: text,
    secret: secret(text, 'export'),
    registrationAccessToken: text,
    defaultRoles: unordered(list(text)),
    redirectUris: set(text),
    webOrigins: set(text),
    notBefore: integer,
    bearerOnly: boolean,
    consentRequired: boolean,
    standardFlowEnabled: boolean,
    implicitFlowEnabled: boolean,
    directAccessGrantsEnabled: boolean,
    serviceAccountsEnabled: boolean,
    authorizationServicesEnabled: boolean,
    directGrantsOnly: boolean,
    publicClient: boolean,
    frontchannelLogout: boolean,
    protocol: text,
    attributes: secretKeys(merged(map(text), 'empty removes'), 'export', 'client.secret.rotated'),
    authenticationFlowBindingOverrides: merged(map(text), 'empty removes'),
    fullScopeAllowed: boolean,
    nodeReRegistrationTimeout: integer,
    registeredNodes: merged(map(integer)),
    protocolMappers: unordered(list(object(() => protocolMapperRepresentation))),
    clientTemplate: text,
    useTemplateConfig: boolean,
    useTemplateScope: boolean,
    useTemplateMappers: boolean,
    defaultClientScopes: unordered(list(text)),
    optionalClientScopes: unordered(list(text)),
    authorizationSettings: object(() => resourceServerRepresentation),
    access: map(boolean),
    origin: text,
  },
  {
    // The reference says that a client has authorization services as soon as it has their settings.
    reading: {
      authorizationSettings: (value) => (value === undefined ? {} : { authorizationSettings: value, authorizationServicesEnabled: true }),
    },
  },
)

export type ClientRepresentation = Representation<typeof clientRepresentation>

export const managementPermissionReference = table('ManagementPermissionReference', {
  enabled: primitive(boolean),
  resource: text,
  scopePermissions: map(text),
})

export type ManagementPermissionReference = Representation<typeof managementPermissionReference>

export const clientInitialAccessCreatePresentation = table('ClientInitialAccessCreatePresentation', {
  expiration: integer,
  count: integer,
  webOrigins: set(text),
})

export type ClientInitialAccessCreatePresentation = Representation<typeof clientInitialAccessCreatePresentation>

export const clientInitialAccessPresentation = table('ClientInitialAccessPresentation', {
  id: text,
  token: text,
  timestamp: integer,
  expiration: integer,
  count: integer,
  remainingCount: integer,
})

export type ClientInitialAccessPresentation = Representation<typeof clientInitialAccessPresentation>

export const clientTypesRepresentation = table('ClientTypesRepresentation', {
  'client-types': list(object(() => clientTypeRepresentation)),
  'global-client-types': list(object(() => clientTypeRepresentation)),
})

export type ClientTypesRepresentation = Representation<typeof clientTypesRepresentation>

export const clientTypeRepresentation = table('ClientTypeRepresentation', {
  name: text,
  provider: text,
  parent: text,
  config: map(object(() => propertyConfig)),
})

export type ClientTypeRepresentation = Representation<typeof clientTypeRepresentation>

export const propertyConfig = table('PropertyConfig', {
  applicable: boolean,
  value: json,
})

export type PropertyConfig = Representation<typeof propertyConfig>
