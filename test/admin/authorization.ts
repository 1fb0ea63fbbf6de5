import type { RealmRepresentation } from '../../src/representations/realm.ts'
import type { Answer, Json } from '../server/call.ts'
import { person, service } from '../server/samples.ts'
import type { TestServer } from '../server.ts'
import { administrator, clientIds } from './administrators.ts'

/** A realm with people, roles, groups and a client with authorization services. */
export const authorizationRealm = (realm: string, more: RealmRepresentation = {}): RealmRepresentation => ({
  realm,
  enabled: true,
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: true,
  roles: { realm: [{ name: 'editor' }, { name: 'reader' }], client: { files: [{ name: 'owner' }] } },
  groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }],
  clients: [
    service('files', { enabled: true, authorizationServicesEnabled: true, directAccessGrantsEnabled: true }),
    service('plain', { enabled: true, directAccessGrantsEnabled: true }),
  ],
  users: [
    person('alice', { realmRoles: ['editor'], groups: ['/staff/night'] }),
    person('bob', { realmRoles: ['reader'] }),
    person('carol'),
    administrator('viewer', ['view-authorization']),
    administrator('clerk', ['query-clients']),
    administrator('manager', ['manage-authorization']),
  ],
  ...more,
})

export type Call = (method: string, path: string, json?: unknown) => Promise<Answer>

/** Calls below the resource server of a client. */
export async function resourceServerOf(
  server: TestServer,
  realm: string,
  clientId = 'files',
): Promise<{ id: string; call: Call; path: string }> {
  const id = (await clientIds(server, realm))[clientId] ?? ''
  const path = `/realms/${realm}/clients/${id}/authz/resource-server`
  return { id, path, call: (method, below, json) => server.admin(method, `${path}${below}`, json) }
}

export const listOf = ({ json }: Answer): Json[] => json as unknown as Json[]
export const names = (answer: Answer): unknown[] => listOf(answer).map(({ name }) => name)
