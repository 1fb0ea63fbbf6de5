import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { ProtocolMapperRepresentation } from '../../src/representations/client-scope.ts'
import type { UserRepresentation } from '../../src/representations/user.ts'
import type { Credentials } from './realm.ts'

/** The secret of every sample client that does not bring its own. */
export const secret = 'sample-secret-1'
/** The password of every sample person. */
export const password = 'sample-password-1'

/** A confidential client with a service account. */
export const service = (clientId: string, more: ClientRepresentation = {}): ClientRepresentation => ({
  clientId,
  secret,
  serviceAccountsEnabled: true,
  ...more,
})

/** The same whose tokens can be refreshed. */
export const refreshing = (clientId: string, more: ClientRepresentation = {}): ClientRepresentation =>
  service(clientId, { ...more, attributes: { 'client_credentials.use_refresh_token': 'true', ...more.attributes } })

export const as = (clientId: string): Credentials => [clientId, secret]

/** A service account with roles. */
export const account = (clientId: string, realmRoles: string[], clientRoles: Record<string, string[]> = {}): UserRepresentation => ({
  username: `service-account-${clientId}`,
  enabled: true,
  serviceAccountClientId: clientId,
  realmRoles,
  clientRoles,
})

/** Somebody with a complete profile and a password. */
export const person = (username: string, more: UserRepresentation = {}): UserRepresentation => ({
  username,
  enabled: true,
  email: `${username}@example.com`,
  emailVerified: true,
  firstName: 'Тарас',
  lastName: 'Шевченко',
  credentials: [{ type: 'password', value: password }],
  ...more,
})

/** Puts another client into the audience of a client's access tokens. */
export const audience = (clientId: string): ProtocolMapperRepresentation => ({
  name: `audience ${clientId}`,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-audience-mapper',
  config: { 'included.client.audience': clientId, 'access.token.claim': 'true', 'introspection.token.claim': 'true' },
})
