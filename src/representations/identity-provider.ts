import { configPropertyRepresentation } from './component.ts'
import { boolean, initially, list, map, object, primitive, type Representation, readOnly, secretKeys, table, text } from './fields.ts'

export const identityProviderRepresentation = table(
  'IdentityProviderRepresentation',
  {
    alias: text,
    displayName: text,
    internalId: text,
    providerId: text,
    enabled: primitive(boolean, true),
    updateProfileFirstLoginMode: text,
    trustEmail: boolean,
    storeToken: boolean,
    addReadTokenRoleOnCreate: boolean,
    authenticateByDefault: boolean,
    linkOnly: boolean,
    hideOnLogin: boolean,
    firstBrokerLoginFlowAlias: text,
    postBrokerLoginFlowAlias: text,
    organizationId: text,
    config: initially(secretKeys(map(text), 'read', 'clientSecret'), {}),
    types: list(text),
    updateProfileFirstLogin: readOnly(boolean),
  },
  {
    put: { absent: 'clear', except: ['internalId'] },
    reading: {
      updateProfileFirstLogin: (value) => (value === undefined ? {} : { updateProfileFirstLoginMode: value === true ? 'on' : 'off' }),
    },
  },
)

export type IdentityProviderRepresentation = Representation<typeof identityProviderRepresentation>

export const identityProviderMapperRepresentation = table(
  'IdentityProviderMapperRepresentation',
  {
    id: text,
    name: text,
    identityProviderAlias: text,
    identityProviderMapper: text,
    config: initially(map(text), {}),
  },
  {
    put: { absent: 'clear', except: ['id'] },
  },
)

export type IdentityProviderMapperRepresentation = Representation<typeof identityProviderMapperRepresentation>

export const identityProviderMapperTypeRepresentation = table('IdentityProviderMapperTypeRepresentation', {
  id: text,
  name: text,
  category: text,
  helpText: text,
  properties: initially(list(object(() => configPropertyRepresentation)), []),
})

export type IdentityProviderMapperTypeRepresentation = Representation<typeof identityProviderMapperTypeRepresentation>
