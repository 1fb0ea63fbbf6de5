import type { Authenticator } from '../authenticator.ts'
import { errorContent } from '../pages/error.ts'
import { property } from './condition.ts'

/** Refuses everybody, with a message that the administrator chose: a message key or plain text. */
export const denyAccessAuthenticator: Authenticator = {
  id: 'deny-access-authenticator',
  label: 'Deny access',
  help: 'Access will be always denied. Useful for example in the conditional flows to be used after satisfying the previous conditions',
  category: undefined,
  requirements: ['REQUIRED', 'DISABLED'],
  properties: [
    property('denyErrorMessage', {
      label: 'Error message',
      helpText:
        "Error message which will be shown to the user. You can directly define particular message or property, which will be used for mapping the error message f.e `deny-access-role1`. If the field is blank, default property 'access-denied' is used.",
      type: 'String',
    }),
  ],
  needsUser: false,
  // A sub-flow that only refuses is not something that a user has set up.
  configuredFor: async () => false,
  async start({ config }) {
    const key = config['denyErrorMessage'] || 'access-denied'
    return { kind: 'failure', error: 'access_denied', page: errorContent({ message: { key }, status: 401 }) }
  },
}
