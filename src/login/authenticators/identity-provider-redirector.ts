import type { Authenticator } from '../authenticator.ts'
import { property } from './condition.ts'

/**
 * Would send the browser to the identity provider that `kc_idp_hint` or the configuration names. A name that the realm does not have is
 * passed over (reference behaviour), and so is every name as long as no identity provider can be logged in with.
 */
export const identityProviderRedirector: Authenticator = {
  id: 'identity-provider-redirector',
  label: 'Identity Provider Redirector',
  help: 'Redirects to default Identity Provider or Identity Provider specified with kc_idp_hint query parameter',
  category: undefined,
  requirements: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  properties: [
    property('defaultProvider', {
      label: 'Default Identity Provider',
      helpText: 'To automatically redirect to an identity provider set to the alias of the identity provider',
      type: 'String',
    }),
  ],
  needsUser: false,
  start: async () => ({ kind: 'attempted' }),
}
