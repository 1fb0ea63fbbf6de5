import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { expectError } from '../server/expect.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'
import { eventsOf } from './stored-events.ts'

const name = 'adm-users'
const path = `/realms/${name}`
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      clients: [service('shop', { directAccessGrantsEnabled: true })],
      users: [
        person('Alice'),
        person('alina'),
        person('bob', { requiredActions: [] }),
        person('carol'),
        person('with_mark'),
        person('locked'),
        administrator('boss', ['manage-users', 'view-users']),
        administrator('clerk', ['query-users']),
      ],
    },
  ],
})
const realm = server.realm(name)

const list = async (query: string): Promise<Json[]> => (await server.admin('GET', `${path}/users?${query}`)).json as unknown as Json[]
const names = async (query: string): Promise<unknown[]> => (await list(query)).map(({ username }) => username)
const idOf = async (username: string): Promise<string> => String((await list(`exact=true&username=${username}`))[0]?.['id'])
const read = async (username: string): Promise<Json> => (await server.admin('GET', `${path}/users/${await idOf(username)}`)).json
const put = async (username: string, patch: unknown): Promise<Answer> => server.admin('PUT', `${path}/users/${await idOf(username)}`, patch)

/** What is other after the PUT than before: member → new value, undefined where it is gone. */
async function difference(username: string, patch: unknown): Promise<Json> {
  const before = await read(username)
  const { status, text } = await put(username, patch)
  assert.deepEqual([status, text], [204, ''])
  const { json: after } = await server.admin('GET', `${path}/users/${String(before['id'])}`)
  const members = new Set([...Object.keys(before), ...Object.keys(after)])
  const changed = [...members].filter((member) => JSON.stringify(before[member]) !== JSON.stringify(after[member]))
  return Object.fromEntries(changed.map((member) => [member, after[member]]))
}

const logIn = (username: string, secret = password): Promise<Answer> =>
  realm.token({ grant_type: 'password', username, password: secret }, { basic: as('shop') })

test('users are found by a piece of their name, or by all of it', async () => {
  assert.deepEqual(await names('username=ALI'), ['alice', 'alina'])
  assert.deepEqual(await names('username=lic'), ['alice'])
  assert.deepEqual(await names('username=ali&exact=true'), [])
  assert.deepEqual(await names('username=ALICE&exact=true'), ['alice'])
  assert.deepEqual(await names('username=nobody'), [])
})

test('users come by name, page by page, without service accounts', async () => {
  assert.deepEqual(await names('max=2'), ['alice', 'alina'])
  assert.deepEqual(await names('first=1&max=2'), ['alina', 'bob'])
  assert.equal((await names('')).length, 8)
  assert.deepEqual(await names('username=service-account'), ['service-account-shop'])
  expectNotFound(await server.admin('GET', `${path}/users?max=x`), 'HTTP 404 Not Found')
})

function expectNotFound({ status, json }: Answer, error: string): void {
  assert.deepEqual([status, json], [404, { error }])
}

// The reference takes `_` for any character, and fails at a stray `%`.
test('characters with a meaning in SQL have none in a name', { skip: server.onReference }, async () => {
  assert.deepEqual(await names('username=h_m'), ['with_mark'])
  assert.deepEqual(await names('username=l_c'), [])
  assert.deepEqual(await names(`username=${encodeURIComponent('%')}`), [])
  assert.deepEqual(await names(`username=${encodeURIComponent("' or 1=1 --")}`), [])
})

test('a user looks as the reference prints one, brief, in a list and alone', async () => {
  const id = await idOf('alice')
  const brief = {
    id,
    username: 'alice',
    firstName: 'Тарас',
    lastName: 'Шевченко',
    email: 'alice@example.com',
    emailVerified: true,
    enabled: true,
  }
  const full = { ...brief, totp: false, disableableCredentialTypes: [], requiredActions: [], notBefore: 0 }
  const withoutTime = ({ createdTimestamp: _time, ...rest }: Json): Json => rest
  const [inBriefList = {}] = await list('username=alice&briefRepresentation=true')
  assert.deepEqual(withoutTime(inBriefList), { ...brief, access: { manage: true } })
  const [inList = {}] = await list('username=alice')
  assert.deepEqual(withoutTime(inList), { ...full, access: { manage: true } })
  const may = { manageGroupMembership: true, resetPassword: true, view: true, mapRoles: true, impersonate: true, manage: true }
  assert.deepEqual(withoutTime(await read('alice')), { ...full, access: may })
})

