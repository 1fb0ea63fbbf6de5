import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, CallOptions } from '../server/call.ts'
import { expectClientRefused, expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const logins = { directAccessGrantsEnabled: true }
const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-logout',
      enabled: true,
      eventsEnabled: true,
      clients: [
        service('shop', logins),
        service('other', logins),
        { clientId: 'page', publicClient: true, webOrigins: ['https://page.example'], ...logins },
      ],
      users: [person('taras')],
    },
    { realm: 'flows-logout-off', enabled: true, clients: [service('shop', logins)], users: [person('taras')] },
  ],
})
const realm = server.realm('flows-logout')

async function login(clientId = 'shop', at = realm): Promise<Answer['json']> {
  const form = { grant_type: 'password', username: 'taras', password, scope: 'openid' }
  return expectToken(await at.token(form, { basic: as(clientId) }))
}

const leave = (token: unknown, options: CallOptions = { basic: as('shop') }, at = realm): Promise<Answer> =>
  at.call('POST', '/protocol/openid-connect/logout', { form: { refresh_token: String(token) }, ...options })

function expectLeft(answer: Answer): void {
  assert.deepEqual([answer.status, answer.text, answer.headers['cache-control']], [204, '', 'no-cache'])
}

test('the session ends at once: for refreshing, userinfo and introspection', async () => {
  const { refresh_token, access_token } = await login()
  expectLeft(await leave(refresh_token))
  const refreshed = await realm.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) }, { basic: as('shop') })
  expectError(refreshed, 400, 'invalid_grant', 'Session not active')
  const { status, headers } = await realm.userinfo(String(access_token))
  assert.equal(status, 401)
  assert.match(String(headers['www-authenticate']), /error_description="user_session_not_found"$/)
  assert.deepEqual((await realm.introspect({ token: String(access_token) }, { basic: as('shop') })).json, { active: false })
})

test('a second time it is well, too, and no event', async () => {
  const { refresh_token, session_state } = await login()
  await realm.events()
  expectLeft(await leave(refresh_token))
  expectLeft(await leave(refresh_token))
  const events = (await realm.events()).filter(({ type }) => type === 'LOGOUT')
  assert.deepEqual(
    events.map(({ clientId, sessionId, client_auth_method }) => ({ clientId, sessionId, client_auth_method })),
    [{ clientId: 'shop', sessionId: session_state, client_auth_method: 'client-secret' }],
  )
})

test('of many at the same time one ends the session, and all are told that it is over', { skip: server.onReference }, async () => {
  const { refresh_token } = await login()
  await realm.events()
  const answers = await Promise.all(Array.from({ length: 20 }, () => leave(refresh_token)))
  for (const answer of answers) expectLeft(answer)
  assert.equal((await realm.events()).filter(({ type }) => type === 'LOGOUT').length, 1)
})

test('what is no refresh token of the client is refused, and the session stays', async () => {
  const { refresh_token, access_token, id_token } = await login()
  for (const token of ['abc', '', access_token, id_token]) expectError(await leave(token), 400, 'invalid_grant', 'Invalid refresh token')
  const mismatch = "Invalid refresh token. Token client and authorized client don't match"
  expectError(await leave(refresh_token, { basic: as('other') }), 400, 'invalid_grant', mismatch)
  expectClientRefused(await leave(refresh_token, { basic: ['shop', 'wrong-secret'] }), 'unauthorized_client')
  expectClientRefused(await leave(refresh_token, {}), 'invalid_client')
  assert.equal((await realm.userinfo(String(access_token))).status, 200)
})

test('a refused logout is an event with its reason', async () => {
  await realm.events()
  await leave('abc')
  const [event] = await realm.events()
  const { type, clientId, error, reason } = event ?? {}
  assert.deepEqual(
    { type, clientId, error, reason },
    {
      type: 'LOGOUT_ERROR',
      clientId: 'shop',
      error: 'invalid_token',
      reason: 'Invalid refresh token',
    },
  )
})

test('a public client names itself; its browser origin decides who may read the answer', async () => {
  const form = { grant_type: 'password', client_id: 'page', username: 'taras', password }
  const tokens = expectToken(await realm.token(form))
  const post = (origin: string): Promise<Answer> =>
    leave(undefined, { form: { client_id: 'page', refresh_token: String(tokens['refresh_token']) }, headers: { origin } })
  expectError(await post('https://evil.example'), 403, 'Invalid origin')
  const answer = await post('https://page.example')
  expectLeft(answer)
  assert.equal(answer.headers['access-control-allow-origin'], 'https://page.example')
})

test('a refresh token that has expired still says which session to end', { skip: server.onReference }, async () => {
  const { refresh_token, session_state } = await login()
  const lifespan = Number(jwtClaims(refresh_token)['exp']) - Number(jwtClaims(refresh_token)['iat'])
  server.clock.advance(lifespan + 1)
  expectLeft(await leave(refresh_token))
  assert.ok(session_state)
})

test('a disabled realm lets people leave', async () => {
  const off = server.realm('flows-logout-off')
  const { refresh_token } = await login('shop', off)
  await off.change({ enabled: false })
  expectLeft(await leave(refresh_token, { basic: as('shop') }, off))
  await off.change({ enabled: true })
  const again = await off.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) }, { basic: as('shop') })
  expectError(again, 400, 'invalid_grant', 'Session not active')
})
