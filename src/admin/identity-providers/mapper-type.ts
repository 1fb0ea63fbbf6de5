import type { ConfigProperty } from '../../tokens/protocol-mapper.ts'

/** One kind of identity provider mapper (`identityProviderMapper`). */
export interface IdentityProviderMapperType {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly helpText: string
  readonly properties: readonly ConfigProperty[]
  /** Kinds of identity providers that it works with; '*': all. */
  readonly providers: readonly string[] | '*'
}

export const everyProvider = '*'
export const oidcProviders: readonly string[] = Object.freeze(['oidc', 'keycloak-oidc'])
export const oidcAndSocial: readonly string[] = Object.freeze([
  ...oidcProviders,
  'bitbucket',
  'facebook',
  'github',
  'gitlab',
  'google',
  'linkedin-openid-connect',
  'microsoft',
  'openshift-v4',
  'paypal',
  'stackoverflow',
  'twitter',
])
