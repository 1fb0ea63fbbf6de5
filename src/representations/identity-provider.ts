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

/**
 * Tools and realm files of versions before 26 hide an identity provider by a setting, which wins over the member and is not kept
 * (reference behaviour).
 */
export function withoutOldHiding(provider: IdentityProviderRepresentation): IdentityProviderRepresentation {
  const { hideOnLoginPage, ...config } = provider.config ?? {}
  return hideOnLoginPage === undefined ? provider : { ...provider, hideOnLogin: hideOnLoginPage === 'true', config }
}

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
