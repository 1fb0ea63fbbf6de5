import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserRepresentation } from '../../src/representations/user.ts'
import type { Answer, Json } from '../server/call.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf } from './administrators.ts'
import { newestDetails } from './stored-events.ts'

const name = 'usr-credentials'
const path = `/realms/${name}/users`
const otp = (userLabel: string, id: string) => ({
  id,
  type: 'otp',
  userLabel,
  secretData: '{"value":"abc"}',
  credentialData: '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}',
})
const withOtp = (username: string): UserRepresentation =>
  person(username, { credentials: [{ type: 'password', value: password }, otp('one', `${username}-1`), otp('two', `${username}-2`)] })
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      clients: [service('shop', { directAccessGrantsEnabled: true })],
      users: [
        withOtp('anna'),
        withOtp('olha'),
        person('petro'),
        person('vira'),
        administrator('boss', ['manage-users']),
        administrator('viewer', ['view-users']),
      ],
    },
  ],
})
const realm = server.realm(name)

const pathOf = async (username: string): Promise<string> => {
  const [user = {}] = (await server.admin('GET', `${path}?exact=true&username=${username}`)).json as unknown as Json[]
  return `${path}/${String(user['id'])}`
}
const credentialsOf = async (username: string): Promise<Json[]> =>
  (await server.admin('GET', `${await pathOf(username)}/credentials`)).json as unknown as Json[]
const labels = async (username: string): Promise<unknown[]> => (await credentialsOf(username)).map(({ userLabel }) => userLabel)
const logIn = (username: string, secret: string): Promise<Answer> =>
  realm.token({ grant_type: 'password', username, password: secret }, { basic: as('shop') })

async function lastEvent(): Promise<unknown> {
  if (!server.onReference) await server.services.events.flush()
  server.clock.advance(1)
  const [event = {}] = (await server.admin('GET', `/realms/${name}/admin-events?max=1`)).json as unknown as Json[]
  return [event['operationType'], event['resourceType'], event['resourcePath'], event['representation']]
}

/** A text as administrators' consoles send it. */
async function putText(below: string, body: string, type = 'text/plain'): Promise<Answer> {
  const bearer = await bearerOf(server, name, 'boss')
  return server.call('PUT', `/admin${below}`, { bearer, body, headers: { 'content-type': type } })
}

test('credentials are listed without what is secret of them', async () => {
  const list = await credentialsOf('anna')
  assert.deepEqual(
    list.map((credential) => Object.keys(credential)),
    [
      ['id', 'type', 'createdDate', 'credentialData'],
      ['id', 'type', 'userLabel', 'createdDate', 'credentialData'],
      ['id', 'type', 'userLabel', 'createdDate', 'credentialData'],
    ],
  )
  const recorded =
    '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}'
  assert.deepEqual(JSON.parse(String(list[0]?.['credentialData'])), JSON.parse(recorded))
})

test('credentials are put into another order', async () => {
  const anna = await pathOf('anna')
  const move = async (below: string): Promise<unknown[]> => {
    assert.equal((await server.admin('POST', `${anna}/credentials/${below}`)).status, 204)
    return labels('anna')
  }
  const [first = {}] = await credentialsOf('anna')
  const id = String(first['id'])
  assert.deepEqual(await move('anna-2/moveToFirst'), ['two', undefined, 'one'])
  assert.deepEqual(await move(`anna-2/moveAfter/${id}`), [undefined, 'two', 'one'])
  assert.deepEqual(await move('anna-2/moveAfter/anna-1'), [undefined, 'one', 'two'])
  assert.deepEqual(await move('anna-2/moveAfter/nope'), [undefined, 'one', 'two'])
  for (const below of ['nope/moveToFirst', `nope/moveAfter/${id}`]) {
    const { status, json } = await server.admin('POST', `${anna}/credentials/${below}`)
    assert.deepEqual([status, json], [404, { error: 'Credential not found' }])
  }
})

test('a label is a plain text of its own among credentials of a type', async () => {
  const olha = await pathOf('olha')
  const below = `${olha}/credentials/olha-2/userLabel`
  assert.equal((await putText(below, ' my phone ')).status, 204)
  assert.deepEqual(await labels('olha'), [undefined, 'one', ' my phone '])
  const rows: readonly (readonly [string, string, number, unknown])[] = [
    [below, 'one', 409, { error: 'conflict', error_description: 'Device already exists with the same name' }],
    [below, '', 400, { error: 'missingCredentialLabel', error_description: 'Credential label must not be empty' }],
    [below, '   ', 400, { error: 'missingCredentialLabel', error_description: 'Credential label must not be empty' }],
    [below, 'x'.repeat(300), 500, { error: 'unknown_error', error_description: 'For more on this error consult the server log.' }],
    [`${olha}/credentials/nope/userLabel`, 'x', 404, { error: 'Credential not found' }],
  ]
  for (const [where, text, status, body] of rows) {
    const answer = await putText(where, text)
    assert.deepEqual([answer.status, answer.json], [status, body], text)
  }
  const wrongType = await putText(below, '"x"', 'application/json')
  assert.deepEqual(
    [wrongType.status, wrongType.json],
    [415, { error: 'The content-type header value did not match the value in @Consumes' }],
  )
})

test('a credential is taken away once', async () => {
  const olha = await pathOf('olha')
  const { status, headers } = await server.admin('DELETE', `${olha}/credentials/olha-1`)
  assert.deepEqual([status, headers['cache-control']], [204, 'no-cache'])
  const id = olha.split('/').at(-1)
  assert.deepEqual(await lastEvent(), ['ACTION', 'USER', `users/${id}/credentials/olha-1`, undefined])
  const details = { credential_id: 'olha-1', credential_type: 'otp', credential_user_label: 'one' }
  assert.deepEqual(await newestDetails(server, name), details)
  const again = await server.admin('DELETE', `${olha}/credentials/olha-1`)
  assert.deepEqual([again.status, again.json], [404, { error: 'Credential not found' }])
})

