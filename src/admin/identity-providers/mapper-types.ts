import type { IdentityProviderMapperType } from './mapper-type.ts'
import { oidcMapperTypes } from './oidc-mapper-types.ts'
import { samlMapperTypes } from './saml-mapper-types.ts'
import { socialMapperTypes } from './social-mapper-types.ts'

export const identityProviderMapperTypes: readonly IdentityProviderMapperType[] = Object.freeze([
  ...oidcMapperTypes,
  ...samlMapperTypes,
  ...socialMapperTypes,
])

/** Mapper types that work with a kind of identity provider. */
export const mapperTypesFor = (providerId: string): readonly IdentityProviderMapperType[] =>
  identityProviderMapperTypes.filter(({ providers }) => providers === '*' || providers.includes(providerId))
