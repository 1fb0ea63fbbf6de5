import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { clientIds, modulo, recorded } from './administrators.ts'
import { eventsOf } from './stored-events.ts'

const name = 'rol-roles'
const base = `/realms/${name}`
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      clients: [{ clientId: 'shop', publicClient: true }],
      roles: {
        realm: [
          { name: 'reader', description: 'Reads what there is', attributes: { level: ['1'] } },
          { name: 'writer' },
          { name: 'Читач', description: 'ЧИТАЄ' },
          { name: 'all', composite: true, composites: { realm: ['reader', 'writer'], client: { shop: ['buy'] } } },
        ],
        client: { shop: [{ name: 'buy' }, { name: 'sell', description: 'Sells' }] },
      },
      groups: [
        { name: 'staff', realmRoles: ['reader'], subGroups: [{ name: 'night', realmRoles: ['reader'], clientRoles: { shop: ['buy'] } }] },
      ],
      users: ['olena', 'andriy', 'maria'].map((username) => person(username, { realmRoles: ['reader'] })),
    },
    { realm: 'rol-fresh', enabled: true },
  ],
})
const shop = String((await clientIds(server, name))['shop'])

const get = async (path: string): Promise<Json[]> => (await server.admin('GET', `${base}${path}`)).json as unknown as Json[]
const one = async (path: string): Promise<Json> => (await server.admin('GET', `${base}${path}`)).json
const names = async (path: string): Promise<unknown[]> => (await get(path)).map((role) => role['name'])
const idOf = async (path: string): Promise<string> => String((await one(path))['id'])
const call = async (method: string, path: string, body?: unknown): Promise<readonly [number, unknown]> => {
  const { status, text } = await server.admin(method, `${base}${path}`, body)
  return [status, text === '' ? '' : JSON.parse(text)]
}

test('a fresh realm has the roles that the reference gives it, made of what they are made of there', async () => {
  const golden = recorded('roles') as { realm: Json[]; client: Record<string, Json[]>; composites: Record<string, string[]> }
  const read = async (path: string): Promise<Json[]> => {
    const { text } = await server.admin('GET', `/realms/rol-fresh${path}`)
    return JSON.parse(text.replaceAll('rol-fresh', 'x')) as Json[]
  }
  const bare = (list: readonly Json[]): unknown => modulo(list.map(({ id: _id, ...role }) => role))
  const ids = await clientIds(server, 'rol-fresh')
  const composites = new Map(Object.entries(golden.composites))
  const check = async (path: string, list: readonly Json[], prefix: string): Promise<void> => {
    assert.deepEqual(bare(await read(`${path}?briefRepresentation=false`)), bare(list), path)
    for (const { name: role } of list) {
      const real = String(role).replace('roles-x', 'roles-rol-fresh')
      const made = (await read(`${path}/${real}/composites`)).map((one) => `/${String(one['name'])}>`).sort()
      const expected = (composites.get(`<role:${prefix}${String(role)}>`) ?? []).map((one) => `/${/[^/:]+>$/.exec(one)?.[0]}`).sort()
      assert.deepEqual(made, expected, `${prefix}${String(role)}`)
    }
  }
  await check('/roles', golden.realm, '')
  for (const [clientId, list] of Object.entries(golden.client)) await check(`/clients/${ids[clientId]}/roles`, list, `${clientId}/`)
})

test('roles are found by a piece of their name or description, page by page', async () => {
  assert.deepEqual((await names('/roles')).sort(), [
    'all',
    `default-roles-${name}`,
    'offline_access',
    'reader',
    'uma_authorization',
    'writer',
    'Читач',
  ])
  assert.deepEqual(await names('/roles?search=READ'), ['reader'])
  assert.deepEqual(await names('/roles?search=what%20there'), ['reader'])
  assert.deepEqual(await names('/roles?search=%20ri%20'), ['uma_authorization', 'writer'])
  assert.deepEqual(await names('/roles?search=er&max=1'), ['reader'])
  assert.deepEqual(await names('/roles?search=er&first=1&max=1'), ['writer'])
  assert.deepEqual(await names('/roles?first=1&max=2'), [`default-roles-${name}`, 'offline_access'])
  assert.equal((await names('/roles?first=1')).length, 7)
  assert.equal((await names('/roles?max=1')).length, 7)
  assert.deepEqual(await names('/roles?search=nothing'), [])
  assert.deepEqual(await names(`/clients/${shop}/roles?search=SELL`), ['sell'])
  assert.deepEqual(await call('GET', '/roles?max=x'), [404, { error: 'HTTP 404 Not Found' }])
  assert.deepEqual(await call('GET', '/clients/nope/roles'), [404, { error: 'Could not find client' }])
})

