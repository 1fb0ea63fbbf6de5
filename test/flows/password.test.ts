import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import type { Answer, Form } from '../server/call.ts'
import { expectClientRefused, expectError, expectToken } from '../server/expect.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { as, password, person, secret, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const otpSecret = 'shared-otp-secret-12'
const otpCredential = {
  type: 'otp',
  userLabel: 'phone',
  secretData: JSON.stringify({ value: otpSecret }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, counter: 0, algorithm: 'HmacSHA1' }),
}
const passwordCredential = { type: 'password', value: password }

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-password',
      enabled: true,
      clients: [
        service('app', { directAccessGrantsEnabled: true }),
        { clientId: 'public', publicClient: true, directAccessGrantsEnabled: true },
        service('no-password', { directAccessGrantsEnabled: false }),
        service('consent', { directAccessGrantsEnabled: true, consentRequired: true }),
        service('no-refresh', { directAccessGrantsEnabled: true, attributes: { 'use.refresh.tokens': 'false' } }),
        service('light', {
          directAccessGrantsEnabled: true,
          attributes: { 'client.use.lightweight.access.token.enabled': 'true' },
        }),
      ],
      users: [
        person('taras'),
        person('off', { enabled: false }),
        person('todo', { requiredActions: ['UPDATE_PASSWORD'] }),
        person('no-credentials', { credentials: [] }),
        person('otp', { credentials: [passwordCredential, otpCredential] }),
        person('odd+name', { credentials: [{ type: 'password', value: 'пароль: %+& ö' }] }),
        { username: 'nameless', enabled: true, credentials: [passwordCredential] },
      ],
    },
    {
      realm: 'flows-password-plain',
      enabled: true,
      loginWithEmailAllowed: false,
      clients: [service('app', { directAccessGrantsEnabled: true })],
      users: [person('taras')],
    },
  ],
})
const realm = server.realm('flows-password')
const app = { basic: as('app') }
const form = (username: string, word = password, more: Record<string, string> = {}) => ({
  grant_type: 'password',
  username,
  password: word,
  ...more,
})
const wrong = 'Invalid user credentials'

const login = (body: Form, options = app): Promise<Answer> => realm.token(body, options)

test("admin-cli in master: a lightweight token that holds no more than the Admin API's own client needs", async () => {
  const master = server.realm('master')
  const body = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  const { access_token, refresh_token, session_state, ...rest } = expectToken(await master.token(body))
  assert.deepEqual(Object.keys(rest).sort(), ['expires_in', 'not-before-policy', 'refresh_expires_in', 'scope', 'token_type'])
  assert.ok(Number(rest['expires_in']) >= 59 && Number(rest['expires_in']) <= 60)
  assert.ok(Math.abs(Number(rest['refresh_expires_in']) - 1_800) <= 1)
  const { exp, iat, jti, ...claims } = jwtClaims(access_token)
  assert.deepEqual(claims, { iss: master.url, typ: 'Bearer', azp: 'admin-cli', sid: session_state, scope: rest['scope'] })
  assert.equal(Number(exp) - Number(iat), 60)
  assert.match(String(jti), /^onltro:/)
  assert.equal(jwtClaims(refresh_token)['typ'], 'Refresh')
  assert.equal((await server.call('GET', '/admin/realms/flows-password', { bearer: String(access_token) })).status, 200)
})

test('a person gets tokens with a session', async () => {
  const { access_token, id_token, refresh_token, session_state } = expectToken(await login(form('taras', password, { scope: 'openid' })))
  const access = jwtClaims(access_token)
  assert.equal(access['sid'], session_state)
  assert.equal(access['auth_time'], undefined)
  assert.equal(access['preferred_username'], 'taras')
  assert.equal(access['name'], 'Тарас Шевченко')
  assert.match(String(access['jti']), /^onrtro:/)
  assert.equal(jwtClaims(id_token)['sub'], access['sub'])
  assert.equal(jwtClaims(refresh_token)['sid'], session_state)
  assert.equal(jwtHeader(refresh_token)['alg'], 'HS512')
})

test('two logins are two sessions', async () => {
  const [first, second] = [await login(form('taras')), await login(form('taras'))]
  assert.notEqual(first.json['session_state'], second.json['session_state'])
})

test('a lightweight token of a person leaves out what the mappers would put in', async () => {
  const { access_token } = expectToken(await login(form('taras'), { basic: as('light') }))
  const { exp: _exp, iat: _iat, jti, sid: _sid, scope: _scope, ...claims } = jwtClaims(access_token)
  assert.deepEqual(Object.keys(claims).sort(), ['azp', 'iss', 'typ'])
  assert.match(String(jti), /^onltro:/)
})

test('a client without refresh tokens gets none', async () => {
  const { refresh_token, refresh_expires_in } = expectToken(await login(form('taras'), { basic: as('no-refresh') }))
  assert.deepEqual([refresh_token, refresh_expires_in], [undefined, 0])
})

const accepted: readonly (readonly [string, Form])[] = [
  ['the name in capitals', form('TARAS')],
  ['the e-mail', form('taras@example.com')],
  ['the e-mail in capitals', form('Taras@Example.COM')],
  ['odd characters', form('odd+name', 'пароль: %+& ö')],
]

