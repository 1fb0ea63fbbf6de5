import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { as, secret, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const redirectUris = ['https://shop.example/callback', 'http://localhost:3000/*', 'app.example:/callback', '/relative/*']

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-cors',
      enabled: true,
      clients: [
        service('literal', { webOrigins: ['https://shop.example', 'https://Upper.example'] }),
        service('redirects', { webOrigins: ['+', 'https://more.example'], redirectUris, rootUrl: 'https://root.example' }),
        service('everybody', { webOrigins: ['*'] }),
        service('nobody', { webOrigins: [] }),
        service('disabled', { webOrigins: ['https://shop.example'], enabled: false }),
      ],
    },
  ],
})
const realm = server.realm('flows-cors')
const form = { grant_type: 'client_credentials' }
const from = (origin: string) => ({ headers: { origin } })

const corsHeaders = ({ headers }: Answer): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')))

const open = (origin: string, exposed = 'Access-Control-Allow-Methods') => ({
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': exposed,
})

const allowed: readonly (readonly [string, string])[] = [
  ['literal', 'https://shop.example'],
  ['redirects', 'https://shop.example'],
  ['redirects', 'http://localhost:3000'],
  ['redirects', 'https://root.example'],
  ['redirects', 'https://more.example'],
  ['everybody', 'https://evil.example'],
  ['everybody', 'null'],
]

for (const [clientId, origin] of allowed) {
  test(`the client "${clientId}" may be used from ${origin}, for tokens and for the errors after its authentication`, async () => {
    const answer = await realm.token(form, { basic: as(clientId), ...from(origin) })
    expectToken(answer)
    assert.deepEqual(corsHeaders(answer), open(origin))
    const error = await realm.token({ ...form, scope: 'unknown' }, { basic: as(clientId), ...from(origin) })
    expectError(error, 400, 'invalid_scope', 'Invalid scopes: unknown')
    assert.deepEqual(corsHeaders(error), open(origin))
  })
}

const forbidden: readonly (readonly [string, string])[] = [
  ['literal', 'https://evil.example'],
  ['literal', 'http://shop.example'],
  ['literal', 'https://shop.example:8443'],
  ['literal', 'https://shop.example/'],
  ['literal', 'https://shop.example.evil.example'],
  ['literal', 'https://SHOP.example'],
  ['literal', 'null'],
  ['redirects', 'https://shop.example/callback'],
  ['redirects', 'app.example:'],
  ['redirects', 'http://localhost:3001'],
  ['nobody', 'https://shop.example'],
]

for (const [clientId, origin] of forbidden) {
  test(`the client "${clientId}" gets nothing from ${origin}: no token, no CORS headers`, async () => {
    const answer = await realm.token(form, { basic: as(clientId), ...from(origin) })
    expectError(answer, 403, 'Invalid origin')
    assert.deepEqual(corsHeaders(answer), {})
  })
}

test('without an Origin there are no CORS headers', async () => {
  const answer = await realm.token(form, { basic: as('everybody') })
  expectToken(answer)
  assert.deepEqual(corsHeaders(answer), {})
})

test("the server's own origin needs no permission and gets no CORS headers", async () => {
  const { origin } = new URL(server.url)
  const answer = await realm.token(form, { basic: as('nobody'), ...from(origin) })
  expectToken(answer)
  assert.deepEqual(corsHeaders(answer), {})
})

test('a failed client authentication may be read from anywhere, so that a browser sees why', async () => {
  const origin = 'https://evil.example'
  for (const basic of [['literal', 'wrong-secret'], ['unknown', secret], as('disabled')] as const) {
    const answer = await realm.token(form, { basic, ...from(origin) })
    assert.equal(answer.status, 401)
    assert.deepEqual(corsHeaders(answer), open(origin))
  }
})

test('errors before the client is looked at have no CORS headers', async () => {
  for (const wrong of [{ grant_type: 'magic' }, { x: 'y' }]) {
    const answer = await realm.token(wrong, { basic: as('literal'), ...from('https://shop.example') })
    assert.equal(answer.status, 400)
    assert.deepEqual(corsHeaders(answer), {})
  }
})

test('userinfo: the web origins of the client of the token count', async () => {
  const bearer = await realm.accessToken(as('literal'), { scope: 'openid' })
  const exposed = 'Access-Control-Allow-Methods, WWW-Authenticate'
  const good = await realm.userinfo(bearer, from('https://shop.example'))
  assert.equal(good.status, 200)
  assert.deepEqual(corsHeaders(good), open('https://shop.example'))
  const evil = await realm.userinfo(bearer, from('https://evil.example'))
  expectError(evil, 403, 'Invalid origin')
  assert.deepEqual(corsHeaders(evil), {})
  const withoutScope = await realm.accessToken(as('literal'))
  for (const token of ['garbage', undefined, withoutScope]) {
    const refused = await realm.userinfo(token, from('https://evil.example'))
    assert.equal(refused.status, token === withoutScope ? 403 : 401)
    assert.deepEqual(corsHeaders(refused), open('https://evil.example', exposed))
  }
})

const oidc = '/protocol/openid-connect'
const preflights: readonly (readonly [string, string])[] = [
  [`${oidc}/token`, 'POST, OPTIONS'],
  [`${oidc}/userinfo`, 'GET, HEAD, OPTIONS'],
  [`${oidc}/certs`, 'GET'],
  ['/.well-known/openid-configuration', 'GET'],
  ['', 'GET, HEAD, OPTIONS'],
]

for (const [path, methods] of preflights) {
  test(`a preflight of "${path}" echoes any origin`, async () => {
    const origin = 'https://evil.example'
    const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,dpop' }
    const answer = await realm.call('OPTIONS', path, { headers })
    assert.deepEqual([answer.status, answer.text], [200, ''])
    assert.deepEqual(corsHeaders(answer), {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': methods,
      'access-control-allow-headers':
        'Origin, Accept, X-Requested-With, Access-Control-Request-Method, Access-Control-Request-Headers, DPoP, Content-Type, Authorization',
      'access-control-max-age': '3600',
    })
    const bare = await realm.call('OPTIONS', path)
    assert.deepEqual([bare.status, corsHeaders(bare)], [200, {}])
  })
}

for (const path of [`${oidc}/certs`, '/.well-known/openid-configuration', '']) {
  test(`"${path}" is public: any origin may read it`, async () => {
    const answer = await realm.call('GET', path, from('https://evil.example'))
    assert.equal(answer.status, 200)
    const { 'access-control-expose-headers': _exposed, ...headers } = corsHeaders(answer)
    const { 'access-control-expose-headers': _other, ...expected } = open('https://evil.example')
    assert.deepEqual(headers, expected)
    assert.deepEqual(corsHeaders(await realm.call('GET', path)), {})
  })
}

test('introspection has no CORS at all', async () => {
  const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }
  const answer = await realm.call('OPTIONS', `${oidc}/token/introspect`, { headers })
  assert.equal(answer.headers['access-control-allow-origin'], undefined)
})
