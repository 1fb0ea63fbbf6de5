import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, CallOptions } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, refreshing, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const app = (clientId: string) => service(clientId, { directAccessGrantsEnabled: true, webOrigins: ['https://app.example'] })

const light = service('light', {
  directAccessGrantsEnabled: true,
  attributes: { 'client.use.lightweight.access.token.enabled': 'true' },
})

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-userinfo',
      enabled: true,
      clients: [
        service('machine'),
        service('sleeper'),
        service('retired'),
        refreshing('refreshing'),
        app('app'),
        app('going'),
        app('removed'),
        app('stale'),
        light,
      ],
      users: [person('taras'), person('sleeping'), person('leaving')],
    },
    { realm: 'flows-userinfo-other', enabled: true, clients: [service('machine')] },
    { realm: 'flows-userinfo-off', enabled: true, clients: [service('machine')] },
  ],
})
const realm = server.realm('flows-userinfo')
const openid = { scope: 'openid' }

async function login(username: string, clientId = 'app', scope = 'openid'): Promise<Answer['json']> {
  return expectToken(await realm.token({ grant_type: 'password', username, password, scope }, { basic: as(clientId) }))
}

/** Errors have an empty body; what is wrong is told in WWW-Authenticate. */
function expectChallenge(answer: Answer, status: number, rest: string): void {
  assert.deepEqual(
    { status: answer.status, challenge: answer.headers['www-authenticate'], text: answer.text },
    { status, challenge: `Bearer realm="flows-userinfo"${rest}`, text: '' },
  )
}
const invalidToken = (why: string): string => `, error="invalid_token", error_description="${why}"`

const post = (options: CallOptions): Promise<Answer> => realm.call('POST', '/protocol/openid-connect/userinfo', options)

test("a person's claims, by GET and POST, in header and form", async () => {
  const { access_token } = await login('taras')
  const bearer = String(access_token)
  const expected = {
    sub: jwtClaims(bearer)['sub'],
    email_verified: true,
    name: 'Тарас Шевченко',
    preferred_username: 'taras',
    given_name: 'Тарас',
    family_name: 'Шевченко',
    email: 'taras@example.com',
  }
  const answers = [
    await realm.userinfo(bearer),
    await post({ bearer }),
    await post({ form: { access_token: bearer } }),
    await realm.userinfo(undefined, { headers: { authorization: `bearer ${bearer}` } }),
  ]
  for (const { status, headers, json } of answers) {
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'application/json')
    assert.match(String(headers['cache-control']), /no-store/)
    assert.deepEqual(json, expected)
  }
})

test("a service account's claims", async () => {
  const bearer = await realm.accessToken(as('machine'), openid)
  assert.deepEqual((await realm.userinfo(bearer)).json, {
    sub: jwtClaims(bearer)['sub'],
    email_verified: false,
    preferred_username: 'service-account-machine',
  })
})

test('a token without openid has not enough scope', async () => {
  const answer = await realm.userinfo(await realm.accessToken(as('machine')))
  expectChallenge(answer, 403, ', error="insufficient_scope", error_description="Missing openid scope"')
})

test('no token is a bare challenge, and a token in the query is none', async () => {
  const bearer = await realm.accessToken(as('machine'), openid)
  expectChallenge(await realm.userinfo(undefined), 401, '')
  expectChallenge(await realm.call('GET', `/protocol/openid-connect/userinfo?access_token=${bearer}`), 401, '')
  expectChallenge(await post({ form: { x: 'y' } }), 401, '')
  expectChallenge(await realm.userinfo(undefined, { basic: as('machine') }), 401, '')
})

test('a token in the header and another in the form is one too many', async () => {
  const bearer = await realm.accessToken(as('machine'), openid)
  const why = 'More than one method used for including an access token'
  expectChallenge(await post({ bearer, form: { access_token: bearer } }), 400, `, error="invalid_request", error_description="${why}"`)
})

test('two tokens in the form are one too many, and another parameter twice is none', async () => {
  const bearer = await realm.accessToken(as('machine'), openid)
  const once = [['access_token', bearer]] as const
  const why = ', error="invalid_request", error_description="Duplicate parameter"'
  expectChallenge(await post({ form: [...once, ...once] }), 400, why)
  assert.equal((await post({ form: [...once, ['x', '1'], ['x', '2']] })).status, 200)
})

