import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, beforeEach, test } from 'node:test'
import { publicJwk } from '../../src/crypto/jwk.ts'
import { claimsOf, issuerStand, type Json, rsaKey, testGateway, tokenOf, upstreamStand } from './stand.ts'

const issuer = await issuerStand()
const stranger = await issuerStand()
const upstream = await upstreamStand()
const gateway = await testGateway({
  issuers: [{ issuer: issuer.url }],
  routes: [
    { path: '/open', methods: ['GET', 'POST'], upstream: upstream.url },
    { path: '/start', methods: ['POST'], upstream: upstream.url, realmRoles: ['trembita-invoker'] },
    {
      path: '/data/{condition}',
      methods: ['GET'],
      upstream: `${upstream.url}/base/`,
      stripPrefix: '/data',
      clientRoles: { 'data-factory': ['{condition}'] },
    },
    { path: '/process/{key}', methods: ['POST'], upstream: upstream.url, clientRoles: { 'business-process': ['{key}'] } },
    { path: '/named', methods: ['GET'], upstream: upstream.url, clientRoles: { 'business-process': ['director'] } },
    { path: '/scoped', methods: ['GET'], upstream: upstream.url, scopes: ['registry:read', 'registry:list'] },
    { path: '/for-us', methods: ['GET'], upstream: upstream.url, audience: 'registry' },
  ],
})
after(async () => {
  await gateway.close()
  await upstream.close()
  await issuer.close()
  await stranger.close()
})
beforeEach(() => {
  upstream.arrived.length = 0
  gateway.lines.length = 0
})

const send = (path: string, token?: string, init: RequestInit = {}): Promise<Response> =>
  fetch(gateway.url + path, { ...init, headers: { ...init.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) } })

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The answer is a 401, nothing arrived, and the log has the reason but no token. */
async function refusedAs(response: Response, error: string, description: string, check: string, token?: string): Promise<void> {
  const body = await response.text()
  assert.equal(response.status, 401, body)
  assert.deepEqual(JSON.parse(body), { error, error_description: description })
  const challenge = response.headers.get('www-authenticate')
  const wanted = error === 'missing_token' ? '' : `, error="${error}", error_description="${description}"`
  assert.equal(challenge, `Bearer realm="gateway"${wanted}`)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.equal(upstream.arrived.length, 0)
  const line = gateway.lines.findLast((one) => one.includes('request refused')) ?? assert.fail('no line in the log')
  assert.equal((JSON.parse(line) as Json)['check'], check, line)
  assert.equal((JSON.parse(line) as Json)['requestId'], response.headers.get('x-request-id'))
  if (token !== undefined) assert.ok(!gateway.lines.join('').includes(token))
}

test('a request without a token gets 401 and a challenge without an error', async () => {
  await refusedAs(await send('/open'), 'missing_token', 'The request has no bearer token', 'bearer')
})

test('a token in the query or in a form is no token', async () => {
  const token = await tokenOf(issuer)
  await refusedAs(await send(`/open?access_token=${token}`), 'missing_token', 'The request has no bearer token', 'bearer', token)
  const form = new URLSearchParams({ access_token: token })
  await refusedAs(
    await send('/open', undefined, { method: 'POST', body: form }),
    'missing_token',
    'The request has no bearer token',
    'bearer',
  )
})

test('another scheme is no bearer token', async () => {
  const basic = await send('/open', undefined, { headers: { authorization: 'Basic YTpi' } })
  await refusedAs(basic, 'missing_token', 'The request has no bearer token', 'bearer')
})

const invalid = 'The token is not valid'
const key = rsaKey('another')

