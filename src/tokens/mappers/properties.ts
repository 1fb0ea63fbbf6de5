import type { ConfigProperty } from '../protocol-mapper.ts'

/** A setting that is neither secret nor required nor read-only. */
export const property = (name: string, rest: Partial<ConfigProperty> = {}): ConfigProperty => ({
  name,
  ...rest,
  secret: false,
  required: rest.required ?? false,
  readOnly: false,
})

const onOff = (name: string, label: string, defaultValue: 'true' | 'false'): ConfigProperty =>
  property(name, { label: `${label}.label`, helpText: `${label}.tooltip`, type: 'boolean', defaultValue })

export const inIdToken = onOff('id.token.claim', 'includeInIdToken', 'true')
export const inIdTokenUnlessAsked = onOff('id.token.claim', 'includeInIdToken', 'false')
export const inAccessToken = onOff('access.token.claim', 'includeInAccessToken', 'true')
export const inLightweightToken = onOff('lightweight.claim', 'includeInLightweight', 'false')
export const inUserinfo = onOff('userinfo.token.claim', 'includeInUserInfo', 'true')
export const inIntrospection = onOff('introspection.token.claim', 'includeInIntrospection', 'true')
export const inTokenResponse = onOff('access.tokenResponse.claim', 'includeInAccessTokenResponse', 'false')

/** The switches of a mapper for every token. */
export const everywhere = [inIdToken, inAccessToken, inLightweightToken, inUserinfo, inIntrospection] as const

/** The switches of a mapper for every token and the token response. */
export const everywhereAndResponse = [inIdToken, inAccessToken, inLightweightToken, inUserinfo, inTokenResponse, inIntrospection] as const

/** The switches of a mapper for what resource servers read. */
export const resourceServerOnly = [inAccessToken, inLightweightToken, inIntrospection] as const

export const claimName = property('claim.name', {
  label: 'tokenClaimName.label',
  helpText: 'tokenClaimName.tooltip',
  type: 'String',
  required: true,
})

export const jsonType = property('jsonType.label', {
  label: 'jsonType.label',
  helpText: 'jsonType.tooltip',
  type: 'List',
  options: ['String', 'long', 'int', 'boolean', 'JSON'],
})

export const multivalued = property('multivalued', {
  label: 'multivalued.label',
  helpText: 'multivalued.tooltip',
  type: 'boolean',
  defaultValue: 'true',
})

export const tokenMapper = 'Token mapper'