for (const [name, body] of accepted) {
  test(`a login with ${name}`, async () => {
    expectToken(await login(body))
  })
}

test('a realm may take names alone', async () => {
  const plain = server.realm('flows-password-plain')
  expectToken(await plain.token(form('taras'), app))
  expectError(await plain.token(form('taras@example.com'), app), 400, 'invalid_grant', wrong)
})

const refused: readonly (readonly [string, Form, string])[] = [
  ['a wrong password', form('taras', 'wrong-password'), wrong],
  ['an empty password', form('taras', ''), wrong],
  ['no password', { grant_type: 'password', username: 'taras' }, wrong],
  ['a password that only begins right', form('taras', `${password}x`), wrong],
  ['an unknown user', form('nobody'), wrong],
  ['an empty name', form(''), wrong],
  ['a service account', form('service-account-app'), wrong],
  ['a user without a password', form('no-credentials'), wrong],
  ['a disabled user', form('off'), 'Account disabled'],
  ['a disabled user with a wrong password', form('off', 'wrong-password'), wrong],
  ['a required action', form('todo'), 'Account is not fully set up'],
  ['a required action and a wrong password', form('todo', 'wrong-password'), wrong],
  ['a profile without names', form('nameless'), 'Account is not fully set up'],
  ['no one-time password', form('otp'), wrong],
  ['a wrong one-time password', form('otp', password, { totp: '000000' }), wrong],
]

for (const [name, body, description] of refused) {
  test(`no login with ${name}`, async () => {
    expectError(await login(body), 400, 'invalid_grant', description)
  })
}

test('no name at all is another mistake', async () => {
  const answer = await login({ grant_type: 'password', password })
  expectError(answer, 401, 'invalid_request', 'Missing parameter: username')
})

test('an unknown user and a wrong password get the same answer', async () => {
  const [unknown, known] = [await login(form('nobody', 'wrong-password')), await login(form('taras', 'wrong-password'))]
  const seen = ({ status, text, headers: { date: _date, ...headers } }: Answer) => ({ status, text, headers })
  assert.deepEqual(seen(unknown), seen(known))
})

const code = (steps = 0): string => {
  const now = server.onReference ? Date.now() : server.clock.now()
  return hotp(Buffer.from(otpSecret), totpCounter(now, 30) + steps, { algorithm: 'HmacSHA1', digits: 6 })
}

test('a user with a one-time password needs the present one, as totp or as otp, and each once', async () => {
  expectToken(await login(form('otp', password, { totp: code() })))
  expectError(await login(form('otp', password, { totp: code() })), 400, 'invalid_grant', wrong)
  expectToken(await login(form('otp', password, { otp: code(1) })))
  expectError(await login(form('otp', password, { totp: code(5) })), 400, 'invalid_grant', wrong)
  expectError(await login(form('otp', 'wrong-password', { totp: code(-1) })), 400, 'invalid_grant', wrong)
})

test('clients that may not ask for passwords are told so', async () => {
  const notAllowed = await login(form('taras'), { basic: as('no-password') })
  expectError(notAllowed, 400, 'unauthorized_client', 'Client not allowed for direct access grants')
  const consent = await login(form('taras'), { basic: as('consent') })
  expectError(consent, 400, 'invalid_client', 'Client requires user consent')
})

test('a public client needs no secret, a confidential one does', async () => {
  expectToken(await realm.token({ ...form('taras'), client_id: 'public' }))
  expectClientRefused(await realm.token({ ...form('taras'), client_id: 'app' }), 'unauthorized_client')
  expectClientRefused(await realm.token(form('taras')), 'invalid_client')
})

test('a repeated name is refused', async () => {
  const twice = [
    ['grant_type', 'password'],
    ['username', 'taras'],
    ['username', 'off'],
    ['password', password],
  ] as const
  expectError(await login(twice), 400, 'invalid_request', 'duplicated parameter')
})

test('control characters in a parameter are passed over, but not in those of client and user', async () => {
  const asked = { ...form('taras'), client_id: 'app', client_secret: secret, grant_type: 'pass\u0001word', scope: 'open\tid\n' }
  const { id_token, refresh_token } = expectToken(await realm.token(asked))
  assert.equal(jwtClaims(id_token)['typ'], 'ID')
  const broken = { grant_type: 'refresh_token', refresh_token: `${String(refresh_token)}\r\n` }
  expectToken(await realm.token(broken, { basic: as('app') }))
  expectError(await realm.token({ ...asked, scope: 'open\u0085id' }), 400, 'invalid_scope', 'Invalid scopes: open\u0085id')
  expectError(await realm.token({ ...asked, username: 'tar\nas' }), 400, 'invalid_grant', 'Invalid user credentials')
  expectError(await realm.token({ ...asked, password: `${password}\n` }), 400, 'invalid_grant', 'Invalid user credentials')
  expectClientRefused(await realm.token({ ...asked, client_id: 'app\n' }), 'invalid_client')
  expectClientRefused(await realm.token({ ...asked, client_secret: `${secret}\n` }), 'unauthorized_client')
})
