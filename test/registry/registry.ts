import type { RealmRepresentation } from '../../src/representations/realm.ts'
import { administrator } from '../admin/administrators.ts'
import type { Answer, Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { service } from '../server/samples.ts'
import type { TestServer } from '../server.ts'

/** A registry, with people who may manage its systems, only see them, or neither, and a client that asks about tokens. */
export const registryRealm = (realm: string, more: RealmRepresentation = {}): RealmRepresentation => ({
  realm,
  enabled: true,
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: true,
  clients: [service('asker')],
  users: [
    administrator('keeper', ['manage-clients']),
    administrator('viewer', ['view-clients']),
    administrator('clerk', ['manage-users', 'view-realm', 'query-clients']),
  ],
  ...more,
})

/** Short words for what tests of one registry do all the time. */
export function registryOf(server: TestServer, realm: string) {
  const path = `/realms/${realm}/external-systems`
  const call = (method: string, below: string, json?: unknown): Promise<Answer> => server.admin(method, path + below, json)
  const create = async (name: string, more: Json = {}): Promise<string> => {
    const { status, json, text } = await call('POST', '', { name, type: 'external-system', ...more })
    if (status !== 201) throw new Error(`${name} was not made: ${status} ${text}`)
    return String(json['secret'])
  }
  const token = (clientId: string, secret: string): Promise<Answer> =>
    server.realm(realm).token({ grant_type: 'client_credentials' }, { basic: [clientId, secret] })
  const claims = async (clientId: string, secret: string): Promise<Json> =>
    jwtClaims(String((await token(clientId, secret)).json['access_token'])) as Json
  return { path, call, create, token, claims, get: async (name: string): Promise<Json> => (await call('GET', `/${name}`)).json }
}
