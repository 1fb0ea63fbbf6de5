import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Form } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, audience, password, person, refreshing, secret, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const types = ['CLIENT_LOGIN', 'LOGIN', 'REFRESH_TOKEN', 'INTROSPECT_TOKEN', 'USER_INFO_REQUEST']

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-events',
      enabled: true,
      // Where an administrator reads them; ours are taken from the log.
      eventsEnabled: true,
      enabledEventTypes: types.flatMap((type) => [type, `${type}_ERROR`]),
      clients: [
        service('machine', { protocolMappers: [audience('machine')] }),
        service('disabled', { enabled: false }),
        service('no-account', { serviceAccountsEnabled: false }),
        service('sleeper'),
        { clientId: 'public', publicClient: true },
        refreshing('refreshing'),
        refreshing('tired'),
        service('app', { directAccessGrantsEnabled: true }),
        service('consent', { directAccessGrantsEnabled: true, consentRequired: true }),
      ],
      users: [person('taras'), person('off', { enabled: false }), person('todo', { requiredActions: ['UPDATE_PASSWORD'] })],
    },
  ],
})
const realm = server.realm('flows-events')
const form = { grant_type: 'client_credentials' }

/** The one event of a request, as far as the expectation goes; ours may tell more. */
async function expectEvent(request: Promise<Answer>, expected: Readonly<Record<string, string | undefined>>): Promise<void> {
  await request
  const events = await realm.events()
  const event = events.find((one) => one['error'] === expected['error'])
  assert.ok(event, `no such event: ${JSON.stringify(events)}`)
  const known = Object.fromEntries(Object.keys(expected).map((name) => [name, event[name]]))
  assert.deepEqual(known, expected)
  assert.equal(event['ipAddress'], '127.0.0.1')
  assert.equal(event['realmName'], 'flows-events')
  if (!server.onReference) assert.equal(events.length, 1)
}

async function silently<T>(work: Promise<T>): Promise<T> {
  const result = await work
  await realm.events()
  return result
}

const login = { type: 'CLIENT_LOGIN', grant_type: 'client_credentials', client_auth_method: 'client-secret' }
const loginError = { type: 'CLIENT_LOGIN_ERROR', grant_type: 'client_credentials' }
const authenticated = { ...loginError, client_auth_method: 'client-secret' }

test('CLIENT_LOGIN tells client, user, token and scope', async () => {
  const answer = await silently(realm.token(form, { basic: as('machine') }))
  const { sub } = jwtClaims(answer.json['access_token'])
  await expectEvent(realm.token(form, { basic: as('machine') }), {
    ...login,
    error: undefined,
    clientId: 'machine',
    userId: String(sub),
    username: 'service-account-machine',
    sessionId: undefined,
  })
  const second = await realm.token({ ...form, client_id: 'machine', client_secret: secret }, {})
  const [event] = await realm.events()
  assert.equal(event?.['token_id'], jwtClaims(second.json['access_token'])['jti'])
  assert.equal(event?.['scope'], second.json['scope'])
})

const clientLogins: readonly (readonly [string, Form, readonly [string, string] | undefined, Record<string, string | undefined>])[] = [
  ['a wrong secret', form, ['machine', 'wrong-secret'], { ...loginError, clientId: 'machine', error: 'invalid_client_credentials' }],
  ['no secret', { ...form, client_id: 'machine' }, undefined, { ...loginError, clientId: 'machine', error: 'invalid_client_credentials' }],
  ['an unknown client', form, ['nobody', secret], { ...loginError, clientId: 'nobody', error: 'client_not_found' }],
  ['no client', form, undefined, { ...loginError, clientId: undefined, error: 'client_not_found' }],
  ['a disabled client', form, as('disabled'), { ...loginError, clientId: 'disabled', error: 'client_disabled' }],
  [
    'a public client',
    { ...form, client_id: 'public' },
    undefined,
    { ...authenticated, clientId: 'public', error: 'invalid_client', reason: 'Public client not allowed to retrieve service account' },
  ],
  [
    'a client without a service account',
    form,
    as('no-account'),
    { ...authenticated, clientId: 'no-account', error: 'invalid_client', reason: 'Client not enabled to retrieve service account' },
  ],
  [
    'an unknown scope',
    { ...form, scope: 'magic' },
    as('machine'),
    {
      ...authenticated,
      clientId: 'machine',
      error: 'invalid_request',
      reason: 'Invalid scopes: magic',
      username: 'service-account-machine',
    },
  ],
]

for (const [name, body, basic, expected] of clientLogins) {
  test(`CLIENT_LOGIN_ERROR for ${name}`, () => expectEvent(realm.token(body, basic === undefined ? {} : { basic }), expected))
}

