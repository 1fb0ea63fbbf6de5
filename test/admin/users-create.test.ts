import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserRepresentation } from '../../src/representations/user.ts'
import type { Answer, Json } from '../server/call.ts'
import { as, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { attribute, realmWithProfile } from '../users/realms.ts'
import { administrator, bearerOf, callerOf, modulo, recorded } from './administrators.ts'

const name = 'usr-create'
const fresh = 'usr-create-fresh'
const path = `/realms/${name}/users`
const server = await serverOfFile({
  realms: [
    {
      ...realmWithProfile(
        name,
        [attribute('theirs', { permissions: { view: ['admin', 'user'], edit: ['user'] } }), attribute('city', { multivalued: true })],
        { unmanagedAttributePolicy: 'ENABLED' },
      ),
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      clients: [service('shop', { directAccessGrantsEnabled: true })],
      groups: [{ name: 'staff', subGroups: [{ name: 'kyiv' }] }, { name: 'a/b' }],
      users: [person('alice'), administrator('viewer', ['view-users'])],
    },
    { realm: fresh, enabled: true },
  ],
})
const realm = server.realm(name)

const post = (user: UserRepresentation | Json): Promise<Answer> => server.admin('POST', path, user)

/** Makes a user and returns what can be read of it. */
async function made(user: UserRepresentation): Promise<{ id: string; user: Json; credentials: Json[] }> {
  const { status, headers, text } = await post(user)
  assert.deepEqual([status, text], [201, ''])
  const location = String(headers['location'])
  const id = location.slice(location.lastIndexOf('/') + 1)
  assert.equal(location, `${server.url}/admin${path}/${id}`)
  const { json } = await server.admin('GET', `${path}/${id}`)
  const credentials = (await server.admin('GET', `${path}/${id}/credentials`)).json as unknown as Json[]
  return { id, user: json, credentials }
}

const logIn = (username: string, password: string): Promise<Answer> =>
  realm.token({ grant_type: 'password', username, password }, { basic: as('shop') })

test('a user who is made in a fresh realm looks as recorded', async () => {
  const of = `/realms/${fresh}/users`
  const { headers } = await server.admin('POST', of, { username: 'golden', email: 'g@e.com', firstName: 'G', lastName: 'E', enabled: true })
  const id = String(headers['location']).split('/').at(-1)
  const golden = recorded('users') as Record<string, unknown>
  const timeless = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(modulo(value)).replace(/"createdTimestamp":(?:\d+|"~")/g, '"createdTimestamp":0'))
  const read = async (below: string): Promise<unknown> => JSON.parse((await server.admin('GET', `${of}${below}`)).text)
  assert.deepEqual(timeless(await read(`/${id}`)), timeless(golden['get']))
  assert.deepEqual(timeless(await read('')), timeless(golden['list']))
  assert.deepEqual(timeless(await read('?briefRepresentation=true')), timeless(golden['listBrief']))
  assert.deepEqual(await read('/count'), golden['count'])
  assert.deepEqual(await read(`/${id}/unmanagedAttributes`), golden['unmanaged'])
  assert.deepEqual(await read(`/${id}/configured-user-storage-credential-types`), golden['configuredUserStorage'])
})

