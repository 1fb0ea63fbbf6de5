import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const name = 'trf-import'
const open = { enabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: true }
const server = await serverOfFile({
  realms: [
    { realm: name, ...open },
    { realm: 'trf-rights', ...open, users: [administrator('keeper', ['manage-realm']), administrator('seer', ['view-realm'])] },
  ],
})

const send = (json: unknown) => server.admin('POST', `/realms/${name}/partialImport`, json)

/** The results as texts in one order: the reference has none. */
const told = ({ json }: { json: Json }): string[] =>
  (json['results'] as Json[]).map((result) => `${result['action']} ${result['resourceType']} ${result['resourceName']}`).sort()

const provider = {
  alias: 'idp1',
  providerId: 'oidc',
  config: { clientId: 'a', clientSecret: 'secret-of-idp', tokenUrl: 'https://a/t', authorizationUrl: 'https://a/a' },
}
const everything = {
  users: [
    { username: 'Anna', email: 'Anna@Example.com', enabled: true, realmRoles: ['r1'], groups: ['/g1'], clientRoles: { c1: ['cr1'] } },
  ],
  clients: [{ clientId: 'c1', secret: 'secret-of-c1', serviceAccountsEnabled: true }],
  groups: [{ name: 'g1', path: '/g1', subGroups: [{ name: 's1' }], realmRoles: ['r1'] }],
  identityProviders: [provider],
  identityProviderMappers: [
    { name: 'm1', identityProviderAlias: 'idp1', identityProviderMapper: 'oidc-hardcoded-role-idp-mapper', config: { role: 'r1' } },
  ],
  roles: { realm: [{ name: 'r1' }], client: { c1: [{ name: 'cr1' }] } },
}
const all = ['CLIENT c1', 'CLIENT_ROLE c1-->cr1', 'GROUP g1', 'IDP idp1', 'IDP_MAPPER m1', 'REALM_ROLE r1', 'USER Anna']

test('nothing is brought by an empty import, and unknown members of it are passed over', async () => {
  for (const body of [{}, { nope: 1 }, { users: null, roles: { realm: null } }]) {
    const { status, json } = await send(body)
    assert.deepEqual([status, json], [200, { overwritten: 0, added: 0, skipped: 0, results: [] }])
  }
})

test('what is no partial import is an internal error', async () => {
  for (const body of [[], { ifResourceExists: 'NOPE' }, { ifResourceExists: 'skip' }, { users: [{ nope: 1 }] }]) {
    const { status, json } = await send(body)
    assert.deepEqual([status, json], [500, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }], JSON.stringify(body))
  }
})

test('everything comes in one import and is told one by one', async () => {
  const answer = await send({ ifResourceExists: 'FAIL', ...everything })
  assert.equal(answer.status, 200, answer.text)
  assert.deepEqual([answer.json['added'], answer.json['skipped'], answer.json['overwritten']], [7, 0, 0])
  assert.deepEqual(
    told(answer),
    all.map((what) => `ADDED ${what}`),
  )
  const ids = new Map((answer.json['results'] as Json[]).map((result) => [result['resourceType'], result['id']]))
  assert.equal(ids.get('CLIENT_ROLE'), ids.get('CLIENT'))
  const user = (await server.admin('GET', `/realms/${name}/users/${ids.get('USER')}`)).json
  assert.deepEqual([user['username'], user['email']], ['anna', 'anna@example.com'])
  const mappings = (await server.admin('GET', `/realms/${name}/users/${ids.get('USER')}/role-mappings`)).json
  assert.deepEqual(
    (mappings['realmMappings'] as Json[]).map((role) => role['name']),
    ['r1'],
  )
  const client = (await server.admin('GET', `/realms/${name}/clients/${ids.get('CLIENT')}`)).json
  assert.deepEqual([client['secret'], client['attributes']], ['secret-of-c1', { realm_client: 'false' }])
  assert.equal((await server.admin('GET', `/realms/${name}/clients/${ids.get('CLIENT')}/service-account-user`)).status, 200)
})

