import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { modulo } from './administrators.ts'
import { authorizationRealm, listOf, names, resourceServerOf } from './authorization.ts'

const realm = 'atz-policies'
const server = await serverOfFile({ realms: [authorizationRealm(realm)] })
const { call } = await resourceServerOf(server, realm)
await call('POST', '/resource', { name: 'report', type: 'urn:doc', scopes: [{ name: 'view' }, { name: 'edit' }] })
await call('POST', '/resource', { name: 'note', type: 'urn:doc', scopes: [{ name: 'view' }] })

const idOf = async (name: string): Promise<string> =>
  String((await call('GET', `/policy/search?name=${encodeURIComponent(name)}`)).json['id'])

/** Makes a policy of a type and returns what is stored of it: typed, and as a map of texts. */
async function made(kind: string, type: string, given: Json): Promise<{ echo: Json; typed: Json; config: unknown }> {
  const { status, json: echo } = await call('POST', `/${kind}/${type}`, given)
  assert.equal(status, 201, JSON.stringify(echo))
  const typed = (await call('GET', `/${kind}/${type}/${echo['id']}`)).json
  return { echo, typed, config: (await call('GET', `/policy/${echo['id']}`)).json['config'] }
}

const common = (name: string, type: string): Json => ({ id: '~', name, type, logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS' })

test('each type of policies stores ids, and prints its own members', async () => {
  const rows: readonly (readonly [type: string, given: Json, typed: Json, config: Json])[] = [
    [
      'role',
      { roles: [{ id: 'editor', required: true }], fetchRoles: true },
      { roles: [{ id: '~', required: true }], fetchRoles: true },
      { fetchRoles: 'true', roles: '[{"id":"~","required":true}]' },
    ],
    ['user', { users: ['alice'] }, { users: ['~'] }, { users: '["~"]' }],
    [
      'group',
      { groupsClaim: 'groups', groups: [{ path: '/staff/night', extendChildren: true }] },
      { groupsClaim: 'groups', groups: [{ id: '~', extendChildren: true }] },
      { groups: '[{"id":"~","extendChildren":true}]', groupsClaim: 'groups' },
    ],
    ['client', { clients: ['plain'] }, { clients: ['~'] }, { clients: '["~"]' }],
    [
      'client-scope',
      { clientScopes: [{ id: 'email', required: true }] },
      { clientScopes: [{ id: '~', required: true }] },
      { clientScopes: '[{"id":"~","required":true}]' },
    ],
    [
      'time',
      { notBefore: '2020-01-01 00:00:00', hour: '8', hourEnd: '18' },
      { notBefore: '2020-01-01 00:00:00', hour: '8', hourEnd: '18' },
      { nbf: '2020-01-01 00:00:00', hour: '8', hourEnd: '18' },
    ],
    [
      'regex',
      { targetClaim: 'email', pattern: '.*@x' },
      { targetClaim: 'email', pattern: '.*@x', targetContextAttributes: false },
      { targetContextAttributes: 'false', pattern: '.*@x', targetClaim: 'email' },
    ],
  ]
  for (const [type, given, typed, config] of rows) {
    const stored = await made('policy', type, { name: `a ${type}`, ...given })
    assert.deepEqual(modulo(stored.typed), { ...common(`a ${type}`, type), ...typed }, type)
    assert.deepEqual(modulo(stored.config), config, type)
  }
})

test('a policy of policies, and permissions, tell their parts by paths of their own', async () => {
  const aggregate = await made('policy', 'aggregate', {
    name: 'both',
    policies: ['a role', await idOf('a user')],
    decisionStrategy: 'AFFIRMATIVE',
  })
  const id = String(aggregate.echo['id'])
  assert.deepEqual(aggregate.echo['policies'], [await idOf('a role'), await idOf('a user')])
  assert.deepEqual(names(await call('GET', `/policy/${id}/associatedPolicies`)), ['a role', 'a user'])
  assert.deepEqual(names(await call('GET', `/policy/${await idOf('a user')}/dependentPolicies`)), ['both'])
  const onResource = await made('permission', 'resource', { name: 'on report', resources: ['report'], policies: ['both'] })
  assert.deepEqual(modulo(onResource.echo), { ...common('on report', 'resource'), policies: ['~'], resources: ['~'] })
  assert.deepEqual(names(await call('GET', `/permission/resource/${onResource.echo['id']}/resources`)), ['report'])
  const onType = await made('permission', 'resource', { name: 'on docs', resourceType: 'urn:doc', policies: ['both'] })
  assert.deepEqual([onType.typed['resourceType'], onType.config], ['urn:doc', { defaultResourceType: 'urn:doc' }])
  const onScope = await made('permission', 'scope', { name: 'on view', scopes: ['view'], policies: ['both'] })
  assert.deepEqual(names(await call('GET', `/policy/${onScope.echo['id']}/scopes`)), ['view'])
  const report = (await call('GET', '/resource/search?name=report')).json['_id']
  assert.deepEqual(names(await call('GET', `/resource/${report}/permissions`)).toSorted(), ['on report', 'on view'])
  const view = (await call('GET', '/scope/search?name=view')).json['id']
  assert.deepEqual(names(await call('GET', `/scope/${view}/permissions`)), ['on view'])
  assert.deepEqual(names(await call('GET', `/scope/${view}/resources`)).toSorted(), ['note', 'report'])
})

test('policies are searched by every parameter', async () => {
  const found = async (query: string, kind = 'policy'): Promise<unknown[]> => names(await call('GET', `/${kind}?${query}`))
  assert.deepEqual(await found('', 'permission'), ['on docs', 'on report', 'on view'])
  assert.deepEqual(await found('permission=true'), ['on docs', 'on report', 'on view'])
  assert.deepEqual(await found('permission=false&max=3'), ['a client', 'a client-scope', 'a group'])
  assert.deepEqual(await found('type=scope'), ['a client-scope', 'on view'])
  assert.deepEqual(await found('name=A%20US'), ['a user'])
  assert.deepEqual(await found('resource=report'), ['on report'])
  assert.deepEqual(await found('scope=view'), ['on view'])
  assert.deepEqual(await found('resourceType=doc'), ['on docs'])
  assert.deepEqual(await found(`policyId=${await idOf('both')}`), ['both'])
  assert.deepEqual(await found('owner=alice'), [])
  assert.equal((await call('GET', '/policy?resource=nope')).status, 204)
  assert.equal((await call('GET', '/policy?scope=nope')).status, 204)
  assert.deepEqual(names(await call('GET', '/permission/scope')), ['on view'])
  assert.deepEqual(names(await call('GET', '/policy/role')), ['a role'])
  assert.deepEqual(names(await call('GET', '/permission/role')), [])
  assert.equal((await call('GET', '/policy/search')).status, 400)
  assert.equal((await call('GET', '/policy/search?name=nope')).status, 204)
  for (const path of ['/policy/role/search', '/policy/user/search', '/permission/scope/search', '/permission/resource/search']) {
    const named = await call('GET', `${path}?name=both`)
    assert.deepEqual([named.status, named.json['name'], named.json['type']], [200, 'both', 'aggregate'], path)
    assert.deepEqual([(await call('GET', path)).status, (await call('GET', `${path}?name=nope`)).status], [400, 204], path)
  }
})

test('all fields of a permission have its resources and scopes', async () => {
  const [permission = {}] = listOf(await call('GET', '/permission?fields=*&name=on%20report'))
  const [resource = {}] = permission['resourcesData'] as Json[]
  assert.deepEqual([permission['resources'], permission['scopes'], resource['name']], [[resource['_id']], [], 'report'])
})

test('a policy is made from a map of texts too', async () => {
  const given = { name: 'generic', type: 'user', config: { users: '["bob"]' } }
  const { status, json } = await call('POST', '/policy', given)
  assert.deepEqual([status, json['config']], [201, given.config])
  const stored = (await call('GET', `/policy/user/${json['id']}`)).json
  assert.equal((stored['users'] as unknown[]).length, 1)
  const put = await call('PUT', `/policy/${json['id']}`, { name: 'generic 2', type: 'user', config: { users: '["alice"]' } })
  assert.deepEqual([put.status, put.text], [201, ''])
  assert.equal((await call('GET', `/policy/${json['id']}`)).json['name'], 'generic 2')
  assert.equal((await call('DELETE', `/policy/${json['id']}`)).status, 204)
  assert.equal((await call('GET', `/policy/${json['id']}`)).status, 404)
})

test('a PUT keeps lists that it does not have and empties those that are empty', async () => {
  const { echo } = await made('permission', 'scope', { name: 'changed', scopes: ['edit'], policies: ['a user'], description: 'D' })
  const path = `/permission/scope/${echo['id']}`
  assert.equal((await call('PUT', path, { name: 'changed', decisionStrategy: 'CONSENSUS' })).status, 201)
  assert.deepEqual(names(await call('GET', `${path}/scopes`)), ['edit'])
  const { json } = await call('GET', path)
  assert.deepEqual([json['description'], json['decisionStrategy']], [undefined, 'CONSENSUS'])
  await call('PUT', path, { name: 'changed', scopes: [], policies: [] })
  assert.deepEqual(names(await call('GET', `${path}/scopes`)), [])
  assert.equal((await call('DELETE', path)).status, 204)
})

test('names are taken once, and what is wrong with a body is told as the reference tells it', async () => {
  const twice = await call('POST', '/policy/role', { name: 'a role', roles: [{ id: 'editor' }] })
  assert.deepEqual(
    [twice.status, twice.json],
    [409, { error: 'Policy with name [a role] already exists', error_description: 'Conflicting policy' }],
  )
  const double = await call('POST', '/policy/role', { name: 'double', roles: [{ id: 'editor' }, { id: 'editor', required: true }] })
  assert.deepEqual([double.status, double.json], [400, { error: "Role can't be specified multiple times - editor" }])
  assert.equal((await call('POST', '/policy/role', { roles: [] })).status, 409)
  assert.equal((await call('PUT', `/policy/user/${await idOf('a user')}`, { name: 'a role', users: ['alice'] })).status, 409)
  const unknown = await call('POST', '/policy/role', { name: 'z', nope: 1 })
  assert.deepEqual([unknown.status, unknown.json], [500, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }])
  for (const type of ['js', 'nope']) assert.equal((await call('POST', `/policy/${type}`, { name: 'x' })).status, 404)
  assert.deepEqual((await call('POST', '/permission/scope', { name: 's', scopes: ['nope'] })).json, { error: 'unknown_error' })
})

// The reference fails over these with a 500.
test('a reference to nothing is refused, and nothing is stored', { skip: server.onReference }, async () => {
  const rows: readonly (readonly [kind: string, type: string, given: Json])[] = [
    ['policy', 'user', { users: ['nobody'] }],
    ['policy', 'client', { clients: ['nobody'] }],
    ['policy', 'client-scope', { clientScopes: [{ id: 'nothing' }] }],
    ['policy', 'aggregate', { policies: ['nothing'] }],
    ['permission', 'resource', { resources: ['nothing'] }],
  ]
  for (const [kind, type, given] of rows) {
    const { status } = await call('POST', `/${kind}/${type}`, { name: 'refused', ...given })
    assert.deepEqual([status, (await call('GET', '/policy/search?name=refused')).status], [400, 204], type)
  }
})

test('a policy cannot consist of itself', { skip: server.onReference }, async () => {
  const { echo } = await made('policy', 'aggregate', { name: 'outer', policies: ['a user'] })
  const { echo: inner } = await made('policy', 'aggregate', { name: 'inner', policies: ['outer'] })
  const { status } = await call('PUT', `/policy/aggregate/${echo['id']}`, { name: 'outer', policies: [inner['id']] })
  assert.equal(status, 400)
})

test('what a policy is made of takes it along when it goes', async () => {
  await made('policy', 'user', { name: 'going', users: ['bob'] })
  await made('permission', 'scope', { name: 'only going', scopes: ['edit'], policies: ['going'] })
  await made('policy', 'aggregate', { name: 'going and more', policies: ['going', 'a user'] })
  await call('DELETE', `/policy/${await idOf('going')}`)
  assert.equal((await call('GET', '/policy/search?name=only%20going')).status, 204)
  assert.deepEqual(names(await call('GET', `/policy/${await idOf('going and more')}/associatedPolicies`)), ['a user'])
  const { json } = await call('POST', '/resource', { name: 'short-lived' })
  await made('permission', 'resource', { name: 'on short-lived', resources: [json['_id']], policies: ['a user'] })
  await call('DELETE', `/resource/${json['_id']}`)
  assert.equal((await call('GET', '/policy/search?name=on%20short-lived')).status, 204)
})

test('the types of policies are told in the reference order', async () => {
  const types = ['regex', 'role', 'resource', 'scope', 'client', 'time', 'user', 'client-scope', 'group', 'aggregate']
  for (const kind of ['policy', 'permission']) {
    const list = listOf(await call('GET', `/${kind}/providers`))
    assert.deepEqual(
      list.map(({ type }) => type),
      types,
    )
    assert.deepEqual(list[1], { type: 'role', name: 'Role', group: 'Identity Based' })
  }
})

test('lists run the same statements however long they are', { skip: server.onReference }, async () => {
  const statements = async (below: string): Promise<number> => (await server.statements(() => call('GET', below))).length
  const lists = ['/policy', '/permission?fields=*', '/policy/role', '/settings']
  const count = async (): Promise<number[]> => {
    const counts: number[] = []
    for (const below of lists) counts.push(await statements(below))
    return counts
  }
  const before = await count()
  for (let i = 0; i < 10; i++) {
    await call('POST', '/policy/role', { name: `many ${i}`, roles: [{ id: 'reader' }] })
    await call('POST', '/permission/resource', { name: `many on ${i}`, resources: ['report', 'note'], policies: [`many ${i}`] })
  }
  assert.deepEqual(await count(), before)
  assert.ok(Math.max(...before) <= 20, String(before))
})
