import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds, recorded } from './administrators.ts'

const name = 'rlm-console'
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      displayName: 'Zed of the console',
      roles: {
        realm: [{ name: 'team', composites: { realm: ['offline_access'], client: { 'realm-management': ['view-users'] } } }],
        client: { shop: [{ name: 'buyer', description: 'Buys' }, { name: 'seller' }] },
      },
      clients: [
        { clientId: 'shop', publicClient: false, secret: 'shop-secret-1', directAccessGrantsEnabled: true, fullScopeAllowed: false },
        { clientId: 'other' },
      ],
      groups: [{ name: 'parent', clientRoles: { shop: ['buyer'] }, subGroups: [{ name: 'child' }] }],
      users: [
        administrator('boss', ['realm-admin']),
        administrator('clerk', ['manage-users']),
        administrator('viewer', ['view-realm']),
        administrator('looker', ['view-users']),
        administrator('querier', ['query-users']),
        administrator('nobody', []),
        administrator('teamer', [], { realmRoles: ['team'] }),
        administrator('member', [], {
          groups: ['/parent/child'],
          realmRoles: [`default-roles-${name}`],
          clientRoles: { shop: ['seller'] },
        }),
      ],
    },
  ],
})
const path = `/realms/${name}`
const ui = `${path}/ui-ext`
const as = async (username: string) => callerOf(server, await bearerOf(server, name, username))
const list = async (place: string): Promise<Json[]> => (await server.admin('GET', `${ui}/${place}`)).json as unknown as Json[]
const idOf = async (place: string, key: string, value: string): Promise<string> =>
  String(((await server.admin('GET', `${path}/${place}`)).json as unknown as Json[]).find((one) => one[key] === value)?.['id'])
const userId = (username: string): Promise<string> => idOf(`users?username=${username}`, 'username', username)
const names = (rows: readonly Json[]): string[] => rows.map(({ client, role, name: own }) => `${client ?? ''}/${role ?? own}`)
const effectiveRole = async (roleName: string): Promise<Json> =>
  (await list(`effective-roles-all/users/${await userId('teamer')}`)).find((row) => row['name'] === roleName) ?? {}
const roleId = async (roleName: string): Promise<string> => String((await effectiveRole(roleName))['id'])

test('roles that a user may still get are those of clients that he does not have himself', async () => {
  const id = await userId('member')
  const free = await list(`available-roles/users/${id}?first=0&max=100`)
  assert.ok(names(free).includes('shop/buyer'))
  assert.ok(!names(free).includes('shop/seller'))
  assert.deepEqual(names(free), [...names(free)].sort())
  const [found = {}] = await list(`available-roles/users/${id}?search=BUYER`)
  const { shop } = await clientIds(server, name)
  assert.deepEqual(found, { id: found['id'], role: 'buyer', client: 'shop', clientId: shop, description: 'Buys' })
  assert.equal((await list(`available-roles/users/${id}`)).length, 10)
  assert.deepEqual(names(await list(`available-roles/users/${id}?first=1&max=2`)), names(free).slice(1, 3))
  const unknown = await server.admin('GET', `${ui}/available-roles/users/nope`)
  assert.deepEqual([unknown.status, unknown.json], [404, { error: 'User not found' }])
})

test('who could give no role is offered none', async () => {
  const id = await userId('member')
  for (const username of ['viewer', 'looker', 'nobody'])
    assert.deepEqual((await (await as(username))('GET', `${ui}/available-roles/users/${id}`)).json, [], username)
  const rows = (await (await as('clerk'))('GET', `${ui}/available-roles/users/${id}?max=100`)).json as unknown as Json[]
  assert.ok(names(rows).includes('realm-management/manage-users'))
})

test('effective roles come from groups, their parents and composites', async () => {
  const id = await userId('member')
  assert.deepEqual(
    names(await list(`effective-roles/users/${id}`)).filter((role) => role.startsWith('shop')),
    ['shop/buyer', 'shop/seller'],
  )
  const all = names(await list(`effective-roles-all/users/${id}`))
  assert.deepEqual(all.slice(0, 3), [`/default-roles-${name}`, '/offline_access', '/uma_authorization'])
  assert.equal((await effectiveRole('offline_access'))['clientRole'], false)
  const child = await roleId('team')
  assert.deepEqual(names(await list(`effective-roles-all/roles/${child}`)), [
    '/offline_access',
    '/team',
    'realm-management/query-groups',
    'realm-management/query-users',
    'realm-management/view-users',
  ])
  for (const kind of ['clients', 'groups', 'clientScopes'])
    assert.equal((await server.admin('GET', `${ui}/effective-roles/${kind}/nope`)).status, 404)
  assert.equal((await (await as('viewer'))('GET', `${ui}/effective-roles/users/${id}`)).status, 403)
})

