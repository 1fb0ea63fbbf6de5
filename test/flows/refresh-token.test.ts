import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../server/call.ts'
import { expectClientRefused, expectError, expectToken } from '../server/expect.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import type { TestRealm } from '../server/realm.ts'
import { account, as, refreshing, secret, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const idleSeconds = 1_800
const maxSeconds = 36_000

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-refresh',
      enabled: true,
      clients: [
        refreshing('machine'),
        refreshing('other'),
        refreshing('sleeper'),
        refreshing('switched-off'),
        refreshing('stale'),
        refreshing('no-refresh', { attributes: { 'use.refresh.tokens': 'false' } }),
        refreshing('short', { attributes: { 'client.session.idle.timeout': '200', 'client.session.max.lifespan': '500' } }),
        service('plain'),
        refreshing('no-roles'),
        refreshing('scoped'),
        { clientId: 'public', publicClient: true },
      ],
      users: [account('no-roles', [])],
    },
    { realm: 'flows-refresh-other', enabled: true, clients: [refreshing('machine')] },
    { realm: 'flows-rotate', enabled: true, revokeRefreshToken: true, clients: [refreshing('machine'), refreshing('other')] },
    {
      realm: 'flows-rotate-twice',
      enabled: true,
      revokeRefreshToken: true,
      refreshTokenMaxReuse: 1,
      clients: [refreshing('machine')],
    },
    { realm: 'flows-refresh-before', enabled: true, clients: [refreshing('machine'), refreshing('other')] },
  ],
})
const realm = server.realm('flows-refresh')

async function login(clientId = 'machine', at: TestRealm = realm, scope?: string): Promise<Answer['json']> {
  return expectToken(await at.token({ grant_type: 'client_credentials', scope }, { basic: as(clientId) }))
}

const refresh = (token: unknown, clientId = 'machine', at: TestRealm = realm, more: Record<string, string> = {}): Promise<Answer> =>
  at.token({ grant_type: 'refresh_token', refresh_token: String(token), ...more }, { basic: as(clientId) })

const expectInvalidGrant = (answer: Answer, description: string): void => expectError(answer, 400, 'invalid_grant', description)

/** A moment later: on the reference server a real one. */
async function pass(seconds: number): Promise<void> {
  if (!server.onReference) return server.clock.advance(seconds)
  await new Promise((done) => setTimeout(done, seconds * 1_000))
}

test('a service account whose client asks for it gets a refresh token and a session', async () => {
  const { refresh_token, access_token, session_state, refresh_expires_in, ...rest } = await login()
  assert.ok(Math.abs(Number(refresh_expires_in) - idleSeconds) <= 1)
  assert.deepEqual(Object.keys(rest).sort(), ['expires_in', 'not-before-policy', 'scope', 'token_type'])
  const access = jwtClaims(access_token)
  assert.equal(access['sid'], session_state)
  assert.match(String(access['jti']), /^onrtcc:/)
  const { typ, azp, iss, aud, sub, sid } = jwtClaims(refresh_token)
  assert.deepEqual(
    { typ, azp, iss, aud, sub, sid },
    {
      typ: 'Refresh',
      azp: 'machine',
      iss: realm.url,
      aud: realm.url,
      sub: access['sub'],
      sid: session_state,
    },
  )
  assert.equal(jwtHeader(refresh_token)['alg'], 'HS512')
})

test('a service account gets an offline token when it asks for one and may have it', async () => {
  const { refresh_token, refresh_expires_in, access_token } = await login('machine', realm, 'openid offline_access')
  assert.equal(refresh_expires_in, 0)
  assert.deepEqual([jwtClaims(refresh_token)['typ'], jwtClaims(refresh_token)['exp']], ['Offline', undefined])
  assert.match(String(jwtClaims(access_token)['jti']), /^ofrtcc:/)
  assert.equal(jwtClaims(expectToken(await refresh(refresh_token))['refresh_token'])['typ'], 'Offline')
  const form = { grant_type: 'client_credentials', scope: 'offline_access' }
  const refused = await realm.token(form, { basic: as('no-roles') })
  expectError(refused, 400, 'not_allowed', 'Offline tokens not allowed for the user or client')
})

test('without the switch there is neither', async () => {
  const { refresh_token, session_state } = await login('plain')
  assert.deepEqual([refresh_token, session_state], [undefined, undefined])
})

test('a refresh gives new tokens of the same session, and the old refresh token still works', async () => {
  const first = await login('machine', realm, 'openid')
  const second = expectToken(await refresh(first['refresh_token']))
  assert.equal(second['session_state'], first['session_state'])
  assert.equal(second['scope'], first['scope'])
  assert.ok(second['id_token'])
  const [old, young] = [jwtClaims(first['access_token']), jwtClaims(second['access_token'])]
  assert.notEqual(young['jti'], old['jti'])
  assert.match(String(young['jti']), /^onrtrt:/)
  const { jti: _1, exp: _2, iat: _3, ...oldClaims } = old
  const { jti: _4, exp: _5, iat: _6, ...youngClaims } = young
  assert.deepEqual(youngClaims, oldClaims)
  assert.notEqual(jwtClaims(second['refresh_token'])['jti'], jwtClaims(first['refresh_token'])['jti'])
  expectToken(await refresh(first['refresh_token']))
  expectToken(await refresh(second['refresh_token']))
})