test('CLIENT_LOGIN_ERROR for a disabled service account', async () => {
  await silently(realm.changeUser('service-account-sleeper', { enabled: false }))
  await expectEvent(realm.token(form, { basic: as('sleeper') }), {
    ...authenticated,
    clientId: 'sleeper',
    error: 'user_disabled',
    username: 'service-account-sleeper',
    reason: "User 'service-account-sleeper' disabled",
  })
})

test('a request that nobody could mean is no event', async () => {
  const wrong = [
    { x: 'y' },
    { grant_type: 'magic' },
    { grant_type: 'refresh_token' },
    [...Object.entries(form), ['x', '1'], ['x', '2']] as const,
  ]
  for (const one of wrong) await realm.token(one, { basic: as('machine') })
  assert.deepEqual(await realm.events(), [])
})

test('REFRESH_TOKEN tells the used and the new token', async () => {
  const { json } = await silently(realm.token(form, { basic: as('refreshing') }))
  const used = jwtClaims(json['refresh_token'])
  const next = realm.token({ grant_type: 'refresh_token', refresh_token: String(json['refresh_token']) }, { basic: as('refreshing') })
  await expectEvent(next, {
    type: 'REFRESH_TOKEN',
    grant_type: 'refresh_token',
    client_auth_method: 'client-secret',
    clientId: 'refreshing',
    userId: String(used['sub']),
    sessionId: String(used['sid']),
    username: undefined,
    access_token_expiration_time: '300',
    age_of_refresh_token: '0',
    refresh_token_id: String(used['jti']),
    refresh_token_sub: String(used['sub']),
    refresh_token_type: 'Refresh',
    updated_refresh_token_id: String(jwtClaims((await next).json['refresh_token'])['jti']),
    token_id: String(jwtClaims((await next).json['access_token'])['jti']),
    error: undefined,
  })
})

test('REFRESH_TOKEN_ERROR says what is wrong with the token', async () => {
  const error = { type: 'REFRESH_TOKEN_ERROR', grant_type: 'refresh_token', client_auth_method: 'client-secret' }
  const { json } = await silently(realm.token(form, { basic: as('tired') }))
  const refresh = (token: unknown, client: string): Promise<Answer> =>
    realm.token({ grant_type: 'refresh_token', refresh_token: String(token) }, { basic: as(client) })
  const invalid = (clientId: string, reason: string) => ({ ...error, clientId, error: 'invalid_token', reason })
  await expectEvent(refresh('garbage', 'tired'), invalid('tired', 'Invalid refresh token'))
  await expectEvent(refresh(json['access_token'], 'tired'), invalid('tired', 'Invalid refresh token'))
  const foreign = "Invalid refresh token. Token client and authorized client don't match"
  await expectEvent(refresh(json['refresh_token'], 'machine'), invalid('machine', foreign))
  await silently(realm.changeUser('service-account-tired', { enabled: false }))
  await expectEvent(refresh(json['refresh_token'], 'tired'), invalid('tired', 'User disabled'))
  await silently(realm.changeUser('service-account-tired', { enabled: true }))
  await silently(realm.removeSession(String(json['session_state'])))
  await expectEvent(refresh(json['refresh_token'], 'tired'), invalid('tired', 'Session not active'))
})

const people = { type: 'LOGIN', grant_type: 'password', client_auth_method: 'client-secret', auth_method: 'openid-connect' }
const credentials = (username: string, word = password) => ({ grant_type: 'password', username, password: word })

test('LOGIN tells who logged in, and without pages not by what', async () => {
  const expected = { ...people, clientId: 'app', username: 'taras', error: undefined, credential_type: undefined }
  await expectEvent(realm.token(credentials('taras'), { basic: as('app') }), expected)
})

const logins: readonly (readonly [string, Form, string, Record<string, string | undefined>])[] = [
  ['a wrong password', credentials('taras', 'wrong-password'), 'app', { username: 'taras', error: 'invalid_user_credentials' }],
  ['an unknown user', credentials('nobody'), 'app', { username: 'nobody', userId: undefined, error: 'user_not_found' }],
  ['a disabled user', credentials('off'), 'app', { username: 'off', error: 'user_disabled' }],
  [
    'a disabled user with a wrong password',
    credentials('off', 'wrong-password'),
    'app',
    // The answer is that of a wrong password all the same.
    { username: 'off', error: 'user_disabled' },
  ],
  [
    'a required action',
    credentials('todo'),
    'app',
    { username: 'todo', error: 'resolve_required_actions', reason: 'Account is not fully set up' },
  ],
  [
    'a client that may not',
    credentials('taras'),
    'machine',
    { auth_method: 'oauth_credentials', error: 'not_allowed', reason: 'Client not allowed for direct access grants' },
  ],
  [
    'a client that needs consent',
    credentials('taras'),
    'consent',
    { auth_method: 'oauth_credentials', error: 'consent_denied', reason: 'Client requires user consent' },
  ],
]

