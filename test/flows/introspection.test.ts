import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { as, audience, password, person, refreshing, secret, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const resource = as('resource')
const known = { protocolMappers: [audience('resource')] }

/** Says an audience in answers alone. */
const told = { ...audience('stranger'), config: { 'included.client.audience': 'stranger', 'introspection.token.claim': 'true' } }
const withJwt = { 'client.introspection.response.allow.jwt.claim.enabled': 'true' }
const light = { attributes: { 'client.use.lightweight.access.token.enabled': 'true' } }

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-introspect',
      enabled: true,
      clients: [
        service('resource'),
        service('stranger'),
        service('offline', { attributes: withJwt }),
        service('offline-ps', { attributes: { ...withJwt, 'access.token.signed.response.alg': 'PS256' } }),
        service('unnamed', { protocolMappers: [told], fullScopeAllowed: false }),
        service('named', { protocolMappers: [told, audience('resource')] }),
        service('asserting', { clientAuthenticatorType: 'client-secret-jwt' }),
        service('light', { ...light, protocolMappers: ['offline', 'offline-ps', 'resource'].map(audience) }),
        service('disabled', { enabled: false }),
        { clientId: 'bearer', secret, bearerOnly: true },
        { clientId: 'public', publicClient: true },
        service('machine', known),
        service('bearer-machine', { protocolMappers: [audience('bearer')] }),
        service('going', known),
        service('removed', known),
        service('stale', known),
        service('sleeper', known),
        refreshing('refreshing', known),
        service('app', { directAccessGrantsEnabled: true, webOrigins: ['https://app.example'], ...known }),
      ],
      users: [person('taras'), person('sleeping'), person('leaving')],
    },
    { realm: 'flows-introspect-other', enabled: true, clients: [service('machine', known), service('resource')] },
    { realm: 'flows-introspect-rotate', enabled: true, revokeRefreshToken: true, clients: [refreshing('refreshing')] },
    { realm: 'flows-introspect-off', enabled: true, clients: [service('machine', known), service('resource')] },
  ],
})
const realm = server.realm('flows-introspect')

async function login(username: string): Promise<Answer['json']> {
  const form = { grant_type: 'password', username, password, scope: 'openid' }
  return expectToken(await realm.token(form, { basic: as('app') }))
}

const ask = (token: unknown, more: Record<string, string> = {}, basic = resource): Promise<Answer> =>
  realm.introspect({ token: String(token), ...more }, { basic })

const isActive = async (token: unknown, more: Record<string, string> = {}): Promise<unknown> => (await ask(token, more)).json['active']

/** Inactive means: this one member and no other (RFC 7662 section 2.2). */
function expectInactive({ status, text }: Answer): void {
  assert.deepEqual([status, text], [200, '{"active":false}'])
}

test("a client in the audience is told everything about a service account's token", async () => {
  const token = await realm.accessToken(as('machine'))
  const answer = await ask(token)
  assert.equal(answer.headers['content-type'], 'application/json')
  const { exp, iat, jti, sub, realm_access, resource_access, scope, aud, ...rest } = answer.json
  const claims = jwtClaims(token)
  assert.deepEqual(
    { exp, iat, jti, sub, scope },
    {
      exp: claims['exp'],
      iat: claims['iat'],
      jti: claims['jti'],
      sub: claims['sub'],
      scope: claims['scope'],
    },
  )
  const sets = (value: unknown): unknown =>
    JSON.stringify(value)
      .match(/[\w-]+/g)
      ?.sort()
  assert.deepEqual(
    sets({ realm_access, resource_access, aud }),
    sets({
      realm_access: claims['realm_access'],
      resource_access: claims['resource_access'],
      aud: claims['aud'],
    }),
  )
  assert.deepEqual(rest, {
    iss: realm.url,
    typ: 'Bearer',
    azp: 'machine',
    acr: '1',
    client_id: 'machine',
    preferred_username: 'service-account-machine',
    email_verified: false,
    username: 'service-account-machine',
    token_type: 'Bearer',
    active: true,
  })
})

test('a client in the form, and a bearer-only one, may ask', async () => {
  const token = await realm.accessToken(as('machine'))
  const answer = await realm.introspect({ token, client_id: 'resource', client_secret: secret })
  assert.equal(answer.json['active'], true)
  const forBearer = await realm.accessToken(as('bearer-machine'))
  assert.equal((await ask(forBearer, {}, as('bearer'))).json['active'], true)
})

test('who is not in the audience is told that the token is not active, its own client too', async () => {
  const token = await realm.accessToken(as('machine'))
  expectInactive(await ask(token, {}, as('stranger')))
  expectInactive(await ask(token, {}, as('machine')))
})

