import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const adminRoles = [
  'view-realm',
  'manage-realm',
  'view-clients',
  'manage-clients',
  'query-clients',
  'view-users',
  'manage-users',
  'query-users',
  'view-events',
  'create-client',
  'impersonation',
]

const realm = {
  enabled: true,
  roles: {
    realm: [{ name: 'plain' }, { name: 'sneaky', composite: true, composites: { client: { 'realm-management': ['realm-admin'] } } }],
    client: { 'realm-management': [{ name: 'custom' }] },
  },
  clients: [
    { clientId: 'full', publicClient: true, directAccessGrantsEnabled: true, fullScopeAllowed: true },
    { clientId: 'narrow', publicClient: true, directAccessGrantsEnabled: true, fullScopeAllowed: false },
    { clientId: 'mapped', publicClient: true, directAccessGrantsEnabled: true, fullScopeAllowed: false },
    { clientId: 'target', secret: 'secret-of-the-target', serviceAccountsEnabled: true },
  ],
  clientScopeMappings: { 'realm-management': [{ client: 'mapped', roles: ['view-clients'] }] },
  groups: [{ name: 'admins', clientRoles: { 'realm-management': ['view-clients'] } }],
  users: [
    ...adminRoles.map((role) => administrator(role, [role])),
    administrator('nobody', []),
    administrator('custom', ['custom']),
    administrator('everything', ['realm-admin']),
    administrator('grouped', [], { clientRoles: {}, groups: ['/admins'] }),
    administrator('composed', [], { clientRoles: {}, realmRoles: ['sneaky'] }),
    administrator('victim', []),
  ],
}

const server = await serverOfFile({
  realms: [
    { realm: 'adm-perm', ...realm },
    { realm: 'adm-other', ...realm },
  ],
})
const ids = await clientIds(server, 'adm-perm')
const otherIds = await clientIds(server, 'adm-other')
/** One login for each person and client: hashing passwords would be most of the time of these tests. */
const bearers = new Map<string, Promise<string>>()
const bearer = (username: string, clientId = 'full'): Promise<string> => {
  const key = `${username} ${clientId}`
  const known = bearers.get(key) ?? bearerOf(server, 'adm-perm', username, clientId)
  bearers.set(key, known)
  return known
}
const as = async (username: string, clientId?: string) => callerOf(server, await bearer(username, clientId))
const userId = async (username: string): Promise<string> => String(jwtClaims(await bearer(username))['sub'])

const forbidden = { error: 'HTTP 403 Forbidden' }
const paths: readonly (readonly [method: string, path: string, allowed: readonly string[]])[] = [
  ['GET', '/realms/adm-perm/clients', ['view-clients', 'manage-clients', 'query-clients', 'grouped', 'everything', 'composed']],
  ['GET', `/realms/adm-perm/clients/${ids['target']}`, ['view-clients', 'manage-clients', 'grouped', 'everything', 'composed']],
  [
    'GET',
    `/realms/adm-perm/clients/${ids['target']}/client-secret`,
    ['view-clients', 'manage-clients', 'grouped', 'everything', 'composed'],
  ],
  [
    'GET',
    `/realms/adm-perm/clients/${ids['target']}/service-account-user`,
    ['view-clients', 'manage-clients', 'grouped', 'everything', 'composed'],
  ],
  ['POST', `/realms/adm-perm/clients/${ids['target']}/client-secret`, ['manage-clients', 'everything', 'composed']],
  // Mappers of identity providers give roles.
  ['GET', '/realms/adm-perm/roles', ['view-realm', 'manage-realm', 'manage-identity-providers', 'everything', 'composed']],
  ['GET', '/realms/adm-perm/roles/offline_access', ['view-realm', 'manage-realm', 'everything', 'composed']],
  ['PUT', '/realms/adm-perm', ['manage-realm', 'everything', 'composed']],
  ['DELETE', '/realms/adm-other', []],
  ['DELETE', '/realms/master', []],
  ['PUT', '/realms/adm-other', []],
  ['GET', '/realms/adm-other', []],
  ['GET', '/realms/master', []],
  ['GET', `/realms/adm-other/clients/${otherIds['target']}/client-secret`, []],
  ['POST', '/realms', []],
]

for (const [method, path, allowed] of paths) {
  test(`${method} ${path.replace(/[\da-f-]{36}/, '{target}')} is for ${allowed.join(', ') || 'none of a realm’s own administrators'}`, async () => {
    for (const { username = '' } of realm.users) {
      const call = await as(username)
      const { status, json } = await call(
        method,
        path,
        method === 'PUT' ? {} : method === 'POST' && path === '/realms' ? { realm: 'adm-never' } : undefined,
      )
      if (allowed.includes(username)) assert.ok(status === 200 || status === 204, `${username}: ${status}`)
      else assert.deepEqual([status, json], [403, forbidden], username)
    }
  })
}

test('a client of another realm is not found under one’s own', async () => {
  const { status } = await (await as('everything'))('GET', `/realms/adm-perm/clients/${otherIds['target']}/client-secret`)
  assert.equal(status, 404)
})

