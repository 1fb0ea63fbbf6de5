import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser } from '../server/browser.ts'
import type { Answer, CallOptions } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { answerTo, appClient, callback } from '../server/login.ts'
import { as, password, person, secret, service } from '../server/samples.ts'
import { serverOfFile, startTestServer, type TestServer } from '../server.ts'

// What is not the reference's own: it cannot be asked.
const options = { skip: process.env['OSTIARY_TEST_REFERENCE'] !== undefined }
const realms = [
  {
    realm: 'doors-pm',
    enabled: true,
    clients: [
      appClient,
      service('processmaker', { directAccessGrantsEnabled: true, redirectUris: [callback] }),
      service('рекорд 100%+', { directAccessGrantsEnabled: true }),
    ],
    users: [person('anna'), person('borys')],
  },
  { realm: 'doors other', enabled: true, clients: [appClient], users: [person('anna')] },
]
const server = options.skip ? undefined : await serverOfFile({ realms })

const originOf = (one: TestServer): string => new URL(one.url).origin
const who = { username: 'anna', password }

/** A request below the root of the host. */
function ask(one: TestServer, method: string, path: string, more: CallOptions = {}): Promise<Answer> {
  return one.call(method, originOf(one) + path, more)
}

const api = '/api/realms/doors-pm/protocol/openid-connect'

for (const args of [[], ['--http-relative-path=/auth'], ['--http-relative-path=/id/v1'], ['--http-relative-path=/api']]) {
  test(`${args.join('') || 'no options'}: the shape answers, and its tokens have the canonical issuer`, options, async () => {
    await using one = await startTestServer({ realms, args })
    const issuer = `${one.url}/realms/doors-pm`
    const document = await ask(one, 'GET', '/auth/realms/doors-pm/.well-known/openid-configuration')
    assert.equal(document.status, 200)
    assert.equal(document.json['issuer'], issuer)
    assert.equal(document.json['token_endpoint'], `${issuer}/protocol/openid-connect/token`)
    const tokens = expectToken(await ask(one, 'POST', `${api}/token`, { form: { ...who, client_id: 'app', scope: 'openid' } }))
    assert.equal(jwtClaims(tokens['access_token'])['iss'], issuer)
    const userinfo = await ask(one, 'GET', `${api}/userinfo`, { bearer: String(tokens['access_token']) })
    assert.deepEqual([userinfo.status, userinfo.json['preferred_username']], [200, 'anna'])
    const query = new URLSearchParams({ client_id: 'app', redirect_uri: callback, response_type: 'code', scope: 'openid' })
    const page = await ask(one, 'GET', `${api}/auth?${query}`)
    assert.equal(page.status, 200)
    assert.match(page.text, new RegExp(`action="${one.url}/realms/doors-pm/login-actions/authenticate`))
    const refreshed = expectToken(
      await ask(one, 'POST', '/token/refresh', { form: { refresh_token: String(tokens['refresh_token']), client_id: 'app' } }),
    )
    assert.equal(jwtClaims(refreshed['access_token'])['iss'], issuer)
  })
}

test('without the alias /api nothing means password', options, async () => {
  await using one = await startTestServer({ realms, args: ['--http-alias-paths=/auth'] })
  assert.equal((await ask(one, 'POST', `${api}/token`, { form: { ...who, client_id: 'app' } })).status, 404)
})

