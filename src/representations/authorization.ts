import {
  boolean,
  choice,
  type FieldsOf,
  initially,
  list,
  lists,
  map,
  nonEmpty,
  object,
  primitive,
  type Representation,
  readOnly,
  set,
  type Table,
  table,
  text,
} from './fields.ts'

export const resourceOwnerRepresentation = table(
  'ResourceOwnerRepresentation',
  {
    id: text,
    name: text,
  },
  {
    fromText: (id) => ({ id }),
  },
)

export type ResourceOwnerRepresentation = Representation<typeof resourceOwnerRepresentation>

/** `uri` and `resource_scopes` are old names of `uris` and `scopes`: accepted in a body, never present in a value read. */
export interface ResourceRepresentation {
  name?: string
  type?: string
  owner?: ResourceOwnerRepresentation
  ownerManagedAccess?: boolean
  displayName?: string
  attributes?: Record<string, string[]>
  _id?: string
  uris?: string[]
  scopes?: ScopeRepresentation[]
  icon_uri?: string
  uri?: string
  resource_scopes?: ScopeRepresentation[]
}

export const resourceRepresentation: Table<FieldsOf<ResourceRepresentation>> = table(
  'ResourceRepresentation',
  {
    name: text,
    type: text,
    owner: object(() => resourceOwnerRepresentation),
    ownerManagedAccess: boolean,
    displayName: text,
    attributes: lists,
    _id: text,
    uris: set(text),
    scopes: nonEmpty(set(object(() => scopeRepresentation))),
    icon_uri: text,
    uri: readOnly(text),
    resource_scopes: readOnly(set(object(() => scopeRepresentation))),
  },
  {
    identity: 'name',
    reading: { uri: (value) => ({ uris: value === undefined ? [] : [value] }), resource_scopes: (value) => ({ scopes: value }) },
  },
)

export interface ScopeRepresentation {
  id?: string
  name?: string
  iconUri?: string
  policies?: PolicyRepresentation[]
  resources?: ResourceRepresentation[]
  displayName?: string
}

export const scopeRepresentation: Table<FieldsOf<ScopeRepresentation>> = table(
  'ScopeRepresentation',
  {
    id: text,
    name: text,
    iconUri: text,
    policies: list(object(() => policyRepresentation)),
    resources: list(object(() => resourceRepresentation)),
    displayName: text,
  },
  {
    identity: 'name',
    fromText: (name) => ({ name }),
  },
)

export interface PolicyRepresentation {
  id?: string
  name?: string
  description?: string
  type?: string
  policies?: string[]
  resources?: string[]
  scopes?: string[]
  logic?: 'POSITIVE' | 'NEGATIVE'
  decisionStrategy?: 'AFFIRMATIVE' | 'UNANIMOUS' | 'CONSENSUS'
  owner?: string
  resourceType?: string
  resourcesData?: ResourceRepresentation[]
  scopesData?: ScopeRepresentation[]
  config?: Record<string, string>
}

export const policyRepresentation: Table<FieldsOf<PolicyRepresentation>> = table('PolicyRepresentation', {
  id: text,
  name: text,
  description: text,
  type: text,
  policies: set(text),
  resources: set(text),
  scopes: set(text),
  logic: initially(choice('POSITIVE', 'NEGATIVE'), 'POSITIVE'),
  decisionStrategy: initially(choice('AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS'), 'UNANIMOUS'),
  owner: text,
  resourceType: text,
  resourcesData: nonEmpty(set(object(() => resourceRepresentation))),
  scopesData: nonEmpty(set(object(() => scopeRepresentation))),
  config: initially(map(text), {}),
})

export const resourceType = table('ResourceType', {
  type: text,
  scopes: set(text),
  scopeAliases: map(set(text)),
  groupType: text,
})

export type ResourceType = Representation<typeof resourceType>

export const authorizationSchema = table('AuthorizationSchema', {
  resourceTypes: map(object(() => resourceType)),
})

export type AuthorizationSchema = Representation<typeof authorizationSchema>

export const resourceServerRepresentation = table('ResourceServerRepresentation', {
  id: text,
  clientId: text,
  name: text,
  allowRemoteResourceManagement: primitive(boolean, true),
  policyEnforcementMode: initially(choice('ENFORCING', 'PERMISSIVE', 'DISABLED'), 'ENFORCING'),
  resources: initially(list(object(() => resourceRepresentation)), []),
  policies: initially(list(object(() => policyRepresentation)), []),
  scopes: initially(list(object(() => scopeRepresentation)), []),
  decisionStrategy: choice('AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS'),
  authorizationSchema: object(() => authorizationSchema),
})

export type ResourceServerRepresentation = Representation<typeof resourceServerRepresentation>

export const policyProviderRepresentation = table('PolicyProviderRepresentation', {
  type: text,
  name: text,
  group: text,
  description: text,
  code: text,
})

export type PolicyProviderRepresentation = Representation<typeof policyProviderRepresentation>
