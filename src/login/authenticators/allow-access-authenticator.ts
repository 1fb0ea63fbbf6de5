import type { Authenticator } from '../authenticator.ts'

/** Lets everybody pass who has come so far. */
export const allowAccessAuthenticator: Authenticator = {
  id: 'allow-access-authenticator',
  label: 'Allow access',
  help: 'Authenticator will always successfully authenticate. Useful for example in the conditional flows to be used after satisfying the previous conditions',
  category: undefined,
  requirements: ['REQUIRED', 'DISABLED'],
  properties: [],
  needsUser: false,
  start: async () => ({ kind: 'success' }),
}