test('what a role is composed of is listed by client', async () => {
  const id = await roleId('team')
  const { realmMappings, clientMappings } = (await server.admin('GET', `${ui}/role-mappings/roles/${id}`)).json
  assert.deepEqual(
    (realmMappings as Json[]).map((role) => role['name']),
    ['offline_access'],
  )
  const management = (clientMappings as Record<string, { client: string; mappings: Json[] }>)['realm-management']
  assert.equal(management?.client, 'realm-management')
  const [role = {}] = management?.mappings ?? []
  assert.deepEqual(
    [role['name'], role['composite'], role['clientRole'], role['containerId']],
    ['view-users', true, true, 'realm-management'],
  )
  const plain = await roleId('offline_access')
  assert.deepEqual((await server.admin('GET', `${ui}/role-mappings/roles/${plain}`)).json, recordedBody('role-mappings/roles/{id}'))
})

const recordedBody = (key: string): unknown => (recorded('ui-ext') as Record<string, { body: unknown }>)[key]?.body

test('roles of several containers are taken away at once, rights only by those who have them', async () => {
  const id = await userId('member')
  const role = async (wanted: string): Promise<Json> => {
    const row = (await list(`effective-roles-all/users/${id}`)).find((one) => one['name'] === wanted) ?? {}
    return { roleId: row['id'], roleName: wanted, ...(row['clientId'] ? { clientId: row['clientId'] } : {}) }
  }
  const body = [await role('seller'), await role(`default-roles-${name}`)]
  assert.equal((await (await as('looker'))('POST', `${ui}/role-mapping-delete/users/${id}`, body)).status, 403)
  assert.equal((await server.admin('POST', `${ui}/role-mapping-delete/users/${id}`, body)).status, 204)
  assert.deepEqual(names(await list(`effective-roles-all/users/${id}`)), ['shop/buyer'])
  const boss = await userId('boss')
  const rights = (await list(`effective-roles-all/users/${boss}`)).filter((row) => row['name'] === 'realm-admin')
  const right = rights.map((row) => ({ roleId: row['id'], roleName: row['name'], clientId: row['clientId'] }))
  assert.equal((await (await as('clerk'))('POST', `${ui}/role-mapping-delete/users/${boss}`, right)).status, 403)
  const wrong = await server.admin('POST', `${ui}/role-mapping-delete/users/${id}`, [{ id: 'x' }])
  assert.deepEqual(
    [wrong.status, wrong.json],
    [400, { error: 'Invalid json representation for RoleDeleteRequest. Unrecognized field "id" at line 1 column 9.' }],
  )
})

test('flows are listed with what uses them', async () => {
  const flows = await list('authentication-management/flows')
  const plain = (rows: unknown): unknown => (rows as Json[]).map(({ id: _id, ...flow }) => flow)
  assert.deepEqual(plain(flows.slice(0, 3)), plain(recordedBody('authentication-management/flows')))
  assert.deepEqual(
    flows.map(({ alias }) => alias),
    ['browser', 'direct grant', 'registration', 'reset credentials', 'clients', 'first broker login', 'docker auth'],
  )
  const browser = String(flows[0]?.['id'])
  assert.deepEqual(await list(`authentication-management/clients/${browser}?first=0&max=5&search=`), [])
  assert.deepEqual(await list(`authentication-management/idp/${browser}`), [])
  assert.equal((await (await as('looker'))('GET', `${ui}/authentication-management/flows`)).status, 403)
})

test('required actions say whether they can be configured', async () => {
  const actions = await list('authentication-management/required-actions')
  assert.deepEqual(actions.slice(0, 3), recordedBody('authentication-management/required-actions'))
  assert.deepEqual(
    actions.filter((action) => action['configurable'] === false).map((action) => action['alias']),
    ['delete_account'],
  )
})