// The reference takes `_` for any character, and the case of other scripts for what it is.
test('search knows the letters of other scripts, and no characters of SQL', { skip: server.onReference }, async () => {
  assert.deepEqual(await names(`/roles?search=${encodeURIComponent('чИТ')}`), ['Читач'])
  assert.deepEqual(await names('/roles?search=%25'), [])
  assert.deepEqual(await names('/roles?search=_'), [`default-roles-${name}`, 'offline_access', 'uma_authorization'])
})

test('attributes are shown when the whole is asked for, and of a single role', async () => {
  const [brief = {}] = await get('/roles?search=reader')
  const { id, containerId, ...rest } = brief
  assert.deepEqual(rest, { name: 'reader', description: 'Reads what there is', composite: false, clientRole: false })
  assert.deepEqual(await get('/roles?search=reader&briefRepresentation=false'), [{ ...brief, attributes: { level: ['1'] } }])
  for (const path of ['/roles/reader', `/roles-by-id/${id}`]) assert.deepEqual(await one(path), { ...brief, attributes: { level: ['1'] } })
  assert.equal(containerId, (await one(''))['id'])
  assert.equal((await one(`/clients/${shop}/roles/buy`))['containerId'], shop)
})

test('a role is made, changed and removed, and each change is told', async () => {
  const given = { name: 'new', description: 'd', attributes: { a: ['1', '2'], b: [] } }
  const { status, headers } = await server.admin('POST', `${base}/roles`, given)
  assert.deepEqual([status, headers['location']], [201, `${server.url}/admin${base}/roles/new`])
  const id = await idOf('/roles/new')
  assert.deepEqual((await one('/roles/new'))['attributes'], { a: ['1', '2'] })
  const told = await eventsOf(server, name, async () => {
    server.clock.advance(1)
    assert.deepEqual(await call('PUT', '/roles/new', { name: 'newer' }), [204, ''])
    server.clock.advance(1)
    assert.deepEqual(await call('PUT', `/roles-by-id/${id}`, { name: 'newest', description: 'e', attributes: {} }), [204, ''])
    server.clock.advance(1)
    assert.deepEqual(await call('DELETE', '/roles/newest'), [204, ''])
    server.clock.advance(1)
    await call('POST', `/clients/${shop}/roles`, { name: 'temp' })
    const temp = await idOf(`/clients/${shop}/roles/temp`)
    server.clock.advance(1)
    assert.deepEqual(await call('DELETE', `/roles-by-id/${temp}`), [204, ''])
  })
  assert.deepEqual(
    told.map(([operation, type, path, body]) => [operation, type, String(path).replace(/[\da-f-]{36}$/, '<id>'), (body as Json)?.['name']]),
    [
      ['UPDATE', 'REALM_ROLE', 'roles/new', 'newer'],
      ['UPDATE', 'REALM_ROLE', 'roles-by-id/<id>', 'newest'],
      ['DELETE', 'REALM_ROLE', 'roles/newest', 'newest'],
      ['CREATE', 'CLIENT_ROLE', `clients/${shop}/roles/temp`, 'temp'],
      ['DELETE', 'CLIENT_ROLE', 'roles-by-id/<id>', undefined],
    ],
  )
})

test('a PUT keeps attributes that it does not name, and no description', async () => {
  await call('POST', '/roles', { name: 'kept', description: 'd', attributes: { a: ['1'] } })
  await call('PUT', '/roles/kept', { name: 'kept', id: 'other', clientRole: true, composite: true, containerId: 'x' })
  const { id: _id, containerId: _container, ...rest } = await one('/roles/kept')
  assert.deepEqual(rest, { name: 'kept', composite: false, clientRole: false, attributes: { a: ['1'] } })
  await call('PUT', '/roles/kept', { name: 'kept', attributes: { b: ['2'], c: [] } })
  assert.deepEqual((await one('/roles/kept'))['attributes'], { b: ['2'] })
  await call('DELETE', '/roles/kept')
})

test('names with special characters are names', async () => {
  const { headers } = await server.admin('POST', `${base}/roles`, { name: 'a b/ü%' })
  assert.equal(headers['location'], `${server.url}/admin${base}/roles/a%20b%2F%C3%BC%25`)
  assert.equal((await one('/roles/a%20b%2F%C3%BC%25'))['name'], 'a b/ü%')
  assert.deepEqual(await call('DELETE', '/roles/a%20b%2F%C3%BC%25'), [204, ''])
})