test('earlier passwords that the policy keeps are listed', async () => {
  const vira = await pathOf('vira')
  await realm.change({ passwordPolicy: 'passwordHistory(2)' })
  assert.equal((await server.admin('PUT', `${vira}/reset-password`, { value: 'another' })).status, 204)
  await realm.change({ passwordPolicy: '' })
  // The next event is later than that of the password.
  server.clock.advance(1)
  const types = (await credentialsOf('vira')).map(({ type }) => type)
  assert.deepEqual(types, ['password', 'password-history'])
})

test('a password is set; a temporary one asks for another, and one that stays does not', async () => {
  const petro = await pathOf('petro')
  const reset = async (body: unknown): Promise<unknown> => {
    const { status } = await server.admin('PUT', `${petro}/reset-password`, body)
    return [status, (await server.admin('GET', petro)).json['requiredActions']]
  }
  const before = await credentialsOf('petro')
  assert.deepEqual(await reset({ type: 'password', value: 'first-secret', temporary: true }), [204, ['UPDATE_PASSWORD']])
  assert.deepEqual(await lastEvent(), ['ACTION', 'USER', `users/${petro.split('/').at(-1)}/reset-password`, undefined])
  assert.deepEqual(await reset({ type: 'otp', value: 'second-secret' }), [204, []])
  assert.equal((await logIn('petro', 'second-secret')).status, 200)
  assert.notEqual((await logIn('petro', password)).status, 200)
  const after = await credentialsOf('petro')
  assert.deepEqual(
    after.map(({ id }) => id),
    before.map(({ id }) => id),
  )
})

test('what is no password is refused', async () => {
  const vira = await pathOf('vira')
  const put = (body: unknown): Promise<Answer> => server.admin('PUT', `${vira}/reset-password`, body)
  const rows: readonly (readonly [unknown, number, unknown])[] = [
    [{}, 400, { error: 'No password provided' }],
    [undefined, 400, { error: 'No password provided' }],
    [{ value: null }, 400, { error: 'No password provided' }],
    [{ value: '' }, 400, { error: 'Empty password not allowed' }],
    [{ value: ' ' }, 400, { error: 'Empty password not allowed' }],
    [
      { nope: 1 },
      400,
      { error: 'Invalid json representation for CredentialRepresentation. Unrecognized field "nope" at line 1 column 10.' },
    ],
  ]
  for (const [body, status, answer] of rows) {
    const got = await put(body)
    assert.deepEqual([got.status, got.json], [status, answer], JSON.stringify(body))
  }
  await realm.change({ passwordPolicy: 'length(8) and digits(2) and notUsername' })
  const policies: readonly (readonly [string, string, string])[] = [
    ['pw', 'invalidPasswordMinLengthMessage', 'Invalid password: minimum length 8.'],
    ['long-enough', 'invalidPasswordMinDigitsMessage', 'Invalid password: must contain at least 2 numerical digits.'],
  ]
  for (const [value, error, error_description] of policies) {
    const got = await put({ value })
    assert.deepEqual([got.status, got.json], [400, { error, error_description }])
  }
  await realm.change({ passwordPolicy: '' })
  const nobody = await server.admin('PUT', `${path}/nope/reset-password`, { value: 'x' })
  assert.deepEqual([nobody.status, nobody.json], [404, { error: 'User not found' }])
})

test('users of the realm’s own have no types that a storage holds or that can be switched off', async () => {
  const anna = await pathOf('anna')
  const { status, text } = await server.admin('GET', `${anna}/configured-user-storage-credential-types`)
  assert.deepEqual([status, text], [200, '[]'])
  for (const body of [['otp'], ['password', 'nope'], undefined])
    assert.equal((await server.admin('PUT', `${anna}/disable-credential-types`, body)).status, 204)
  assert.equal((await credentialsOf('anna')).length, 3)
  const wrong = await server.admin('PUT', `${anna}/disable-credential-types`, {})
  assert.deepEqual([wrong.status, wrong.json], [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }])
  assert.equal((await server.admin('PUT', `${anna}/remove-totp`)).status, 404)
})

test('who may only see users sees credentials and changes none', async () => {
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  const anna = await pathOf('anna')
  assert.equal((await viewer('GET', `${anna}/credentials`)).status, 200)
  for (const [method, below, body] of [
    ['DELETE', 'credentials/anna-1', undefined],
    ['POST', 'credentials/anna-1/moveToFirst', undefined],
    ['PUT', 'reset-password', { value: 'x' }],
    ['PUT', 'disable-credential-types', ['otp']],
  ] as const)
    assert.equal((await viewer(method, `${anna}/${below}`, body)).status, 403)
})

test('features that are switched off say so', async () => {
  const anna = await pathOf('anna')
  const off = [400, { errorMessage: 'Feature oid4vc-vci not enabled' }]
  for (const [method, below] of [
    ['GET', 'vc/credentials'],
    ['PUT', 'vc/credentials/send-credential-offer'],
    ['DELETE', 'vc/credentials/x'],
    ['GET', 'vc/issued-credentials'],
  ] as const) {
    const { status, json } = await server.admin(method, `${anna}/${below}`, method === 'PUT' ? {} : undefined)
    assert.deepEqual([status, json], off, below)
  }
  const permissions = await server.admin('GET', `/realms/${name}/users-management-permissions`)
  assert.deepEqual(
    [permissions.status, permissions.json],
    [501, { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' }],
  )
})