test('who may only query clients sees none of them', async () => {
  const query = await as('query-clients')
  assert.equal((await query('GET', '/realms/adm-perm/clients')).text, '[]')
  assert.equal((await query('GET', '/realms/adm-perm/clients?clientId=target')).text, '[]')
  assert.equal((await query('GET', '/realms/adm-perm/clients/nope')).status, 404)
})

test('the realm is shown whole, in part, or not at all', async () => {
  const part = { realm: 'adm-perm', bruteForceProtected: false, supportedLocales: [], organizationsEnabled: false }
  for (const username of ['view-realm', 'manage-realm', 'everything']) {
    const call = await as(username)
    assert.equal((await call('GET', '/realms/adm-perm')).json['accessTokenLifespan'], 300, username)
    const [listed, ...rest] = (await call('GET', '/realms')).json as unknown as Json[]
    assert.deepEqual([listed?.['realm'], listed?.['accessTokenLifespan'], rest], ['adm-perm', 300, []])
  }
  for (const username of ['view-clients', 'query-users', 'view-events', 'create-client', 'grouped']) {
    const call = await as(username)
    assert.deepEqual((await call('GET', '/realms/adm-perm')).json, part, username)
    assert.deepEqual((await call('GET', '/realms')).json, [{ realm: 'adm-perm' }])
  }
  assert.deepEqual((await (await as('view-users'))('GET', '/realms/adm-perm')).json, { ...part, registrationEmailAsUsername: false })
  for (const username of ['nobody', 'custom', 'impersonation']) {
    const call = await as(username)
    for (const path of ['/realms/adm-perm', '/realms', '/realms?briefRepresentation=true']) {
      const { status, json } = await call('GET', path)
      assert.deepEqual([status, json], [403, forbidden], username)
    }
  }
})

test('a role counts only through a client whose scope has it', async () => {
  const path = '/realms/adm-perm/clients'
  for (const [clientId, status] of [
    ['full', 200],
    ['mapped', 200],
    ['narrow', 403],
  ] as const) {
    assert.equal((await (await as('view-clients', clientId))('GET', path)).status, status, clientId)
  }
  const mapped = await as('everything', 'mapped')
  assert.equal((await mapped('PUT', '/realms/adm-perm', {})).status, 403)
  assert.deepEqual((await (await as('view-clients', 'narrow'))('GET', '/realms')).status, 403)
})

test('nobody gives himself or others rights that he does not have', async () => {
  const victim = `/realms/adm-perm/users/${await userId('victim')}/role-mappings`
  const himself = `/realms/adm-perm/users/${await userId('manage-users')}/role-mappings`
  const management = `clients/${ids['realm-management']}`
  const available = (await server.admin('GET', `${victim}/${management}/available`)).json as unknown as Json[]
  const call = await as('manage-users')
  const give = async (path: string, name: string): Promise<number> => {
    const { id } = available.find((role) => role['name'] === name) ?? {}
    return (await call('POST', path, [{ id, name }])).status
  }
  for (const name of ['realm-admin', 'manage-realm', 'view-realm', 'manage-clients', 'view-clients', 'impersonation', 'create-client']) {
    assert.equal(await give(`${himself}/${management}`, name), 403, name)
    assert.equal(await give(`${victim}/${management}`, name), 403, name)
  }
  assert.equal((await call('PUT', '/realms/adm-perm', {})).status, 403)
  for (const name of ['manage-users', 'view-users', 'query-clients', 'custom'])
    assert.equal(await give(`${victim}/${management}`, name), 204, name)
  const offered = ((await call('GET', `${himself}/${management}/available`)).json as unknown as Json[]).map((role) => role['name']).sort()
  const harmless = ['custom', 'query-clients', 'query-groups', 'query-organizations', 'query-realms', 'query-users', 'view-users']
  assert.deepEqual(offered, harmless)
  assert.equal((await call('DELETE', `${victim}/${management}`)).status, 204)
})

test('a composite that leads to a right is a right', { skip: server.onReference }, async () => {
  const path = `/realms/adm-perm/users/${await userId('victim')}/role-mappings/realm`
  const available = (await server.admin('GET', `${path}/available`)).json as unknown as Json[]
  const role = (name: string) => available.filter((one) => one['name'] === name).map(({ id }) => ({ id, name }))
  const call = await as('manage-users')
  assert.equal((await call('POST', path, role('sneaky'))).status, 403)
  assert.equal((await call('POST', path, role('plain'))).status, 204)
  const names = ((await call('GET', `${path}/available`)).json as unknown as Json[]).map((one) => one['name'])
  assert.ok(!names.includes('sneaky') && names.includes('offline_access'))
  assert.equal((await (await as('everything'))('POST', path, role('sneaky'))).status, 204)
  assert.equal((await call('DELETE', path, role('sneaky'))).status, 403)
  // Taking all takes that one too.
  assert.equal((await call('DELETE', path)).status, 403)
  assert.equal((await server.admin('DELETE', path)).status, 204)
})

test('who may see users may not give roles, and is offered none', async () => {
  const path = `/realms/adm-perm/users/${await userId('victim')}/role-mappings/realm`
  const call = await as('view-users')
  assert.equal((await call('GET', path)).status, 200)
  assert.equal((await call('GET', `${path}/available`)).text, '[]')
  for (const method of ['POST', 'DELETE']) assert.deepEqual((await call(method, path, [])).json, forbidden)
})