test('what is wrong is told in the reference’s words', async () => {
  const reader = await idOf('/roles/reader')
  const unknown = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }
  const rows: readonly (readonly [string, string, unknown, number, unknown])[] = [
    ['POST', '/roles', { name: 'reader' }, 409, { errorMessage: 'Role with name reader already exists' }],
    ['POST', `/clients/${shop}/roles`, { name: 'buy' }, 409, { errorMessage: 'Role with name buy already exists' }],
    ['POST', '/roles', {}, 400, { error: 'role has no name' }],
    ['POST', '/roles', undefined, 500, unknown],
    ['POST', '/roles', [], 400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }],
    [
      'POST',
      '/roles',
      { name: 'x', nope: 1 },
      400,
      { error: 'Invalid json representation for RoleRepresentation. Unrecognized field "nope" at line 1 column 21.' },
    ],
    ['PUT', '/roles/reader', { description: 'x' }, 400, { error: 'role has no name' }],
    ['PUT', '/roles/reader', { name: '' }, 400, { error: 'role has no name' }],
    ['PUT', '/roles/reader', { name: 'writer' }, 409, { error: 'conflict', error_description: 'Duplicate resource error' }],
    ['PUT', `/roles-by-id/${reader}`, { name: 'writer' }, 409, { error: 'conflict', error_description: 'Duplicate resource error' }],
    ['GET', '/roles/nope', undefined, 404, { error: 'Could not find role' }],
    ['PUT', '/roles/nope', { name: 'x' }, 404, { error: 'Could not find role' }],
    ['DELETE', '/roles/nope', undefined, 404, { error: 'Could not find role' }],
    ['GET', `/clients/${shop}/roles/nope`, undefined, 404, { error: 'Could not find role' }],
    ['GET', '/roles-by-id/nope', undefined, 404, { error: 'Could not find role with id' }],
    ['DELETE', '/roles-by-id/nope', undefined, 404, { error: 'Could not find role with id' }],
    [
      'DELETE',
      `/roles/default-roles-${name}`,
      undefined,
      400,
      { errorMessage: `default-roles-${name} is default role of the realm and cannot be removed.` },
    ],
    ['GET', '/roles/reader/management/permissions', undefined, 501, { ...unknown, error: 'Feature not enabled' }],
    ['PUT', `/roles-by-id/${reader}/management/permissions`, { enabled: true }, 501, { ...unknown, error: 'Feature not enabled' }],
  ]
  for (const [method, path, body, status, answer] of rows)
    assert.deepEqual(await call(method, path, body), [status, answer], `${method} ${path} ${JSON.stringify(body)}`)
})

test('a role is made with what it is composed of, or not at all', async () => {
  const composites = { realm: ['reader', 'own'], client: { shop: ['buy'], nobody: ['passed over'] } }
  assert.equal((await call('POST', '/roles', { name: 'own', composite: true, composites }))[0], 201)
  assert.deepEqual((await names('/roles/own/composites')).sort(), ['buy', 'own', 'reader'])
  assert.equal((await call('POST', '/roles', { name: 'plain', composites }))[0], 201)
  assert.deepEqual(await get('/roles/plain/composites'), [])
  const wrong = { name: 'wrong', composite: true }
  assert.deepEqual(await call('POST', '/roles', { ...wrong, composites: { realm: ['reader', 'nope'] } }), [
    404,
    { errorMessage: 'Realm Role with name nope does not exist' },
  ])
  assert.deepEqual(await call('POST', '/roles', { ...wrong, composites: { client: { shop: ['nope'] } } }), [
    404,
    { errorMessage: 'Client Role with name nope does not exist' },
  ])
  assert.deepEqual(await call('GET', '/roles/wrong'), [404, { error: 'Could not find role' }])
  for (const made of ['own', 'plain']) await call('DELETE', `/roles/${made}`)
})

test('roles are added to a role and taken out of it', async () => {
  await call('POST', '/roles', { name: 'bag' })
  const [bag, reader, buy] = [await idOf('/roles/bag'), await idOf('/roles/reader'), await idOf(`/clients/${shop}/roles/buy`)]
  const told = await eventsOf(server, name, async () => {
    assert.deepEqual(await call('POST', '/roles/bag/composites', [{ id: reader }, { id: buy, name: 'whatever' }]), [204, ''])
  })
  assert.deepEqual(told, [
    [
      'CREATE',
      'REALM_ROLE',
      'roles/bag/composites',
      [
        { id: reader, composite: false },
        { id: buy, name: 'whatever', composite: false },
      ],
    ],
  ])
  assert.equal((await one('/roles/bag'))['composite'], true)
  assert.deepEqual((await names('/roles/bag/composites')).sort(), ['buy', 'reader'])
  assert.deepEqual(await names('/roles/bag/composites/realm'), ['reader'])
  assert.deepEqual(await names(`/roles/bag/composites/clients/${shop}`), ['buy'])
  assert.deepEqual(await call('GET', '/roles/bag/composites/clients/nope'), [404, { error: 'Could not find client' }])
  const byId = `/roles-by-id/${bag}/composites`
  assert.deepEqual(await names(`${byId}?search=RE`), ['reader'])
  assert.deepEqual([(await names(`${byId}?max=1`)).length, (await names(`${byId}?first=1`)).length], [1, 1])
  assert.deepEqual([await names(`${byId}/realm`), await names(`${byId}/clients/${shop}`)], [['reader'], ['buy']])
  for (const method of ['POST', 'DELETE'])
    assert.deepEqual(await call(method, byId, [{ id: reader }, { id: 'nope' }]), [404, { error: 'Could not find composite role' }])
  assert.deepEqual(await call('POST', byId, [{ name: 'writer' }]), [404, { error: 'Could not find composite role' }])
  for (let twice = 0; twice < 2; twice++) assert.deepEqual(await call('DELETE', byId, [{ id: reader }]), [204, ''])
  assert.deepEqual(await names(byId), ['buy'])
  assert.deepEqual(await call('POST', `/clients/${shop}/roles/buy/composites`, [{ id: bag }]), [204, ''])
  assert.deepEqual(await names(`/clients/${shop}/roles/buy/composites/realm`), ['bag'])
  await call('DELETE', '/roles/bag')
  assert.deepEqual(await get(`/clients/${shop}/roles/buy/composites`), [])
})