test('sessions are found by user, address and client, online and offline', async () => {
  const form = {
    grant_type: 'password',
    client_id: 'shop',
    client_secret: 'shop-secret-1',
    username: 'member',
    password: 'correct-horse-1',
  }
  const { status } = await server.realm(name).token({ ...form, scope: 'openid offline_access' })
  if (status !== 200) await server.realm(name).token({ ...form, scope: 'openid' })
  await bearerOf(server, name, 'looker')
  const found = await list('sessions?type=ALL&first=0&max=10&search=looker')
  assert.ok(found.length > 0)
  const [session = {}] = found
  assert.deepEqual(
    [session['username'], session['ipAddress'], session['type'], session['transientUser']],
    ['looker', '127.0.0.1', 'REGULAR', false],
  )
  assert.deepEqual(Object.values(session['clients'] as Json), ['admin-cli'])
  assert.deepEqual(await list('sessions?type=ALL&search=no-such-user'), [])
  const { 'admin-cli': cli } = await clientIds(server, name)
  assert.ok((await list(`sessions/client?type=REGULAR&first=0&max=1&clientId=${cli}`)).length === 1)
  assert.equal((await server.admin('GET', `${ui}/sessions?type=ZZ`)).status, 404)
  assert.equal((await (await as('looker'))('GET', `${ui}/sessions`)).status, 403)
  assert.equal((await (await as('viewer'))('GET', `${ui}/sessions/client?clientId=${cli}`)).status, 403)
})

test('users come with their failed logins', async () => {
  const [user = {}] = await list('brute-force-user?first=0&max=1&username=looker')
  assert.equal(user['username'], 'looker')
  assert.deepEqual(user['bruteForceStatus'], { numFailures: 0, disabled: false, lastIPFailure: 'n/a', lastFailure: 0 })
  assert.deepEqual((await (await as('querier'))('GET', `${ui}/brute-force-user`)).json, [])
  assert.equal((await (await as('viewer'))('GET', `${ui}/brute-force-user`)).status, 403)
})

test('everybody sees the names of the realms that he administers, and no others', async () => {
  const [found = {}] = await list('realms/names?first=0&max=1&search=ZED')
  assert.deepEqual(found, { name, displayName: 'Zed of the console' })
  assert.deepEqual((await (await as('viewer'))('GET', `${ui}/realms/names`)).json, [found])
  assert.deepEqual((await (await as('nobody'))('GET', `${ui}/realms/names?search=`)).json, [])
  assert.deepEqual(await list('realms/names?max=0'), [])
})

test('the console is told of event listeners and of user storage', async () => {
  assert.deepEqual(await list('available-event-listeners'), recordedBody('available-event-listeners'))
  assert.deepEqual((await server.admin('GET', `${ui}/info`)).json, recordedBody('info'))
  assert.equal((await (await as('viewer'))('GET', `${ui}/available-event-listeners`)).status, 403)
  assert.equal((await (await as('nobody'))('GET', `${ui}/info`)).status, 403)
})

test('a realm is changed by the console as by PUT of the realm', async () => {
  assert.equal((await server.admin('PUT', ui, { displayName: 'By the console' })).status, 204)
  assert.equal((await server.admin('GET', path)).json['displayName'], 'By the console')
  const attributes = [{ name: 'username' }, { name: 'email' }, { name: 'nickname', displayName: 'Nickname' }]
  assert.equal((await server.admin('PUT', ui, { displayName: 'With a profile', upConfig: { attributes } })).status, 204)
  assert.equal((await server.admin('GET', path)).json['displayName'], 'With a profile')
  const profile = (await server.admin('GET', `${path}/users/profile`)).json
  assert.deepEqual(
    (profile['attributes'] as Json[]).map((attribute) => attribute['name']),
    ['username', 'email', 'nickname'],
  )
  const bad = await server.admin('PUT', ui, { displayName: 'Not kept', upConfig: { attributes: [{ name: 'email' }] } })
  assert.deepEqual([bad.status, bad.json], [400, { errorMessage: "[The attribute 'username' can not be removed]" }])
  assert.equal((await server.admin('GET', path)).json['displayName'], 'With a profile')
  const odd = await server.admin('PUT', ui, { bogus: 1 })
  assert.deepEqual(
    [odd.status, odd.json],
    [400, { error: 'Invalid json representation for UIRealmRepresentation. Unrecognized field "bogus" at line 1 column 11.' }],
  )
  assert.equal((await (await as('viewer'))('PUT', ui, {})).status, 403)
})

test('lists cost the same statements whatever they hold', { skip: server.onReference }, async () => {
  const id = await userId('member')
  for (const place of [`available-roles/users/${id}`, 'sessions?type=ALL', 'brute-force-user?briefRepresentation=true']) {
    const separator = place.includes('?') ? '&' : '?'
    const cost = async (max: number): Promise<string[]> =>
      (await server.statements(() => list(`${place}${separator}max=${max}`)))
        .filter((each) => /console|role|login-failure|user\./.test(each))
        .sort()
    await list(place)
    assert.deepEqual(await cost(1), await cost(7), place)
  }
})