test('each thing is reported as a change of the realm, without its secrets', async () => {
  const events = (await server.admin('GET', `/realms/${name}/admin-events`)).json as unknown as Json[]
  const made = events.filter((event) => event['resourceType'] === 'REALM').map((event) => event as Record<string, string>)
  const paths = made.map((event) => `${event['operationType']} ${event['resourcePath']?.replace(/[^/]*$/, '*')}`).sort()
  assert.deepEqual(
    paths,
    ['clients', 'clients', 'groups', 'identity-provider-settings', 'mappers', 'realms', 'users'].map((path) => `CREATE ${path}/*`),
  )
  const texts = made.map((event) => event['representation'] ?? '')
  assert.ok(texts.every((text) => !text.includes('secret-of')))
  const group = texts.find((text) => text.includes('"path":"/g1"'))
  assert.equal(group, '{"name":"g1","path":"/g1","subGroups":[{"name":"s1","subGroups":[]}],"realmRoles":["r1"]}')
  assert.ok(texts.some((text) => /^\{"id":"[^"]+","name":"r1","composite":false\}$/.test(text)))
  assert.ok(texts.some((text) => /^\{"id":"[^"]+","clientId":"c1","secret":"\*{10}","serviceAccountsEnabled":true\}$/.test(text)))
})

test('the first thing that exists ends an import that must not meet any, in words of its own', async () => {
  const { users, clients, groups, identityProviders, identityProviderMappers, roles } = everything
  const cases: readonly (readonly [object, string])[] = [
    [everything, "Client id 'c1' already exists"],
    [{ clients }, "Client id 'c1' already exists"],
    [{ roles }, "Realm role 'r1' already exists."],
    [{ roles: { client: roles.client } }, "Client role 'cr1' for client 'c1' already exists."],
    [{ identityProviders }, "Identity Provider 'idp1' already exists."],
    [{ identityProviderMappers }, "Identity Provider Mapper'm1' already exists."],
    [{ groups }, "Group '/g1' already exists"],
    [{ groups: [{ name: 's1', path: '/g1/s1' }] }, "Group '/g1/s1' already exists"],
    [{ users }, 'User with user name Anna already exists.'],
    [{ users: [{ username: 'other', email: 'anna@example.com' }] }, 'User with user name other already exists.'],
  ]
  for (const [body, errorMessage] of cases) {
    const { status, json } = await send(body)
    assert.deepEqual([status, json], [409, { errorMessage }])
  }
})

test('what exists is left alone by an import that skips', async () => {
  const answer = await send({ ifResourceExists: 'SKIP', ...everything })
  assert.deepEqual([answer.json['added'], answer.json['skipped'], answer.json['overwritten']], [0, 7, 0])
  assert.deepEqual(
    told(answer),
    all.map((what) => `SKIPPED ${what}`),
  )
  const more = await send({ ifResourceExists: 'SKIP', roles: { client: { c1: [{ name: 'cr1' }, { name: 'cr2' }] } } })
  assert.deepEqual(told(more), ['ADDED CLIENT_ROLE c1-->cr2', 'SKIPPED CLIENT_ROLE c1-->cr1'])
})

test('what exists is replaced by an import that overwrites, and roles are told twice', async () => {
  const before = await clientIds(server, name)
  const answer = await send({ ifResourceExists: 'OVERWRITE', ...everything })
  assert.deepEqual([answer.json['added'], answer.json['skipped'], answer.json['overwritten']], [2, 0, 7])
  assert.deepEqual(told(answer), ['ADDED CLIENT_ROLE c1-->cr1', 'ADDED REALM_ROLE r1', ...all.map((what) => `OVERWRITTEN ${what}`)].sort())
  assert.notEqual((await clientIds(server, name))['c1'], before['c1'])
  const taken = await send({ ifResourceExists: 'OVERWRITE', users: [{ username: 'other', email: 'anna@example.com' }] })
  assert.deepEqual(told(taken), ['OVERWRITTEN USER other'])
  const found = (await server.admin('GET', `/realms/${name}/users?username=anna&exact=true`)).json
  assert.deepEqual(found, [])
})

test('ids of users, groups and mappers are kept, and those of other things made anew', async () => {
  const id = '11111111-2222-4333-8444-555555555555'
  const body = { users: [{ id, username: 'own' }], groups: [{ id, name: 'own', path: 'own' }], clients: [{ id, clientId: 'own' }] }
  const ids = new Map(((await send(body)).json['results'] as Json[]).map((result) => [result['resourceType'], result['id']]))
  assert.deepEqual([ids.get('USER'), ids.get('GROUP')], [id, id])
  assert.notEqual(ids.get('CLIENT'), id)
  const again = await send({ users: [{ id, username: 'else' }] })
  assert.deepEqual([again.status, again.json], [409, { errorMessage: 'Duplicate resource error' }])
})

test('the clients by which a realm serves itself are passed over', async () => {
  for (const clientId of ['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console', 'x-realm']) {
    const { json } = await send({ ifResourceExists: 'OVERWRITE', clients: [{ clientId }] })
    assert.deepEqual(json, { overwritten: 0, added: 0, skipped: 0, results: [] }, clientId)
  }
})

test('what does not fit together brings nothing', async () => {
  const internal = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }
  const cases: readonly (readonly [object, number, object])[] = [
    [{ roles: { client: { nope: [] } } }, 412, { errorMessage: 'Can not import client roles for nonexistent client named nope' }],
    [
      { roles: { realm: [{ name: 'p', composites: { realm: ['nope'] } }] } },
      500,
      { errorMessage: 'Unable to find composite realm role: nope' },
    ],
    [
      { roles: { realm: [{ name: 'p', composites: { client: { c1: ['nope'] } } }] } },
      500,
      { errorMessage: 'Unable to find composite client role: nope' },
    ],
    [{ users: [{ username: 'u', groups: ['nope'] }] }, 500, internal],
    [{ users: [{ username: 'u', clientRoles: { nope: ['x'] } }] }, 500, internal],
    [{ users: [{ username: 'u', serviceAccountClientId: 'nope' }] }, 500, internal],
    [{ users: [{ email: 'nameless@example.com' }] }, 500, internal],
    [{ clients: [{ name: 'x' }] }, 500, internal],
    [{ groups: [{ name: 'pathless' }] }, 500, internal],
    [{ ifResourceExists: 'SKIP', groups: [{ name: 'g1' }] }, 409, { errorMessage: 'Duplicate resource error' }],
    [{ groups: [{ name: 'below', path: '/nope/below' }] }, 500, internal],
    [{ identityProviders: [{ providerId: 'oidc' }] }, 500, internal],
    [{ ifResourceExists: 'SKIP', clients: [{ clientId: 'dup' }, { clientId: 'dup' }] }, 409, { errorMessage: 'Duplicate resource error' }],
    [{ ifResourceExists: 'SKIP', users: [{ username: 'dup' }, { username: 'DUP' }] }, 409, { errorMessage: 'Duplicate resource error' }],
  ]
  for (const [body, status, json] of cases) {
    const answer = await send(body)
    assert.deepEqual([answer.status, answer.json], [status, json], JSON.stringify(body))
  }
  assert.equal((await clientIds(server, name))['dup'], undefined)
})

test('composites may name roles of the same import', async () => {
  const realm = [{ name: 'whole', composites: { realm: ['part'], client: { c1: ['cr1'] } } }, { name: 'part' }]
  assert.deepEqual(told(await send({ roles: { realm } })), ['ADDED REALM_ROLE part', 'ADDED REALM_ROLE whole'])
})

test('who may manage the realm may import, and nobody else', async () => {
  const path = '/realms/trf-rights/partialImport'
  const keeper = callerOf(server, await bearerOf(server, 'trf-rights', 'keeper'))
  const seer = callerOf(server, await bearerOf(server, 'trf-rights', 'seer'))
  assert.equal((await keeper('POST', path, { users: [{ username: 'one' }] })).status, 200)
  const refused = await seer('POST', path, {})
  assert.deepEqual([refused.status, refused.json], [403, { error: 'HTTP 403 Forbidden' }])
})

test('nobody hands out rights by an import that he does not have', { skip: server.onReference }, async () => {
  const path = '/realms/trf-rights/partialImport'
  const keeper = callerOf(server, await bearerOf(server, 'trf-rights', 'keeper'))
  const admin = { 'realm-management': ['realm-admin'] }
  await server.admin('POST', path, { groups: [{ name: 'admins', path: '/admins', clientRoles: admin, subGroups: [{ name: 'below' }] }] })
  const attempts = [
    { users: [{ username: 'two', clientRoles: admin }] },
    { users: [{ username: 'two', groups: ['/admins/below'] }] },
    { groups: [{ name: 'g', path: '/g', subGroups: [{ name: 'h', clientRoles: admin }] }] },
    { roles: { realm: [{ name: 'r', composites: { client: admin } }] } },
    { ifResourceExists: 'OVERWRITE', roles: { client: { 'realm-management': [{ name: 'query-users', composites: { client: admin } }] } } },
  ]
  for (const attempt of attempts) assert.equal((await keeper('POST', path, attempt)).status, 403, JSON.stringify(attempt))
  const own = { users: [{ username: 'three', clientRoles: { 'realm-management': ['manage-realm'] } }] }
  assert.equal((await keeper('POST', path, own)).status, 200)
})

test('2,000 users cost as many statements as 20', { skip: server.onReference }, async () => {
  const people = (word: string, n: number) => ({
    users: Array.from({ length: n }, (_, index) => ({
      username: `${word}-${index}`,
      email: `${word}-${index}@example.com`,
      groups: ['/g1'],
    })),
  })
  const few = await server.statements(() => send(people('few', 20)))
  const many = await server.statements(() => send(people('many', 2_000)))
  assert.equal(many.length, few.length)
})
