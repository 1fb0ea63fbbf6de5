import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Json } from '../server/call.ts'
import { as, audience, password, person, service } from '../server/samples.ts'
import { startTestServer, type TestServer } from '../server.ts'

/** What is kept in memory about a person must never outlive a change of him, or of what his roles and groups give. */
const realm = {
  realm: 'fresh',
  enabled: true,
  roles: {
    realm: [
      { name: 'own' },
      { name: 'inner' },
      { name: 'given' },
      { name: 'outer', composite: true, composites: { realm: ['inner'] } },
      { name: 'of-group' },
    ],
  },
  groups: [{ name: 'staff', realmRoles: ['of-group'] }],
  clients: [service('app', { directAccessGrantsEnabled: true, protocolMappers: [audience('app')] })],
  users: [person('taras', { realmRoles: ['own', 'outer'], groups: ['/staff'] })],
}

for (const engine of ['sqlite', 'postgres'] as const) {
  const server = await startTestServer({ engine, realms: [realm] })
  after(() => server.close())

  test(`${engine}: introspection tells of every change of roles, groups, composites and names at once, and reads once as long as there is none`, async () => {
    const { introspect, admin, ids } = await visit(server)
    assert.deepEqual(await introspect(), ['inner', 'of-group', 'outer', 'own'])
    assert.equal((await server.statements(introspect)).length, 1)

    await admin('DELETE', `users/${ids.taras}/role-mappings/realm`, [await admin('GET', 'roles/own')])
    assert.deepEqual(await introspect(), ['inner', 'of-group', 'outer'])
    await admin('POST', `users/${ids.taras}/role-mappings/realm`, [await admin('GET', 'roles/given')])
    assert.deepEqual(await introspect(), ['given', 'inner', 'of-group', 'outer'])
    await admin('DELETE', 'roles/outer/composites', [await admin('GET', 'roles/inner')])
    assert.deepEqual(await introspect(), ['given', 'of-group', 'outer'])
    await admin('POST', 'roles/outer/composites', [await admin('GET', 'roles/inner')])
    assert.deepEqual(await introspect(), ['given', 'inner', 'of-group', 'outer'])
    await admin('PUT', 'roles/given', { name: 'renamed' })
    assert.deepEqual(await introspect(), ['inner', 'of-group', 'outer', 'renamed'])
    await admin('DELETE', `groups/${ids.staff}/role-mappings/realm`, [await admin('GET', 'roles/of-group')])
    assert.deepEqual(await introspect(), ['inner', 'outer', 'renamed'])
    await admin('POST', `groups/${ids.staff}/role-mappings/realm`, [await admin('GET', 'roles/of-group')])
    assert.deepEqual(await introspect(), ['inner', 'of-group', 'outer', 'renamed'])
    await admin('DELETE', `users/${ids.taras}/groups/${ids.staff}`)
    assert.deepEqual(await introspect(), ['inner', 'outer', 'renamed'])
    await admin('PUT', `users/${ids.taras}/groups/${ids.staff}`)
    assert.deepEqual(await introspect(), ['inner', 'of-group', 'outer', 'renamed'])
    await admin('DELETE', `groups/${ids.staff}`)
    assert.deepEqual(await introspect(), ['inner', 'outer', 'renamed'])
    await admin('DELETE', 'roles/outer')
    assert.deepEqual(await introspect(), ['renamed'])
    assert.equal((await server.statements(introspect)).length, 1)
  })
}

interface Visit {
  /** Names of the roles of the realm that introspection tells, without those that everybody has. */
  introspect(): Promise<string[]>
  admin(method: string, path: string, body?: unknown): Promise<Json>
  readonly ids: { readonly taras: string; readonly staff: string }
}

async function visit(server: TestServer): Promise<Visit> {
  const fresh = server.realm('fresh')
  const login = await fresh.token({ grant_type: 'password', username: 'taras', password }, { basic: as('app') })
  const token = String(login.json['access_token'])
  const admin: Visit['admin'] = async (method, path, body) => {
    const answer = await server.admin(method, `/realms/fresh/${path}`, body)
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.text === '' ? {} : answer.json
  }
  const first = (list: unknown): string => String((list as Json[])[0]?.['id'])
  return {
    admin,
    ids: { taras: first(await admin('GET', 'users?username=taras')), staff: first(await admin('GET', 'groups?search=staff')) },
    async introspect() {
      const { json } = await fresh.introspect({ token }, { basic: as('app') })
      assert.equal(json['active'], true)
      const { roles = [] } = (json['realm_access'] ?? {}) as { roles?: string[] }
      return roles.filter((role) => !/^default-roles|^offline_access$|^uma_/.test(role)).sort()
    },
  }
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${engine}: a person who is removed and made again under the same id is not taken for the old one`, async () => {
    const once = { realm: 'again', enabled: true, clients: realm.clients, roles: { realm: [{ name: 'own' }, { name: 'given' }] } }
    const withRole = (role: string) => ({ ...once, users: [{ ...person('taras', { realmRoles: [role] }), id: 'the-same-id' }] })
    const server = await startTestServer({ engine, realms: [withRole('own')] })
    const rolesOf = async (): Promise<unknown> => {
      const again = server.realm('again')
      const { json } = await again.token({ grant_type: 'password', username: 'taras', password }, { basic: as('app') })
      const told = await again.introspect({ token: String(json['access_token']) }, { basic: as('app') })
      const { roles } = told.json['realm_access'] as { readonly roles: readonly string[] }
      return roles.filter((role) => /^(?:own|given)$/.test(role))
    }
    assert.deepEqual(await rolesOf(), ['own'])
    await server.admin('DELETE', '/realms/again')
    await server.admin('POST', '/realms', withRole('given'))
    assert.deepEqual(await rolesOf(), ['given'])
    await server.close()
  })
}
