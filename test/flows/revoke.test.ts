import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, CallOptions, Form } from '../server/call.ts'
import { expectClientRefused, expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const logins = { directAccessGrantsEnabled: true }
const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-revoke',
      enabled: true,
      eventsEnabled: true,
      clients: [service('shop', logins), service('other', logins), { clientId: 'page', publicClient: true, ...logins }],
      users: [person('taras')],
    },
  ],
})
const realm = server.realm('flows-revoke')

async function login(scope = 'openid'): Promise<Answer['json']> {
  return expectToken(await realm.token({ grant_type: 'password', username: 'taras', password, scope }, { basic: as('shop') }))
}

const post = (form: Form, options: CallOptions = { basic: as('shop') }): Promise<Answer> =>
  realm.call('POST', '/protocol/openid-connect/revoke', { form, ...options })

const revoke = (token: unknown, options?: CallOptions): Promise<Answer> => post({ token: String(token) }, options)

const refresh = (token: unknown): Promise<Answer> =>
  realm.token({ grant_type: 'refresh_token', refresh_token: String(token) }, { basic: as('shop') })

function expectRevoked({ status, text }: Answer): void {
  assert.deepEqual([status, text], [200, ''])
}

const isActive = async (token: unknown): Promise<unknown> =>
  (await realm.introspect({ token: String(token) }, { basic: as('shop') })).json['active']

test('a refresh token takes its session along', async () => {
  const { refresh_token, access_token } = await login()
  const other = await login()
  expectRevoked(await revoke(refresh_token))
  expectError(await refresh(refresh_token), 400, 'invalid_grant', 'Session not active')
  assert.match(String((await realm.userinfo(String(access_token))).headers['www-authenticate']), /user_session_not_found/)
  assert.equal((await refresh(other['refresh_token'])).status, 200)
})

test('a refresh token a second time: 200 with an error', async () => {
  const { refresh_token } = await login()
  expectRevoked(await revoke(refresh_token))
  expectError(await revoke(refresh_token), 200, 'invalid_token', 'Invalid token')
})

test('an access token goes alone, everywhere at once', async () => {
  const { refresh_token, access_token } = await login()
  expectRevoked(await revoke(access_token))
  expectRevoked(await revoke(access_token))
  const challenge = (await realm.userinfo(String(access_token))).headers['www-authenticate']
  assert.match(String(challenge), /error="invalid_token", error_description="Token verification failed"$/)
  const next = expectToken(await refresh(refresh_token))
  assert.equal((await realm.userinfo(String(next['access_token']))).status, 200)
})

test('the access token of a service account is revoked without a session', async () => {
  const token = await realm.accessToken(as('shop'), { scope: 'openid' })
  assert.equal((await realm.userinfo(token)).status, 200)
  expectRevoked(await revoke(token))
  assert.equal((await realm.userinfo(token)).status, 401)
  assert.equal((await realm.userinfo(await realm.accessToken(as('shop'), { scope: 'openid' }))).status, 200)
})

test('a revoked access token of an administrator opens nothing', async () => {
  const master = server.realm('master')
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  const bearer = String(expectToken(await master.token(form))['access_token'])
  assert.equal((await server.call('GET', '/admin/realms/flows-revoke', { bearer })).status, 200)
  const given = { form: { token: bearer, client_id: 'admin-cli' } }
  assert.equal((await master.call('POST', '/protocol/openid-connect/revoke', given)).status, 200)
  assert.equal((await server.call('GET', '/admin/realms/flows-revoke', { bearer })).status, 401)
})

test('introspection calls a revoked token inactive', async () => {
  const token = await realm.accessToken(as('shop'))
  expectRevoked(await revoke(token))
  assert.equal(await isActive(token), false)
})

test('a token that has expired is taken back without complaint', { skip: server.onReference }, async () => {
  const { access_token, refresh_token } = await login()
  server.clock.advance(301)
  expectRevoked(await revoke(access_token))
  assert.equal((await refresh(refresh_token)).status, 200)
  server.clock.advance(3_600 * 24)
  expectError(await revoke(refresh_token), 200, 'invalid_token', 'Invalid token')
})

test('a hint is not needed and an odd one does no harm', async () => {
  const { access_token, refresh_token } = await login()
  expectRevoked(await post({ token: String(access_token), token_type_hint: 'refresh_token' }))
  expectRevoked(await post({ token: String(refresh_token), token_type_hint: 'magic' }))
})

test('what is no token is told as an error with 200, an ID token as an error with 400', async () => {
  const { id_token } = await login()
  for (const token of ['abc', '']) expectError(await revoke(token), 200, 'invalid_token', 'Invalid token')
  expectError(await revoke(id_token), 400, 'unsupported_token_type', 'Unsupported token type')
  expectError(await post({}), 400, 'invalid_request', 'Token not provided')
  const twice = [
    ['token', 'a'],
    ['token', 'b'],
  ] as const
  expectError(await post(twice), 400, 'invalid_request', 'duplicated parameter')
})

test('nobody revokes a token of another client', async () => {
  const { access_token, refresh_token } = await login()
  for (const token of [access_token, refresh_token])
    expectError(await revoke(token, { basic: as('other') }), 400, 'invalid_request', 'Unmatching clients')
  expectClientRefused(await revoke(access_token, { basic: ['shop', 'wrong-secret'] }), 'unauthorized_client')
  expectClientRefused(await revoke(access_token, {}), 'invalid_client')
  assert.equal((await realm.userinfo(String(access_token))).status, 200)
})

test('a public client revokes by its name', async () => {
  const form = { grant_type: 'password', client_id: 'page', username: 'taras', password }
  const { refresh_token } = expectToken(await realm.token(form))
  expectRevoked(await realm.call('POST', '/protocol/openid-connect/revoke', { form: { client_id: 'page', token: String(refresh_token) } }))
})

test('the events say what was revoked', async () => {
  const { access_token, refresh_token, session_state } = await login()
  await realm.events()
  await revoke(access_token)
  await revoke(refresh_token)
  await revoke('abc')
  const events = (await realm.events()).filter(({ type }) => String(type).startsWith('REVOKE'))
  const userId = jwtClaims(access_token)['sub']
  const known = { realmName: 'flows-revoke', clientId: 'shop', client_auth_method: 'client-secret' }
  const plain = events.map(({ realmId: _realm, ipAddress: _address, error, ...rest }) => (error === undefined ? rest : { ...rest, error }))
  assert.deepEqual(plain, [
    { type: 'REVOKE_GRANT', userId, token_id: jwtClaims(access_token)['jti'], ...known },
    {
      type: 'REVOKE_GRANT',
      userId,
      sessionId: session_state,
      refresh_token_type: 'Refresh',
      revoked_client: 'shop',
      refresh_token_id: jwtClaims(refresh_token)['jti'],
      ...known,
    },
    { type: 'REVOKE_GRANT_ERROR', error: 'invalid_token', ...known },
  ])
})

test('revocation costs one read where there is no session, none where there is one, and none at issuing', {
  skip: server.onReference,
}, async () => {
  const { access_token } = await login()
  const bearer = String(access_token)
  await realm.userinfo(bearer)
  assert.deepEqual(await server.statements(() => realm.userinfo(bearer)), ['subject.find'])
  const machine = await realm.accessToken(as('shop'), { scope: 'openid' })
  assert.deepEqual(await server.statements(() => realm.accessToken(as('shop'))), [])
  assert.deepEqual(await server.statements(() => realm.userinfo(machine)), ['single-use.find'])
})