test('a PUT changes what it names and nothing else', async () => {
  assert.deepEqual(await difference('carol', {}), {})
  assert.deepEqual(await difference('carol', { username: null, enabled: null, attributes: null, requiredActions: null }), {})
  assert.deepEqual(await difference('carol', { firstName: 'Карола', emailVerified: false }), { firstName: 'Карола', emailVerified: false })
  assert.deepEqual(await difference('carol', { email: 'NEW@Example.com' }), { email: 'new@example.com' })
  assert.deepEqual(await difference('carol', { firstName: '' }), { firstName: undefined })
  assert.deepEqual(await difference('carol', { username: 'CAROL', lastName: 'Z' }), { lastName: 'Z' })
  assert.deepEqual(
    await difference('carol', { notBefore: 7, createdTimestamp: 5, totp: true, groups: ['/none'], realmRoles: ['none'] }),
    {},
  )
})

test('attributes replace all of the profile that they do not name', async () => {
  await put('carol', { firstName: 'Карола', lastName: 'Z' })
  assert.deepEqual(await difference('carol', { attributes: { firstName: ['К'] }, email: 'carol@example.com', lastName: 'Y' }), {
    firstName: 'К',
    lastName: 'Y',
    email: 'carol@example.com',
  })
  assert.deepEqual(await difference('carol', { attributes: {} }), { firstName: undefined, lastName: undefined, email: undefined })
})

test('required actions are replaced; unknown ones are left out', async () => {
  assert.deepEqual(await difference('bob', { requiredActions: ['UPDATE_PASSWORD', 'NOPE', 'UPDATE_PASSWORD'] }), {
    requiredActions: ['UPDATE_PASSWORD'],
  })
  expectError(await logIn('bob'), 400, 'invalid_grant', 'Account is not fully set up')
  assert.deepEqual(await difference('bob', { requiredActions: ['VERIFY_EMAIL'] }), { requiredActions: ['VERIFY_EMAIL'] })
  assert.deepEqual(await difference('bob', { requiredActions: [] }), { requiredActions: [] })
  assert.equal((await logIn('bob')).status, 200)
})

test('a password among the credentials is set', async () => {
  assert.deepEqual(await difference('bob', { credentials: [{ type: 'password', value: 'another-password-1' }] }), {})
  assert.equal((await logIn('bob', 'another-password-1')).status, 200)
  expectError(await logIn('bob'), 400, 'invalid_grant', 'Invalid user credentials')
})

test('a user who is switched off is so at once, and back again later', async () => {
  const { json } = await logIn('alina')
  assert.deepEqual(await difference('alina', { enabled: false }), { enabled: false })
  const refreshed = await realm.token({ grant_type: 'refresh_token', refresh_token: String(json['refresh_token']) }, { basic: as('shop') })
  expectError(refreshed, 400, 'invalid_grant', 'User disabled')
  assert.deepEqual((await realm.introspect({ token: String(json['access_token']) }, { basic: as('shop') })).json, { active: false })
  assert.deepEqual(await difference('alina', { enabled: true }), { enabled: true })
  assert.equal((await logIn('alina')).status, 200)
})

test('an address among the attributes is none, and one that is taken is told before the name', async () => {
  await put('carol', { firstName: 'C', lastName: 'D', email: 'carol@example.com' })
  const patch = { attributes: { email: ['other@example.com'], firstName: ['K'] }, lastName: 'D' }
  assert.deepEqual(await difference('carol', patch), { firstName: 'K', email: undefined })
  const { status, json } = await put('carol', { username: 'bob', email: 'bob@example.com' })
  assert.deepEqual([status, json], [409, { errorMessage: 'User exists with same email' }])
})

test('a body without a type is JSON, and null is no body', async () => {
  const id = await idOf('carol')
  const bearer = await bearerOf(server, name, 'boss')
  const send = async (below: string, body: string, headers: Record<string, string>): Promise<unknown[]> => {
    const { status, json, text } = await server.call('PUT', `/admin/realms/${name}/users/${id}${below}`, { bearer, body, headers })
    return [status, text === '' ? '' : json]
  }
  assert.deepEqual(await send('', '{"lastName":"Untyped"}', {}), [204, ''])
  assert.equal((await read('carol'))['lastName'], 'Untyped')
  const json = { 'content-type': 'application/json' }
  assert.deepEqual(await send('', ' null ', json), [400, { errorMessage: 'Could not update user!' }])
  assert.deepEqual(await send('/reset-password', 'null', json), [400, { error: 'No password provided' }])
  assert.deepEqual(await send('/disable-credential-types', 'null', json), [204, ''])
})

test('numbers of the query are those of 32 bits', async () => {
  assert.deepEqual(await names('first=2147483647'), [])
  assert.equal((await names('first=%2B1&max=2147483647')).length, (await names('first=1')).length)
  const { status } = await server.admin('GET', `${path}/users?max=2147483648`)
  assert.equal(status, 404)
})