test('a POST takes profile, state, time, actions, groups and links; id, roles, consents and what a user is not told are left out', async () => {
  const { id, user } = await made({
    id: '11111111-1111-1111-1111-111111111111',
    username: 'Full',
    email: 'FULL@example.com',
    emailVerified: true,
    enabled: true,
    createdTimestamp: 5,
    notBefore: 7,
    totp: true,
    self: 'x',
    serviceAccountClientId: 'account',
    attributes: { city: ['Kyiv', 'Lviv'], free: ['1'], theirs: ['no'], blank: [''] },
    groups: ['/staff/kyiv', 'a/b'],
    realmRoles: ['offline_access'],
    clientRoles: { account: ['manage-account'] },
    requiredActions: ['UPDATE_PROFILE', 'NOPE'],
    federatedIdentities: [{ identityProvider: 'gh', userId: '1', userName: 'n' }],
    clientConsents: [{ clientId: 'account', grantedClientScopes: ['email'] }],
    access: { manage: false },
  })
  assert.notEqual(id, '11111111-1111-1111-1111-111111111111')
  const { access: _access, ...shown } = user
  assert.deepEqual(shown, {
    id,
    username: 'full',
    email: 'full@example.com',
    emailVerified: true,
    attributes: { city: ['Kyiv', 'Lviv'], free: ['1'] },
    enabled: true,
    createdTimestamp: 5,
    totp: false,
    disableableCredentialTypes: [],
    requiredActions: ['UPDATE_PROFILE'],
    notBefore: 0,
  })
  assert.deepEqual((await server.admin('GET', `${path}/${id}/consents`)).json, [])
  const found = (await server.admin('GET', `${path}?idpAlias=gh`)).json as unknown as Json[]
  assert.deepEqual(
    found.map(({ username }) => username),
    ['full'],
  )
})

test('a user is off and without credentials unless the POST says otherwise', async () => {
  const { user, credentials } = await made({ username: 'plain' })
  assert.deepEqual([user['enabled'], user['emailVerified'], credentials], [false, false, []])
})

test('a value among the credentials is a password whatever its type; a temporary one has to be changed', async () => {
  const { credentials } = await made(person('with-password', { credentials: [{ type: 'nope', value: 'secret-1', userLabel: 'x' }] }))
  assert.deepEqual(
    credentials.map(({ type, userLabel }) => [type, userLabel]),
    [['password', undefined]],
  )
  assert.equal((await logIn('with-password', 'secret-1')).status, 200)
  const temporary = await made({ username: 'temporary', credentials: [{ type: 'password', value: 'secret-1', temporary: true }] })
  assert.deepEqual(temporary.user['requiredActions'], ['UPDATE_PASSWORD'])
  const several = await made(person('several', { credentials: [{ value: 'one-secret' }, { value: 'two-secret' }] }))
  assert.equal(several.credentials.length, 1)
  assert.equal((await logIn('several', 'two-secret')).status, 200)
})

test('credentials may come in their stored form, with id, label and time', async () => {
  const otp = {
    id: 'usr-create-otp',
    type: 'otp',
    userLabel: 'phone',
    createdDate: 5,
    secretData: '{"value":"abc"}',
    credentialData: '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}',
  }
  const { user, credentials } = await made({ username: 'stored', credentials: [otp, { ...otp, type: 'foo', id: 'usr-create-foo' }] })
  const { secretData: _secret, ...shown } = otp
  assert.deepEqual(credentials, [shown])
  assert.equal(user['totp'], true)
})

test('what is wrong is told in the reference’s words, and nobody is made', async () => {
  const unknown = { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }
  const rows: readonly (readonly [UserRepresentation | Json, number, unknown])[] = [
    [{ username: 'ALICE' }, 409, { errorMessage: 'User exists with same username' }],
    [{ username: 'alice', email: 'alice@example.com' }, 409, { errorMessage: 'User exists with same email' }],
    [{ username: 'alice@example.com' }, 409, { errorMessage: 'User exists with same username' }],
    [{ username: 'other', email: 'Alice@example.com' }, 409, { errorMessage: 'User exists with same email' }],
    [{}, 400, { errorMessage: 'User name is missing' }],
    [{ username: '  ' }, 400, { errorMessage: 'User name is missing' }],
    [{ email: 'only@example.com' }, 400, { errorMessage: 'User name is missing' }],
    [{ username: 'a' }, 400, { field: 'username', errorMessage: 'error-invalid-length', params: ['username', 3, 255] }],
    [{ username: 'b b' }, 400, { field: 'username', errorMessage: 'error-username-invalid-character', params: ['username'] }],
    [{ username: 'user3', email: 'bad' }, 400, { field: 'email', errorMessage: 'error-invalid-email', params: ['email', 'bad'] }],
    [
      { username: 'user3', zzz: 1 },
      400,
      { error: 'Invalid json representation for UserRepresentation. Unrecognized field "zzz" at line 1 column 28.' },
    ],
    [{ username: 'user3', groups: ['/staff/nope'] }, 500, unknown],
    [{ username: 'user3', groups: ['/staff'], credentials: [{ type: 'password' }] }, 500, unknown],
  ]
  for (const [user, status, body] of rows) {
    const answer = await post(user)
    assert.deepEqual([answer.status, answer.json], [status, body], JSON.stringify(user))
    assert.equal(answer.headers['content-type'], 'application/json')
  }
  const several = await post({ username: 'a', email: 'bad' })
  assert.deepEqual(
    (several.json['errors'] as Json[]).map(({ field }) => field),
    ['username', 'email'],
  )
  assert.deepEqual((await server.admin('GET', `${path}?username=user3`)).json, [])
})