if (server !== undefined) {
  const token = async (form: Readonly<Record<string, string>> = {}, more: CallOptions = {}): Promise<Answer['json']> =>
    expectToken(await ask(server, 'POST', `${api}/token`, { form: { ...who, ...form }, ...more }))
  const refresh = (form: Readonly<Record<string, string>>, more: CallOptions = {}): Promise<Answer> =>
    ask(server, 'POST', '/token/refresh', { form, ...more })
  const publicTokens = (): Promise<Answer['json']> => token({ client_id: 'app', scope: 'openid' })

  test('below /api a token request means password only when it names no grant', async () => {
    const named = { grant_type: 'client_credentials', client_id: 'processmaker', client_secret: secret }
    assert.equal((await ask(server, 'POST', `${api}/token`, { form: named })).json['refresh_token'], undefined)
    assert.ok((await token({}, { basic: as('processmaker') }))['refresh_token'])
    expectError(
      await ask(server, 'POST', `${api}/token`, { form: { client_id: 'app', username: 'anna', password: 'wrong' } }),
      400,
      'invalid_grant',
      'Invalid user credentials',
    )
    for (const type of ['', 'nothing'])
      expectError(
        await ask(server, 'POST', `${api}/token`, { form: { grant_type: type } }),
        400,
        'unsupported_grant_type',
        'Unsupported grant_type',
      )
    expectError(await ask(server, 'POST', `${api}/token`), 401, 'invalid_client', 'Invalid client or Invalid client credentials')
    const elsewhere = await ask(server, 'POST', `${api.replace('/api', '/auth')}/token`, { form: { ...who, client_id: 'app' } })
    expectError(elsewhere, 400, 'invalid_request', 'Missing form parameter: grant_type')
  })

  test('parameters that come twice are refused as at the token endpoint', async () => {
    const form = [...Object.entries({ ...who, client_id: 'app' }), ['scope', 'openid'], ['scope', 'openid']] as [string, string][]
    expectError(await ask(server, 'POST', `${api}/token`, { form }), 400, 'invalid_request', 'duplicated parameter')
  })

  test('a JSON body counts below /api where the realm takes JSON', async () => {
    const json = { ...who, client_id: 'app' }
    expectError(await ask(server, 'POST', `${api}/token`, { json }), 400, 'invalid_request', 'Missing form parameter: grant_type')
    const realm = server.realm('doors-pm')
    await realm.change({ attributes: { tokenEndpointAcceptsJson: 'true' } })
    expectToken(await ask(server, 'POST', `${api}/token`, { json }))
    await realm.change({ attributes: { tokenEndpointAcceptsJson: 'false' } })
  })

  test('client ids and secrets with %, + and other letters work in the form and by Basic', async () => {
    const id = 'рекорд 100%+'
    await token({ client_id: id, client_secret: secret })
    await token({}, { basic: [id, secret] })
  })

  test('a browser logs in below /api and is known there afterwards', async () => {
    const base = originOf(server)
    const query = new URLSearchParams({ client_id: 'app', redirect_uri: callback, response_type: 'code', scope: 'openid' })
    const browser = openBrowser(base)
    const open = (more = ''): Promise<Answer> => browser.get(`${base}${api}/auth?${query}${more}`, { 'sec-fetch-mode': 'navigate' })
    const first = await open()
    assert.deepEqual([first.status, new URL(first.headers.location ?? '').pathname], [302, '/realms/doors-pm/protocol/openid-connect/auth'])
    const page = await browser.follow(first)
    const done = await browser.follow(await browser.submit(page, 'password', who))
    const code = answerTo(done)?.['code'] ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: 'app' }
    expectToken(await ask(server, 'POST', `${api}/token`, { form }))
    const again = answerTo(await browser.follow(await open('&prompt=none')))
    assert.ok(again?.['code'], 'single sign-on')
    const posted = await server.call('POST', `${base}${api}/auth`, {
      form: Object.fromEntries(query),
      headers: { 'upgrade-insecure-requests': '1' },
    })
    assert.equal(posted.status, 307)
  })

  test('a browser is sent on once, even by a proxy that brings it back', async () => {
    const path = `${api}/auth?client_id=app&via=alias&response_type=code&redirect_uri=${encodeURIComponent(callback)}`
    assert.equal((await ask(server, 'GET', path, { headers: { 'sec-fetch-mode': 'navigate' } })).status, 200)
  })

  test('a refresh token in a form or in JSON brings the tokens of its realm', async () => {
    for (const prefix of ['', '/auth', '/api']) {
      const tokens = await publicTokens()
      const json = { refresh_token: tokens['refresh_token'], client_id: 'app' }
      const next = expectToken(await ask(server, 'POST', `${prefix}/token/refresh`, { json }))
      assert.equal(jwtClaims(next['access_token'])['sid'], jwtClaims(tokens['access_token'])['sid'])
      assert.ok(next['id_token'])
      expectToken(await refresh({ refresh_token: String(next['refresh_token']) }))
    }
    const other = expectToken(await server.realm('doors other').token({ grant_type: 'password', ...who, client_id: 'app' }))
    const refreshed = expectToken(await refresh({ refresh_token: String(other['refresh_token']), client_id: 'app' }))
    assert.equal(jwtClaims(refreshed['access_token'])['iss'], `${server.url}/realms/doors%20other`)
  })

  test('a confidential client proves itself at the refresh', async () => {
    const tokens = await token({}, { basic: as('processmaker') })
    const form = { refresh_token: String(tokens['refresh_token']) }
    const description = 'Invalid client or Invalid client credentials'
    for (const more of [{}, { client_id: 'processmaker' }, { client_id: 'processmaker', client_secret: 'wrong' }])
      expectError(await refresh({ ...form, ...more }), 401, 'unauthorized_client', description)
    expectError(await refresh({ ...form, client_id: 'nobody' }), 401, 'invalid_client', description)
    expectError(
      await refresh({ ...form, client_id: 'app' }),
      400,
      'invalid_grant',
      "Invalid refresh token. Token client and authorized client don't match",
    )
    expectToken(await refresh({ ...form, client_id: 'processmaker', client_secret: secret }))
    expectToken(await refresh(form, { basic: as('processmaker') }))
  })

  test('what is no refresh token of this server is told as at the token endpoint', async () => {
    const tokens = await publicTokens()
    expectError(await refresh({}), 400, 'invalid_request', 'No refresh token')
    expectError(await ask(server, 'POST', '/token/refresh', { body: 'refresh_token=x' }), 400, 'invalid_request', 'No refresh token')
    expectError(await refresh({ refresh_token: 'x', grant_type: 'password' }), 400, 'unsupported_grant_type', 'Unsupported grant_type')
    const forged = (claims: object): string =>
      `${['{"alg":"HS512"}', JSON.stringify(claims)].map((part) => Buffer.from(part).toString('base64url')).join('.')}.AAAA`
    const issuers = [
      undefined,
      7,
      `${server.url}/realms/nobody`,
      `${server.url}/realms/`,
      `${server.url}/realms/%zz`,
      `${server.url}/realms/a/b`,
    ]
    const foreign = [...issuers, 'https://other.example/realms/doors-pm', `${server.url}/realms/doors-pm`]
    for (const iss of foreign)
      expectError(await refresh({ refresh_token: forged({ iss, azp: 'app' }) }), 400, 'invalid_grant', 'Invalid refresh token')
    for (const text of ['x', 'a.b.c', String(tokens['access_token'])])
      expectError(await refresh({ refresh_token: text, client_id: 'app' }), 400, 'invalid_grant', 'Invalid refresh token')
    expectError(
      await ask(server, 'POST', '/token/refresh', {
        form: [
          ['refresh_token', String(tokens['refresh_token'])],
          ['refresh_token', 'x'],
          ['client_id', 'app'],
        ],
      }),
      400,
      'invalid_request',
      'duplicated parameter',
    )
    assert.equal((await ask(server, 'GET', '/token/refresh')).status, 405)
    const preflight = await ask(server, 'OPTIONS', '/token/refresh', { headers: { origin: 'https://app.example' } })
    assert.equal(preflight.headers['access-control-allow-methods'], 'POST, OPTIONS')
  })

  test('after a logout the refresh token is worth nothing', async () => {
    const tokens = await publicTokens()
    await server.realm('doors-pm').removeSession(String(jwtClaims(tokens['access_token'])['sid']))
    expectError(await refresh({ refresh_token: String(tokens['refresh_token']) }), 400, 'invalid_grant', 'Session not active')
  })

  test('a switched-off realm refuses the refresh', async () => {
    const tokens = await publicTokens()
    await server.realm('doors-pm').change({ enabled: false })
    expectError(await refresh({ refresh_token: String(tokens['refresh_token']) }), 403, 'access_denied', 'Realm not enabled')
    await server.realm('doors-pm').change({ enabled: true })
  })
}