test('who only the mappers of introspection put into the audience may ask about tokens that name none', async () => {
  const asked = async (clientId: string) => (await ask(await realm.accessToken(as(clientId)), {}, as('stranger'))).json
  assert.deepEqual((await asked('unnamed'))['aud'], 'stranger')
  assert.deepEqual(await asked('named'), { active: false })
  const told = (await ask(await realm.accessToken(as('named')))).json['aud'] as string[]
  assert.ok(told.includes('stranger') && told.includes('resource'))
})

test('garbage, an ID token and a token of another realm are not active', async () => {
  const { id_token } = await login('taras')
  const foreign = await server.realm('flows-introspect-other').accessToken(as('machine'))
  for (const token of ['garbage', '', 'a.b.c', id_token, foreign]) expectInactive(await ask(token))
})

test('an expired token is not active', { skip: server.onReference }, async () => {
  const token = await realm.accessToken(as('machine'))
  server.clock.advance(299)
  assert.equal(await isActive(token), true)
  server.clock.advance(1)
  expectInactive(await ask(token))
})

test('a refresh token is found by its hint, by its own client', async () => {
  const form = { grant_type: 'client_credentials' }
  const { refresh_token, access_token } = expectToken(await realm.token(form, { basic: as('refreshing') }))
  const answer = await ask(refresh_token, { token_type_hint: 'refresh_token' }, as('refreshing'))
  const { active, typ, azp, client_id, token_type, username } = answer.json
  assert.deepEqual(
    { active, typ, azp, client_id, token_type, username },
    {
      active: true,
      typ: 'Refresh',
      azp: 'refreshing',
      client_id: 'refreshing',
      token_type: 'Refresh',
      username: 'service-account-refreshing',
    },
  )
  expectInactive(await ask(refresh_token, {}, as('refreshing')))
  expectInactive(await ask(refresh_token, { token_type_hint: 'access_token' }, as('refreshing')))
  expectInactive(await ask(refresh_token, { token_type_hint: 'refresh_token' }, as('stranger')))
  expectInactive(await ask(access_token, { token_type_hint: 'refresh_token' }))
  assert.equal(await isActive(access_token, { token_type_hint: 'access_token' }), true)
})

test('in a realm that rotates refresh tokens a used one is not active', async () => {
  const rotating = server.realm('flows-introspect-rotate')
  const basic = as('refreshing')
  const { refresh_token } = expectToken(await rotating.token({ grant_type: 'client_credentials' }, { basic }))
  const ofToken = async (token: unknown) =>
    (await rotating.introspect({ token: String(token), token_type_hint: 'refresh_token' }, { basic })).json['active']
  assert.equal(await ofToken(refresh_token), true)
  const next = expectToken(await rotating.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token) }, { basic }))
  assert.deepEqual([await ofToken(refresh_token), await ofToken(next['refresh_token'])], [false, true])
})

test('an unknown hint is refused', async () => {
  const token = await realm.accessToken(as('machine'))
  expectError(await ask(token, { token_type_hint: 'magic' }), 400, 'invalid_request', 'Unsupported token type.')
})

test('who does not prove to be a client is told nothing', async () => {
  const token = await realm.accessToken(as('machine'))
  const failed = 'Client authentication failed.'
  const unknown = 'Invalid client or Invalid client credentials'
  expectError(await ask(token, {}, ['resource', 'wrong-secret']), 401, 'invalid_client', failed)
  expectError(await realm.introspect({ token, client_id: 'resource' }), 401, 'invalid_client', failed)
  expectError(await ask(token, {}, ['nobody', secret]), 401, 'invalid_client', unknown)
  expectError(await ask(token, {}, as('disabled')), 401, 'invalid_client', unknown)
  expectError(await realm.introspect({ token }), 401, 'invalid_client', unknown)
  expectError(await realm.introspect({ token }, { bearer: token }), 401, 'invalid_client', unknown)
  const broken = await realm.introspect({ token }, { headers: { authorization: `Basic ${btoa('resource:100%')}` } })
  expectError(broken, 400, 'unauthorized_client', 'Unexpected error when authenticating client')
  expectError(await ask(token, {}, as('asserting')), 400, 'invalid_client', 'Parameter client_assertion_type is missing')
})

test('a public client may not ask', async () => {
  const token = await realm.accessToken(as('machine'))
  expectError(await realm.introspect({ token, client_id: 'public' }), 403, 'invalid_request', 'Client not allowed.')
})