test('a refresh may name known scopes and no unknown ones', async () => {
  const { refresh_token, scope } = await login('machine', realm, 'openid phone')
  const narrow = expectToken(await refresh(refresh_token, 'machine', realm, { scope: 'openid' }))
  assert.equal(String(narrow['scope']).split(' ').sort().join(' '), 'email openid profile')
  assert.equal(String(scope).split(' ').sort().join(' '), 'email openid phone profile')
  const unknown = await refresh(refresh_token, 'machine', realm, { scope: 'unknown' })
  expectError(unknown, 400, 'invalid_scope', 'Invalid scopes: unknown')
})

test('a scope that is taken from the client and given back counts again', async () => {
  const scopeOf = (json: Answer['json']) => String(json['scope']).split(' ')
  const found = async (path: string): Promise<{ id: string; name?: string }[]> =>
    (await server.admin('GET', `/realms/flows-refresh/${path}`)).json as unknown as { id: string; name?: string }[]
  const scope = (await found('client-scopes')).find(({ name }) => name === 'phone')?.id
  const [client] = await found('clients?clientId=scoped')
  const assigned = `/realms/flows-refresh/clients/${client?.id}/optional-client-scopes/${scope}`
  const first = await login('scoped', realm, 'openid phone')
  assert.ok(scopeOf(first).includes('phone'))
  assert.equal((await server.admin('DELETE', assigned)).status, 204)
  const without = expectToken(await refresh(first['refresh_token'], 'scoped'))
  assert.ok(!scopeOf(without).includes('phone'))
  assert.equal((await server.admin('PUT', assigned)).status, 204)
  assert.ok(scopeOf(expectToken(await refresh(without['refresh_token'], 'scoped'))).includes('phone'))
})

test('a refresh token lives as long as its session is idle at most', { skip: server.onReference }, async () => {
  const first = await login()
  server.clock.advance(idleSeconds - 1)
  const second = expectToken(await refresh(first['refresh_token']))
  assert.equal(second['refresh_expires_in'], idleSeconds)
  server.clock.advance(1)
  expectInvalidGrant(await refresh(first['refresh_token']), 'Token is not active')
  server.clock.advance(idleSeconds - 2)
  expectToken(await refresh(second['refresh_token']))
  server.clock.advance(idleSeconds)
  expectInvalidGrant(await refresh(second['refresh_token']), 'Token is not active')
})

test('no refresh leads beyond the end of the session', { skip: server.onReference }, async () => {
  const start = server.clock.now()
  let last = await login()
  const left = () => maxSeconds - (server.clock.now() - start) / 1_000
  while (left() > 1_700) {
    server.clock.advance(1_700)
    last = expectToken(await refresh(last['refresh_token']))
    assert.equal(last['refresh_expires_in'], Math.min(idleSeconds, left()))
    assert.equal(last['expires_in'], Math.min(300, left()))
  }
  server.clock.advance(left())
  expectInvalidGrant(await refresh(last['refresh_token']), 'Token is not active')
})

test('a client may end its part of the session earlier', { skip: server.onReference }, async () => {
  const first = await login('short')
  assert.equal(first['refresh_expires_in'], 200)
  server.clock.advance(199)
  const second = expectToken(await refresh(first['refresh_token'], 'short'))
  server.clock.advance(199)
  const third = expectToken(await refresh(second['refresh_token'], 'short'))
  assert.deepEqual([third['refresh_expires_in'], third['expires_in']], [102, 102])
  server.clock.advance(102)
  expectInvalidGrant(await refresh(third['refresh_token'], 'short'), 'Token is not active')
})

test("another client's refresh token is refused, and stays good for its own", async () => {
  const { refresh_token } = await login()
  const answer = await refresh(refresh_token, 'other')
  expectInvalidGrant(answer, "Invalid refresh token. Token client and authorized client don't match")
  const byPublic = await realm.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token), client_id: 'public' })
  expectInvalidGrant(byPublic, "Invalid refresh token. Token client and authorized client don't match")
  expectToken(await refresh(refresh_token))
})

test('a refresh token needs its client to be authenticated', async () => {
  const { refresh_token } = await login()
  const form = { grant_type: 'refresh_token', refresh_token: String(refresh_token) }
  expectClientRefused(await realm.token(form), 'invalid_client')
  expectClientRefused(await realm.token({ ...form, client_id: 'machine' }), 'unauthorized_client')
  expectClientRefused(await realm.token(form, { basic: ['machine', `${secret}x`] }), 'unauthorized_client')
})

test('what is no refresh token of the realm is refused', async () => {
  const { access_token, id_token } = await login('machine', realm, 'openid')
  const foreign = await login('machine', server.realm('flows-refresh-other'))
  for (const token of [access_token, id_token, foreign['refresh_token'], 'garbage', 'a.b.c'])
    expectInvalidGrant(await refresh(token), 'Invalid refresh token')
  expectError(await realm.token({ grant_type: 'refresh_token' }, { basic: as('machine') }), 400, 'invalid_request', 'No refresh token')
})

