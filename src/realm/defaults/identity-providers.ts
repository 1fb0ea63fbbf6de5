import { type IdentityProviderRepresentation, withoutOldHiding } from '../../representations/identity-provider.ts'

/** Where the tokens of well-known providers come from: a provider of the kind that does not say otherwise. */
export const knownIssuers: Readonly<Record<string, string>> = Object.freeze({
  google: 'https://accounts.google.com',
  kubernetes: 'https://kubernetes.default.svc.cluster.local',
})

/** Kinds that nobody logs in with: never offered on the login page. */
export const hiddenKinds: ReadonlySet<string> = new Set(['kubernetes'])

/** An identity provider of a file as the reference keeps it: with what its kind decides, whatever was given. */
export function completeIdentityProvider(given: IdentityProviderRepresentation): IdentityProviderRepresentation {
  const provider = withoutOldHiding(given)
  const { providerId = '', config } = provider
  const issuer = Object.hasOwn(knownIssuers, providerId) ? knownIssuers[providerId] : undefined
  return {
    ...provider,
    ...(hiddenKinds.has(providerId) ? { hideOnLogin: true } : {}),
    ...(issuer === undefined ? {} : { config: { issuer, ...config } }),
  }
}