test('why somebody is switched off is shown until he is switched on again', async () => {
  await realm.change({ bruteForceProtected: true, permanentLockout: true, failureFactor: 1, maxTemporaryLockouts: 0 })
  await logIn('locked', 'wrong')
  assert.deepEqual((await read('locked'))['attributes'], { disabledReason: ['permanentLockout'] })
  await put('locked', { attributes: {}, email: 'locked@example.com' })
  assert.deepEqual((await read('locked'))['attributes'], { disabledReason: ['permanentLockout'] })
  await realm.change({ adminEventsEnabled: true })
  const told = await eventsOf(server, name, async () => put('locked', { enabled: true }))
  await realm.change({ adminEventsEnabled: false, bruteForceProtected: false, permanentLockout: false })
  const where = `users/${await idOf('locked')}`
  assert.deepEqual(told.map((event) => event.slice(0, 3)).sort(), [
    ['DELETE', 'USER_LOGIN_FAILURE', where],
    ['UPDATE', 'USER', where],
  ])
  assert.equal((await read('locked'))['attributes'], undefined)
})

test('what is wrong is told in the reference’s words', async () => {
  const rows: readonly (readonly [unknown, number, unknown])[] = [
    [{ username: 'bob' }, 409, { errorMessage: 'User exists with same username' }],
    [{ email: 'bob@example.com' }, 409, { errorMessage: 'User exists with same email' }],
    [{ username: 'alice2' }, 400, { field: 'username', errorMessage: 'error-user-attribute-read-only', params: ['username'] }],
    [
      { username: 'x' },
      400,
      {
        errors: [
          { field: 'username', errorMessage: 'error-user-attribute-read-only', params: ['username'] },
          { field: 'username', errorMessage: 'error-invalid-length', params: ['username', 3, 255] },
        ],
      },
    ],
    [{ email: 'no' }, 400, { field: 'email', errorMessage: 'error-invalid-email', params: ['email', 'no'] }],
    [{ username: '' }, 400, { errorMessage: 'User name is missing' }],
  ]
  for (const [patch, status, body] of rows) {
    const answer = await put('alice', patch)
    assert.deepEqual([answer.status, answer.json], [status, body], JSON.stringify(patch))
  }
  const several = await put('alice', { email: 'no', firstName: '<x>' })
  assert.equal(several.status, 400)
  assert.deepEqual((several.json['errors'] as Json[]).map(({ field }) => field).sort(), ['email', 'firstName'])
  for (const [method, patch] of [['GET', undefined] as const, ['PUT', { enabled: true }] as const])
    expectNotFound(await server.admin(method, `${path}/users/nobody`, patch), 'User not found')
})

test('where names may change, attributes without a name are refused; elsewhere a name among them says nothing', async () => {
  await put('carol', { firstName: 'C', lastName: 'D', email: 'carol@example.com' })
  assert.equal((await put('carol', { attributes: { username: ['zzz'] }, email: 'carol@example.com' })).status, 204)
  assert.equal((await read('carol'))['username'], 'carol')
  await realm.change({ editUsernameAllowed: true })
  const missing = [400, { errorMessage: 'User name is missing' }]
  for (const patch of [{ attributes: {} }, { attributes: { username: ['carol'] } }, { username: '  ' }]) {
    const { status, json } = await put('carol', patch)
    assert.deepEqual([status, json], missing, JSON.stringify(patch))
  }
  assert.equal((await put('carol', { firstName: 'Q' })).status, 204)
  assert.deepEqual(await difference('carol', { attributes: {}, username: 'caroline', email: 'carol@example.com' }), {
    username: 'caroline',
    firstName: undefined,
  })
  await realm.change({ editUsernameAllowed: false })
})

test('who may only look for users sees none; who may see them may not change them', async () => {
  const clerk = callerOf(server, await bearerOf(server, name, 'clerk'))
  assert.deepEqual((await clerk('GET', `${path}/users`)).json, [])
  assert.equal((await clerk('PUT', `${path}/users/${await idOf('alice')}`, { enabled: false })).status, 403)
  const boss = callerOf(server, await bearerOf(server, name, 'boss'))
  assert.equal(((await boss('GET', `${path}/users?username=alice`)).json as unknown as Json[]).length, 1)
  assert.equal((await boss('PUT', `${path}/users/${await idOf('alice')}`, { enabled: true })).status, 204)
})

test('a page costs the same statements whatever it holds', { skip: server.onReference }, async () => {
  const cost = async (query: string): Promise<string[]> =>
    (await server.statements(() => list(query))).filter((statement) => !/^(?:session|admin|single-use)|find/.test(statement)).sort()
  await list('')
  const rows = ['credential.list-of-many', 'user-search.page', 'user.attributes-of', 'user.required-actions-of']
  assert.deepEqual(await cost('max=1'), rows)
  assert.deepEqual(await cost('max=7'), await cost('max=1'))
  assert.deepEqual(await cost('search=a&enabled=true'), rows)
  const byAttribute = ['user-search.attribute-candidates', 'user-search.attribute-candidates', 'user-search.page']
  assert.deepEqual(
    (await cost('q=a:1%20b:2&briefRepresentation=true')).filter((name) => name.startsWith('user-search')),
    byAttribute,
  )
})
