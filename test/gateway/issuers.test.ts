import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { issuerStand, type Json, rsaKey, testGateway, tokenOf, upstreamStand } from './stand.ts'

const issuer = await issuerStand()
const asked = await issuerStand()
const kept = await issuerStand()
const both = await issuerStand()
const upstream = await upstreamStand()
const introspection = { clientId: 'gateway', clientSecret: 's e:cret' }
const gateway = await testGateway({
  issuers: [
    { issuer: issuer.url },
    { issuer: asked.url, introspection },
    { issuer: kept.url, introspection: { ...introspection, cacheSeconds: 60 } },
    { issuer: both.url, jwksUri: `${both.url}/certs`, introspection },
  ],
  routes: [
    { path: '/api/*', methods: ['GET'], upstream: upstream.url },
    { path: '/role', methods: ['GET'], upstream: upstream.url, realmRoles: ['reader'] },
  ],
})
after(async () => {
  await gateway.close()
  for (const one of [issuer, asked, kept, both, upstream]) await one.close()
})
beforeEach(() => {
  upstream.arrived.length = 0
  gateway.lines.length = 0
})

const status = async (token: string, path = '/api/x'): Promise<number> =>
  (await fetch(gateway.url + path, { headers: { authorization: `Bearer ${token}` } })).status

test('the keys of an issuer are read once for many requests at the same time', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(issuer)))
  assert.deepEqual(new Set(await Promise.all(tokens.map((token) => status(token)))), new Set([200]))
  assert.equal(issuer.reads, 1)
})

test('a rotation refuses no good token: neither one of the new key nor one of the old key that is still in the set', async () => {
  const [first] = issuer.keys
  const old = await tokenOf(issuer, { jti: 'old' })
  for (const kid of ['second', 'third', 'fourth']) {
    issuer.keys = [rsaKey(kid), ...issuer.keys]
    const fresh = await Promise.all(Array.from({ length: 5 }, () => tokenOf(issuer)))
    assert.deepEqual(new Set(await Promise.all([...fresh, old].map((token) => status(token)))), new Set([200]), kid)
  }
  assert.ok(first !== undefined && issuer.keys.includes(first))
})

test('strangers with unknown keys do not make the gateway read the set more than once a second, nor a good token wait for ever', async () => {
  const before = issuer.reads
  const stranger = rsaKey('stranger')
  const began = performance.now()
  const bad = Array.from({ length: 50 }, () => tokenOf(issuer, {}, stranger).then((token) => status(token)))
  assert.equal(await status(await tokenOf(issuer)), 200)
  assert.deepEqual(new Set(await Promise.all(bad)), new Set([401]))
  const seconds = (performance.now() - began) / 1_000
  assert.ok(issuer.reads - before <= Math.ceil(seconds) + 1, `${issuer.reads - before} reads in ${seconds} s`)
})

test('a key that was taken out of the set is not accepted any more once the set was read', async () => {
  const old = await tokenOf(issuer)
  assert.equal(await status(old), 200)
  issuer.keys = [rsaKey('only')]
  assert.equal(await status(await tokenOf(issuer)), 200)
  assert.equal(await status(old), 401)
})

test('while the issuer is down known keys go on; what they cannot decide is 503, not 401', async () => {
  const good = await tokenOf(issuer)
  assert.equal(await status(good), 200)
  issuer.status = 500
  assert.equal(await status(await tokenOf(issuer)), 200)
  const answer = await fetch(`${gateway.url}/api/x`, { headers: { authorization: `Bearer ${await tokenOf(issuer, {}, rsaKey('new'))}` } })
  assert.equal(answer.status, 503)
  assert.equal(answer.headers.get('retry-after'), '5')
  assert.deepEqual(await answer.json(), {
    error: 'temporarily_unavailable',
    error_description: 'The token cannot be verified at the moment',
  })
  assert.equal(await status(good), 200)
  issuer.status = 200
})

test('with introspection each request asks, with the credentials of the gateway, and a bearer is refused at once', async () => {
  const questions: string[] = []
  let active = true
  asked.introspect = (_token, request) => {
    questions.push(String(request.headers.authorization))
    return active ? { active, sub: 'x', iss: asked.url, username: 'somebody', realm_access: { roles: ['reader'] } } : { active }
  }
  const token = await tokenOf(asked)
  assert.equal(await status(token, '/role'), 200)
  assert.equal(await status(token), 200)
  active = false
  assert.equal(await status(token), 401)
  active = true
  assert.equal(await status(token), 200)
  const credentials = Buffer.from('gateway:s+e%3Acret').toString('base64')
  assert.deepEqual(
    questions,
    Array.from({ length: 4 }, () => `Basic ${credentials}`),
  )
  const told = JSON.parse(Buffer.from(String(upstream.arrived[0]?.headers['x-userinfo']), 'base64').toString()) as Json
  assert.deepEqual([told['id'], told['username']], ['x', 'somebody'])
})

test('rights are those of the answer: what the token still claims opens nothing', async () => {
  asked.introspect = () => ({ active: true, sub: 'x' })
  assert.equal(await status(await tokenOf(asked, { realm_access: { roles: ['reader'] } }), '/role'), 403)
})

test('an answer about another issuer, another type, or a token that has ended is no good one', async () => {
  const answers: Json[] = [
    { active: true, sub: 'x', iss: issuer.url },
    { active: true, sub: 'x', typ: 'Refresh' },
    { active: true, sub: 'x', exp: 1 },
    { active: 'true', sub: 'x' },
    { active: true },
  ]
  for (const answer of answers) {
    asked.introspect = () => answer
    assert.equal(await status(await tokenOf(asked)), 401, JSON.stringify(answer))
  }
})

test('an issuer that does not answer, or does not know the gateway, decides nothing: 503', async () => {
  asked.introspect = undefined
  assert.equal(await status(await tokenOf(asked)), 503)
  const line = gateway.lines.find((one) => one.includes('request refused')) ?? ''
  assert.match(line, /answers with status 404/)
  assert.ok(!gateway.lines.join('').includes(introspection.clientSecret))
})

test('an answer counts for as long as the settings say', async () => {
  let questions = 0
  kept.introspect = () => {
    questions += 1
    return { active: true, sub: 'x', exp: Math.floor(Date.now() / 1_000) + 60 }
  }
  const token = await tokenOf(kept)
  assert.deepEqual([await status(token), await status(token), questions], [200, 200, 1])
})

test('with a key set beside introspection a badly signed token is not even asked about', async () => {
  let questions = 0
  both.introspect = () => {
    questions += 1
    return { active: true, sub: 'x' }
  }
  assert.equal(await status(await tokenOf(both, {}, { ...rsaKey(), kid: both.keys[0]?.kid ?? '' })), 401)
  assert.equal(questions, 0)
  assert.equal(await status(await tokenOf(both)), 200)
  assert.equal(await status(await tokenOf(both)), 200)
  assert.equal(questions, 2)
})