test('the token stands in the form, once', async () => {
  const token = await realm.accessToken(as('machine'))
  expectError(await realm.introspect({ x: 'y' }, { basic: resource }), 400, 'invalid_request', 'Token not provided.')
  const inQuery = await realm.call('POST', `/protocol/openid-connect/token/introspect?token=${token}`, {
    form: { x: 'y' },
    basic: resource,
  })
  expectError(inQuery, 400, 'invalid_request', 'Token not provided.')
  const twice = [
    ['token', token],
    ['token', token],
  ] as const
  expectError(await realm.introspect(twice, { basic: resource }), 400, 'invalid_request', 'duplicated parameter')
})

test('GET is no method of introspection', async () => {
  const answer = await realm.call('GET', '/protocol/openid-connect/token/introspect', { basic: resource })
  assert.deepEqual([answer.status, answer.json], [405, { error: 'HTTP 405 Method Not Allowed' }])
})

test('a client that is set up for it gets the whole token as a JWT beside the answer, when it accepts nothing else', async () => {
  const token = await realm.accessToken(as('light'))
  const asking = (clientId: string, accept: string) => realm.introspect({ token }, { basic: as(clientId), headers: { accept } })
  for (const [clientId, alg] of [
    ['offline', 'RS256'],
    ['offline-ps', 'PS256'],
  ] as const) {
    const { headers, json } = await asking(clientId, 'application/jwt')
    assert.equal(headers['content-type'], 'application/json')
    const { jwt, active, client_id, username, token_type, ...claims } = json
    assert.deepEqual([jwtHeader(jwt)['alg'], jwtHeader(jwt)['typ']], [alg, 'JWT'])
    assert.deepEqual(jwtClaims(jwt), claims)
    assert.ok(claims['realm_access'], 'what the token itself does not hold')
  }
  for (const accept of ['application/json', '*/*', 'application/jwt, application/json'])
    assert.equal((await asking('offline', accept)).json['jwt'], undefined)
  const inactive = await realm.introspect({ token: 'x' }, { basic: as('offline'), headers: { accept: 'application/jwt' } })
  expectInactive(inactive)
})

test('who asks for a JWT gets JSON all the same', async () => {
  const token = await realm.accessToken(as('machine'))
  const { headers, json } = await realm.introspect({ token }, { basic: resource, headers: { accept: 'application/jwt' } })
  assert.equal(headers['content-type'], 'application/json')
  assert.deepEqual([json['active'], json['jwt']], [true, undefined])
})

test('browsers of other origins get no word', async () => {
  const token = await realm.accessToken(as('machine'))
  const origin = { origin: 'https://app.example' }
  const { headers, status } = await realm.introspect({ token }, { basic: resource, headers: origin })
  assert.equal(status, 200)
  assert.equal(headers['access-control-allow-origin'], undefined)
})

test("a person's token is active until the session, the person or the client ends", async () => {
  const first = await login('taras')
  assert.equal(await isActive(first['access_token']), true)
  assert.equal((await ask(first['access_token'])).json['sid'], first['session_state'])
  await realm.removeSession(String(first['session_state']))
  expectInactive(await ask(first['access_token']))

  const sleeping = await login('sleeping')
  await realm.changeUser('sleeping', { enabled: false })
  expectInactive(await ask(sleeping['access_token']))

  const leaving = await login('leaving')
  await realm.removeUser('leaving')
  expectInactive(await ask(leaving['access_token']))
})

test('a disabled service account ends its tokens at once', async () => {
  const token = await realm.accessToken(as('sleeper'))
  await realm.changeUser('service-account-sleeper', { enabled: false })
  expectInactive(await ask(token))
  await realm.changeUser('service-account-sleeper', { enabled: true })
  assert.equal(await isActive(token), true)
})

test('a disabled client and a removed one end their tokens at once', async () => {
  const token = await realm.accessToken(as('going'))
  await realm.changeClient('going', { enabled: false })
  expectInactive(await ask(token))
  await realm.changeClient('going', { enabled: true })
  assert.equal(await isActive(token), true)
  const other = await realm.accessToken(as('removed'))
  await realm.removeClient('removed')
  expectInactive(await ask(other))
})

test("tokens older than the client's not-before are not active", async () => {
  const token = await realm.accessToken(as('stale'))
  await realm.changeClient('stale', { notBefore: Number(jwtClaims(token)['iat']) + 1 })
  expectInactive(await ask(token))
})

test('a disabled realm answers nobody', async () => {
  const off = server.realm('flows-introspect-off')
  const token = await off.accessToken(as('machine'))
  await off.change({ enabled: false })
  const answer = await off.introspect({ token }, { basic: resource })
  expectError(answer, 403, 'access_denied', 'Realm not enabled')
  await off.change({ enabled: true })
  assert.equal((await off.introspect({ token }, { basic: resource })).json['active'], true)
})