for (const [name, body, clientId, expected] of logins) {
  test(`LOGIN_ERROR for ${name}`, () =>
    expectEvent(realm.token(body, { basic: as(clientId) }), { ...people, type: 'LOGIN_ERROR', clientId, ...expected }))
}

test('USER_INFO_REQUEST and its errors', async () => {
  const { json } = await silently(realm.token({ ...credentials('taras'), scope: 'openid' }, { basic: as('app') }))
  const request = { auth_method: 'validate_access_token' }
  await expectEvent(realm.userinfo(String(json['access_token'])), {
    ...request,
    type: 'USER_INFO_REQUEST',
    clientId: 'app',
    userId: String(jwtClaims(json['access_token'])['sub']),
    sessionId: String(json['session_state']),
    username: 'taras',
    signature_required: 'false',
    error: undefined,
  })
  const error = { ...request, type: 'USER_INFO_REQUEST_ERROR' }
  await expectEvent(realm.userinfo(undefined), { ...error, error: 'invalid_token', reason: 'Missing token' })
  await expectEvent(realm.userinfo('garbage'), { ...error, error: 'invalid_token' })
  const refreshType = "Token type is incorrect. Expected '[Bearer, DPoP]' but was 'Refresh'"
  await expectEvent(realm.userinfo(String(json['refresh_token'])), { ...error, error: 'invalid_token', reason: refreshType })
  const narrow = await silently(realm.accessToken(as('machine')))
  await expectEvent(realm.userinfo(narrow), { ...error, error: 'access_denied', reason: 'Missing openid scope' })
  await silently(realm.removeSession(String(json['session_state'])))
  const gone = { ...error, clientId: 'app', error: 'user_session_not_found', sessionId: String(json['session_state']) }
  await expectEvent(realm.userinfo(String(json['access_token'])), gone)
})

test('INTROSPECT_TOKEN and its errors, an inactive token being one', async () => {
  const token = await silently(realm.accessToken(as('machine')))
  const { jti, sub } = jwtClaims(token)
  const told = { client_auth_method: 'client-secret', token_id: String(jti), token_issued_for: 'machine', token_type: 'Bearer' }
  const ask = (body: Form, basic: readonly [string, string]) => realm.introspect(body, { basic })
  await expectEvent(ask({ token }, as('machine')), {
    ...told,
    type: 'INTROSPECT_TOKEN',
    clientId: 'machine',
    userId: String(sub),
    error: undefined,
  })
  const error = { type: 'INTROSPECT_TOKEN_ERROR', error: 'invalid_token' }
  const foreign = "Client 'app' is not in the token audience"
  await expectEvent(ask({ token }, as('app')), { ...error, ...told, clientId: 'app', reason: foreign, userId: String(sub) })
  const asRefresh = 'Introspection access token for machine client: invalid_token_type'
  const otherType = { ...error, ...told, error: 'invalid_token_type', clientId: 'machine', reason: asRefresh }
  await expectEvent(ask({ token, token_type_hint: 'refresh_token' }, as('machine')), otherType)
  const failed = { ...error, clientId: 'machine', reason: 'Access token JWT check failed' }
  await expectEvent(ask({ token: 'garbage' }, as('machine')), failed)
  const invalid = { ...error, clientId: 'machine', error: 'invalid_request' }
  await expectEvent(ask({ x: 'y' }, as('machine')), { ...invalid, detail: 'Token not provided.' })
  const wrong = { ...error, clientId: 'machine', error: 'invalid_client_credentials' }
  await expectEvent(ask({ token }, ['machine', 'wrong-secret']), wrong)
})

test('events of success are debug lines, errors are warnings, and a failed login names nobody else', {
  skip: server.onReference,
}, async () => {
  expectToken(await realm.token(form, { basic: as('machine') }))
  await realm.token(form, { basic: ['machine', 'wrong-secret'] })
  await server.services.events.flush()
  const events = server.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ message }) => message === 'event')
  for (const { level, error, loggerName } of events) {
    assert.equal(level, error === undefined ? 'DEBUG' : 'WARN')
    assert.equal(loggerName, 'events')
  }
  assert.ok(events.length > 20)
})

test('a long request makes no long line of the log', { skip: server.onReference }, async () => {
  const before = server.lines.length
  const answer = await realm.token({ ...form, scope: 'x'.repeat(100_000) }, { basic: as('machine') })
  assert.equal(answer.status, 400)
  await server.services.events.flush()
  const lines = server.lines.slice(before)
  assert.equal(lines.filter((line) => line.includes('CLIENT_LOGIN_ERROR')).length, 1)
  assert.ok(lines.every((line) => line.length < 5_000))
})