test('a password that breaks the policy keeps its user from being made', async () => {
  await realm.change({ passwordPolicy: 'length(8)' })
  const body = { error: 'invalidPasswordMinLengthMessage', error_description: 'Invalid password: minimum length 8.' }
  const refused = await post({ username: 'short', credentials: [{ type: 'password', value: 'pw' }] })
  assert.deepEqual([refused.status, refused.json], [400, body])
  assert.deepEqual((await server.admin('GET', `${path}?username=short`)).json, [])
  const [alice = {}] = (await server.admin('GET', `${path}?username=alice&exact=true`)).json as unknown as Json[]
  const put = await server.admin('PUT', `${path}/${String(alice['id'])}`, { lastName: 'New', credentials: [{ value: 'pw' }] })
  assert.deepEqual([put.status, put.json], [400, body])
  const after = await server.admin('GET', `${path}/${String(alice['id'])}`)
  assert.equal(after.json['lastName'], alice['lastName'])
  await realm.change({ passwordPolicy: '' })
})

test('the audit log has what was sent but no secret', async () => {
  const { id } = await made({ username: 'logged', firstName: 'L', credentials: [{ type: 'password', value: 'never-in-a-log' }] })
  server.clock.advance(1)
  await server.admin('DELETE', `${path}/${id}`)
  if (!server.onReference) await server.services.events.flush()
  const events = (await server.admin('GET', `/realms/${name}/admin-events?resourcePath=users/${id}`)).json as unknown as Json[]
  const shown = events.map(({ operationType, resourceType, representation }) => [operationType, resourceType, representation])
  assert.deepEqual(shown, [
    ['DELETE', 'USER', JSON.stringify({ id, username: 'logged' })],
    ['CREATE', 'USER', JSON.stringify({ username: 'logged', firstName: 'L' })],
  ])
})

test('a removed user is gone, and cannot be removed again', async () => {
  const { id } = await made(person('gone'))
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  assert.equal((await viewer('DELETE', `${path}/${id}`)).status, 403)
  assert.equal((await viewer('POST', path, { username: 'nobody' })).status, 403)
  const { status, headers } = await server.admin('DELETE', `${path}/${id}`)
  assert.deepEqual([status, headers['cache-control']], [204, 'no-cache'])
  for (const method of ['GET', 'DELETE'] as const) {
    const answer = await server.admin(method, `${path}/${id}`)
    assert.deepEqual([answer.status, answer.json], [404, { error: 'User not found' }])
  }
})

test('where the address is the name, a user is made without a name', async () => {
  await realm.change({ registrationEmailAsUsername: true })
  assert.equal((await made({ email: 'Only@example.com' })).user['username'], 'only@example.com')
  assert.equal((await made({ username: 'ignored', email: 'en@example.com' })).user['username'], 'en@example.com')
  const refused = await post({ username: 'un-name' })
  assert.deepEqual(refused.json, { field: 'email', errorMessage: 'error-user-attribute-required', params: ['email'] })
  await realm.change({ registrationEmailAsUsername: false })
})