test('turning refresh tokens off for people leaves a service account the first one, and no second', async () => {
  const { refresh_token } = await login('no-refresh')
  const second = expectToken(await refresh(refresh_token, 'no-refresh'))
  assert.equal(second['refresh_token'], undefined)
})

test('a disabled service account cannot refresh', async () => {
  const { refresh_token } = await login('sleeper')
  await realm.changeUser('service-account-sleeper', { enabled: false })
  expectInvalidGrant(await refresh(refresh_token, 'sleeper'), 'User disabled')
  await realm.changeUser('service-account-sleeper', { enabled: true })
  expectToken(await refresh(refresh_token, 'sleeper'))
})

test('a disabled client cannot refresh', async () => {
  const { refresh_token } = await login('switched-off')
  await realm.changeClient('switched-off', { enabled: false })
  expectClientRefused(await refresh(refresh_token, 'switched-off'), 'invalid_client')
  await realm.changeClient('switched-off', { enabled: true })
  expectToken(await refresh(refresh_token, 'switched-off'))
})

test('a removed session cannot be refreshed', async () => {
  const { refresh_token, session_state } = await login()
  await realm.removeSession(String(session_state))
  expectInvalidGrant(await refresh(refresh_token), 'Session not active')
})

test("tokens older than the client's not-before are stale", async () => {
  const { refresh_token } = await login('stale')
  await pass(2)
  await realm.changeClient('stale', { notBefore: Number(jwtClaims(refresh_token)['iat']) + 1 })
  expectInvalidGrant(await refresh(refresh_token, 'stale'), 'Stale token')
  const next = await login('stale')
  assert.equal(next['not-before-policy'], Number(jwtClaims(refresh_token)['iat']) + 1)
  expectToken(await refresh(next['refresh_token'], 'stale'))
})

test("tokens older than the realm's not-before are stale", async () => {
  const before = server.realm('flows-refresh-before')
  const { refresh_token } = await login('machine', before)
  const notBefore = Number(jwtClaims(refresh_token)['iat']) + 1
  await pass(2)
  await before.change({ notBefore })
  expectInvalidGrant(await refresh(refresh_token, 'machine', before), 'Stale token')
  const next = await login('machine', before)
  assert.equal(next['not-before-policy'], notBefore)
  expectToken(await refresh(next['refresh_token'], 'machine', before))
})

test("tokens older than the user's not-before are stale", { skip: server.onReference }, async () => {
  const before = server.realm('flows-refresh-before')
  const { refresh_token } = await login('other', before)
  server.clock.advance(2)
  await before.changeUser('service-account-other', { notBefore: Number(jwtClaims(refresh_token)['iat']) + 1 })
  expectInvalidGrant(await refresh(refresh_token, 'other', before), 'Stale token')
  expectToken(await refresh((await login('other', before))['refresh_token'], 'other', before))
})

const rotating = server.realm('flows-rotate')

test('a rotating refresh token works once, its successor works, and reuse of the old one kills the successor too', async () => {
  const first = await login('machine', rotating)
  const second = expectToken(await refresh(first['refresh_token'], 'machine', rotating))
  await pass(2)
  const third = expectToken(await refresh(second['refresh_token'], 'machine', rotating))
  await pass(2)
  expectInvalidGrant(await refresh(first['refresh_token'], 'machine', rotating), 'Stale token')
  const killed = await refresh(third['refresh_token'], 'machine', rotating)
  expectInvalidGrant(killed, "Session doesn't have required client")
})

test('the refresh token that was used last is refused as used too often', async () => {
  const first = await login('machine', rotating)
  expectToken(await refresh(first['refresh_token'], 'machine', rotating))
  expectInvalidGrant(await refresh(first['refresh_token'], 'machine', rotating), 'Maximum allowed refresh token reuse exceeded')
})

test('a refused request does not use a rotating token up', async () => {
  const { refresh_token } = await login('machine', rotating)
  expectClientRefused(
    await rotating.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) }, { basic: ['machine', 'wrong-secret'] }),
    'unauthorized_client',
  )
  expectInvalidGrant(
    await refresh(refresh_token, 'other', rotating),
    "Invalid refresh token. Token client and authorized client don't match",
  )
  expectError(await refresh(refresh_token, 'machine', rotating, { scope: 'unknown' }), 400, 'invalid_scope', 'Invalid scopes: unknown')
  expectToken(await refresh(refresh_token, 'machine', rotating))
})

test('a realm may allow a rotating token to be used once more', async () => {
  const there = server.realm('flows-rotate-twice')
  const { refresh_token } = await login('machine', there)
  expectToken(await refresh(refresh_token, 'machine', there))
  expectToken(await refresh(refresh_token, 'machine', there))
  expectInvalidGrant(await refresh(refresh_token, 'machine', there), 'Maximum allowed refresh token reuse exceeded')
})