test('the roles of the client that stands for the administration stay as they are', async () => {
  const management = (await clientIds(server, name))['realm-management']
  const roles = `/clients/${management}/roles`
  const admin = await idOf(`${roles}/realm-admin`)
  const reader = await idOf('/roles/reader')
  const rows: readonly (readonly [string, string, unknown])[] = [
    ['POST', roles, { name: 'extra' }],
    ['PUT', `${roles}/view-users`, { name: 'view-users' }],
    ['DELETE', `${roles}/realm-admin`, undefined],
    ['POST', `${roles}/view-users/composites`, [{ id: reader }]],
    ['DELETE', `${roles}/view-users/composites`, [{ id: reader }]],
    ['PUT', `/roles-by-id/${admin}`, { name: 'realm-admin' }],
    ['DELETE', `/roles-by-id/${admin}`, undefined],
    ['POST', `/roles-by-id/${admin}/composites`, [{ id: reader }]],
  ]
  for (const [method, path, body] of rows) assert.equal((await call(method, path, body))[0], 403, `${method} ${path}`)
})

test('the users and groups of a role are those to which it is mapped', async () => {
  const users = async (query: string): Promise<unknown[]> => (await get(`/roles/reader/users${query}`)).map((user) => user['username'])
  assert.deepEqual(await users(''), ['andriy', 'maria', 'olena'])
  assert.deepEqual([await users('?first=1&max=1'), await users('?max=0'), await users('?first=2')], [['maria'], [], ['olena']])
  const [brief = {}] = await get('/roles/reader/users?briefRepresentation=true&max=1')
  assert.deepEqual([brief['username'], 'totp' in brief, 'access' in brief], ['andriy', false, false])
  const [full = {}] = await get('/roles/reader/users?max=1')
  assert.equal(full['totp'], false)
  const groups = await get('/roles/reader/groups')
  assert.deepEqual(
    groups.map(({ id: _id, parentId, ...group }) => [group, typeof parentId]),
    [
      [{ name: 'night', path: '/staff/night', subGroups: [] }, 'string'],
      [{ name: 'staff', path: '/staff', subGroups: [] }, 'undefined'],
    ],
  )
  const [whole = {}] = await get(`/clients/${shop}/roles/buy/groups?briefRepresentation=false`)
  assert.deepEqual(
    [whole['name'], whole['attributes'], whole['realmRoles'], whole['clientRoles']],
    ['night', {}, ['reader'], { shop: ['buy'] }],
  )
  assert.deepEqual(await get(`/clients/${shop}/roles/sell/users`), [])
  for (const kind of ['users', 'groups'])
    assert.deepEqual(await call('GET', `/roles/nope/${kind}`), [404, { error: 'Could not find role' }])
})

test('a page costs the same statements whatever it holds', { skip: server.onReference }, async () => {
  const cost = async (path: string): Promise<string[]> =>
    (await server.statements(() => get(path))).filter((statement) => !/^(?:session|admin|single-use)|user.find/.test(statement)).sort()
  await get('/roles')
  assert.deepEqual(await cost('/roles?search=r&max=1'), ['role.composite-parents', 'role.search-of'])
  assert.deepEqual(await cost('/roles?search=r&max=4'), await cost('/roles?search=r&max=1'))
  assert.deepEqual(await cost('/roles/reader/users?max=3'), await cost('/roles/reader/users?max=1'))
  assert.deepEqual(await cost('/roles/reader/groups?max=2'), ['group.with-ancestors', 'group.with-role', 'role.find'])
})