test('a lightweight token is not for userinfo, and stays one when the client gets full ones again', async () => {
  const why = invalidToken('Lightweight access token not allowed for userinfo endpoint')
  const tokens = [await realm.accessToken(as('light'), openid), String((await login('taras', 'light'))['access_token'])]
  for (const token of tokens) expectChallenge(await realm.userinfo(token), 401, why)
  await realm.changeClient('light', { attributes: { 'client.use.lightweight.access.token.enabled': 'false' } })
  for (const token of tokens) expectChallenge(await realm.userinfo(token), 401, why)
  assert.equal((await realm.userinfo(await realm.accessToken(as('light'), openid))).status, 200)
})

test('garbage, other types of token and tokens of another realm fail to verify', async () => {
  const { id_token, refresh_token } = await login('taras')
  const foreign = await server.realm('flows-userinfo-other').accessToken(as('machine'), openid)
  for (const token of ['garbage', 'a.b.c', id_token, refresh_token, foreign])
    expectChallenge(await realm.userinfo(String(token)), 401, invalidToken('Token verification failed'))
})

test('an expired token fails to verify', { skip: server.onReference }, async () => {
  const bearer = await realm.accessToken(as('machine'), openid)
  server.clock.advance(299)
  assert.equal((await realm.userinfo(bearer)).status, 200)
  server.clock.advance(1)
  expectChallenge(await realm.userinfo(bearer), 401, invalidToken('Token verification failed'))
})

test('the end of the session, of the person and of the client is told', async () => {
  const first = await login('taras')
  await realm.removeSession(String(first['session_state']))
  expectChallenge(await realm.userinfo(String(first['access_token'])), 401, invalidToken('user_session_not_found'))

  const sleeping = await login('sleeping')
  await realm.changeUser('sleeping', { enabled: false })
  expectChallenge(await realm.userinfo(String(sleeping['access_token'])), 401, invalidToken('User disabled'))

  const going = await login('taras', 'going')
  await realm.changeClient('going', { enabled: false })
  expectChallenge(await realm.userinfo(String(going['access_token'])), 401, invalidToken('Client disabled'))

  const removed = await login('taras', 'removed')
  await realm.removeClient('removed')
  expectChallenge(await realm.userinfo(String(removed['access_token'])), 401, invalidToken('Token verification failed'))
})

test('the session of a removed person is gone with him', async () => {
  const { access_token } = await login('leaving')
  await realm.removeUser('leaving')
  expectChallenge(await realm.userinfo(String(access_token)), 401, invalidToken('user_session_not_found'))
})

test('a disabled service account ends its tokens at once', async () => {
  const bearer = await realm.accessToken(as('sleeper'), openid)
  await realm.changeUser('service-account-sleeper', { enabled: false })
  expectChallenge(await realm.userinfo(bearer), 401, invalidToken('user_disabled'))
})

test('a service account that was taken away ends its tokens', async () => {
  const bearer = await realm.accessToken(as('retired'), openid)
  await realm.removeUser('service-account-retired')
  expectChallenge(await realm.userinfo(bearer), 401, invalidToken('user_not_found'))
})

test("tokens older than the client's not-before fail to verify", async () => {
  const { access_token } = await login('taras', 'stale')
  await realm.changeClient('stale', { notBefore: Number(jwtClaims(access_token)['iat']) + 1 })
  expectChallenge(await realm.userinfo(String(access_token)), 401, invalidToken('Token verification failed'))
})

// The reference server goes on to answer here, though its other endpoints refuse: a disabled realm is disabled.
test('a disabled realm answers nobody', { skip: server.onReference }, async () => {
  const off = server.realm('flows-userinfo-off')
  const bearer = await off.accessToken(as('machine'), openid)
  await off.change({ enabled: false })
  expectError(await off.userinfo(bearer), 403, 'access_denied', 'Realm not enabled')
})

test('PUT and DELETE are no methods of userinfo', async () => {
  for (const method of ['PUT', 'DELETE']) {
    const answer = await realm.call(method, '/protocol/openid-connect/userinfo')
    assert.deepEqual([answer.status, answer.json], [405, { error: 'HTTP 405 Method Not Allowed' }])
  }
})