const badTokens: readonly [name: string, token: () => Promise<string> | string, description: string, check: string][] = [
  ['garbage', () => 'abc', 'The token is malformed', 'form'],
  ['three parts of garbage', () => 'a.b.c', 'The token is malformed', 'form'],
  ['what is no token syntax', () => 'a b', 'The token is malformed', 'form'],
  ['an empty token', () => '', 'The token is malformed', 'form'],
  ['alg none', () => `${base64url({ alg: 'none' })}.${base64url(claimsOf(issuer.url))}.`, 'The token is malformed', 'form'],
  ['alg none with a signature', () => `${base64url({ alg: 'none' })}.${base64url(claimsOf(issuer.url))}.AAAA`, invalid, 'algorithm'],
  [
    'HMAC with the public key as its secret',
    () => {
      const pem = issuer.keys[0]?.publicKey.export({ type: 'spki', format: 'pem' }) ?? ''
      const input = `${base64url({ alg: 'HS256', kid: issuer.keys[0]?.kid })}.${base64url(claimsOf(issuer.url))}`
      return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`
    },
    invalid,
    'algorithm',
  ],
  ['a foreign issuer', () => tokenOf(stranger), 'The token is of another issuer', 'issuer'],
  [
    'a foreign key under the name of a good one',
    () => tokenOf(issuer, {}, { ...key, kid: issuer.keys[0]?.kid ?? '' }),
    invalid,
    'signature',
  ],
  ['a key that the issuer does not have', () => tokenOf(issuer, {}, key), invalid, 'signature'],
  [
    'a key in its own header',
    () => tokenOf(issuer, {}, key, { jwk: publicJwk(key.publicKey), jku: `${stranger.url}/certs` }),
    invalid,
    'signature',
  ],
  ['an algorithm that is not the key’s', () => tokenOf(issuer, {}, undefined, { alg: 'PS256' }), invalid, 'signature'],
  ['a critical extension', () => tokenOf(issuer, {}, undefined, { crit: ['exp'] }), 'The token is malformed', 'form'],
  [
    'changed claims',
    async () => {
      const [head, , tail] = (await tokenOf(issuer)).split('.')
      return `${head}.${base64url(claimsOf(issuer.url, { realm_access: { roles: ['trembita-invoker'] } }))}.${tail}`
    },
    invalid,
    'signature',
  ],
  ['an expired token', () => tokenOf(issuer, { exp: Math.floor(Date.now() / 1_000) - 1 }), 'The token is expired', 'expiry'],
  ['no expiry', () => tokenOf(issuer, { exp: undefined }), 'The token has no expiry', 'expiry'],
  ['an expiry in words', () => tokenOf(issuer, { exp: '9999999999' }), 'The token has no expiry', 'expiry'],
  ['a token of tomorrow', () => tokenOf(issuer, { nbf: Math.floor(Date.now() / 1_000) + 100 }), 'The token is not valid yet', 'expiry'],
  ['an ID token', () => tokenOf(issuer, { typ: 'ID' }), 'The token is not an access token', 'type'],
  ['a refresh token', () => tokenOf(issuer, { typ: 'Refresh' }), 'The token is not an access token', 'type'],
  ['an offline token', () => tokenOf(issuer, { typ: 'Offline' }), 'The token is not an access token', 'type'],
  ['a logout token', () => tokenOf(issuer, { typ: 'Logout' }), 'The token is not an access token', 'type'],
  ['a token without a type', () => tokenOf(issuer, { typ: undefined }), 'The token is not an access token', 'type'],
  ['a logout token by its header', () => tokenOf(issuer, {}, undefined, { typ: 'logout+jwt' }), 'The token is not an access token', 'type'],
  ['a DPoP token', () => tokenOf(issuer, { typ: 'DPoP' }), 'DPoP-bound tokens are not supported', 'type'],
  ['a bound token', () => tokenOf(issuer, { cnf: { jkt: 'x' } }), 'Tokens that are bound to a key are not supported', 'type'],
  ['no subject', () => tokenOf(issuer, { sub: undefined }), 'The token names no subject', 'subject'],
]

for (const [name, make, description, check] of badTokens) {
  test(`${name}: 401 invalid_token, "${description}"`, async () => {
    const token = await make()
    await refusedAs(await send('/open', token), 'invalid_token', description, check, token === '' || token === 'abc' ? undefined : token)
  })
}

test('a token for another audience is refused as no good token: 401', async () => {
  await refusedAs(await send('/for-us', await tokenOf(issuer)), 'invalid_token', 'The token is for another audience', 'audience')
  assert.equal((await send('/for-us', await tokenOf(issuer, { aud: ['account', 'registry'] }))).status, 200)
  assert.equal((await send('/for-us', await tokenOf(issuer, { aud: 'registry' }))).status, 200)
})

/** A 403 with an empty body; the reason stands in the log alone. */
async function withoutRight(response: Response, check: string, reason: string): Promise<void> {
  assert.equal(response.status, 403)
  assert.equal(await response.text(), '')
  assert.equal(response.headers.get('content-length'), '0')
  assert.equal(upstream.arrived.length, 0)
  const line = JSON.parse(gateway.lines.find((one) => one.includes('request refused')) ?? assert.fail('no line')) as Json
  assert.deepEqual([line['check'], line['reason'], line['clientId']], [check, reason, 'hospital'])
}

const granted = (client: string, ...roles: string[]): Json => ({ resource_access: { [client]: { roles } } })

test('a missing realm role: 403 with an empty body', async () => {
  const post = { method: 'POST', body: '{}' }
  await withoutRight(await send('/start', await tokenOf(issuer), post), 'realm role', 'the token has no realm role trembita-invoker')
  const token = await tokenOf(issuer, { realm_access: { roles: ['other', 'trembita-invoker'] } })
  assert.equal((await send('/start', token, post)).status, 200)
})

test('a search condition that was not granted: 403 with an empty body', async () => {
  const token = await tokenOf(issuer, granted('data-factory', 'count-units'))
  const reason = 'the token has no client role data-factory/count-units-in-parallel'
  await withoutRight(await send('/data/count-units-in-parallel', token), 'client role', reason)
  assert.equal((await send('/data/count-units', token)).status, 200)
  assert.deepEqual(
    upstream.arrived.map(({ url }) => url),
    ['/base/count-units'],
  )
})

test('a role of another client, or of the realm, opens nothing', async () => {
  const reason = 'the token has no client role data-factory/count-units'
  const more = { ...granted('business-process', 'count-units', '*'), realm_access: { roles: ['count-units'] } }
  await withoutRight(await send('/data/count-units', await tokenOf(issuer, more)), 'client role', reason)
})

test('roles of odd shapes are no roles', async () => {
  for (const resource_access of [
    null,
    'count-units',
    [],
    { 'data-factory': ['count-units'] },
    { 'data-factory': { roles: 'count-units' } },
  ]) {
    assert.equal((await send('/data/count-units', await tokenOf(issuer, { resource_access }))).status, 403)
  }
  for (const realm_access of [null, ['trembita-invoker'], { roles: { 'trembita-invoker': true } }]) {
    assert.equal((await send('/start', await tokenOf(issuer, { realm_access }), { method: 'POST' })).status, 403)
  }
  assert.equal((await send('/data/constructor', await tokenOf(issuer, granted('data-factory')))).status, 403)
})

test('the role * stands for every process, but not for a role that a route names by itself', async () => {
  const token = await tokenOf(issuer, granted('business-process', '*'))
  assert.equal((await send('/process/add-lab', token, { method: 'POST' })).status, 200)
  upstream.arrived.length = 0
  await withoutRight(await send('/named', token), 'client role', 'the token has no client role business-process/director')
  const one = await tokenOf(issuer, granted('business-process', 'add-lab'))
  assert.equal((await send('/process/*', one, { method: 'POST' })).status, 403)
})

test('a missing scope: 403 with an empty body; every scope is wanted', async () => {
  const one = await tokenOf(issuer, { scope: 'profile registry:read' })
  await withoutRight(await send('/scoped', one), 'scope', 'the token has no scope registry:list')
  assert.equal((await send('/scoped', await tokenOf(issuer, { scope: 'registry:list registry:read' }))).status, 200)
})

test('a path without a route: 404; a method without one: 405 with those that there are; neither asks for a token', async () => {
  const unknown = await send('/nowhere')
  assert.deepEqual([unknown.status, await unknown.json()], [404, { error: 'not_found', error_description: 'There is no such path' }])
  for (const path of ['/open/', '/Open', '/data', '/data/', '/data/a/b']) assert.equal((await send(path)).status, 404, path)
  const method = await send('/open', undefined, { method: 'DELETE' })
  assert.deepEqual([method.status, method.headers.get('allow')], [405, 'GET, POST'])
  assert.equal(upstream.arrived.length, 0)
})

test('a good token passes, is known the second time, and is refused from its expiry on', async () => {
  const exp = Math.floor(Date.now() / 1_000) + 2
  const token = await tokenOf(issuer, { exp })
  assert.equal((await send('/open', token)).status, 200)
  assert.equal((await send('/open', token)).status, 200)
  while (Date.now() < exp * 1_000) await new Promise((done) => setTimeout(done, exp * 1_000 - Date.now()))
  upstream.arrived.length = 0
  await refusedAs(await send('/open', token), 'invalid_token', 'The token is expired', 'expiry', token)
})

test('a token that is known by its signature does not open more than its own roles', async () => {
  const token = await tokenOf(issuer)
  assert.equal((await send('/open', token)).status, 200)
  for (const path of ['/data/count-units', '/scoped']) assert.equal((await send(path, token)).status, 403)
})
