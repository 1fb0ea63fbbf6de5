import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { Answer } from '../server/call.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../server.ts'

const name = 'jwt-assertions'
const secret = 'a-secret-that-is-long-enough-for-every-hmac-0123456789-0123456789'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = (key: KeyObject, kid: string): object => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' })
const jwks = JSON.stringify({ keys: [jwk(rsa.publicKey, 'rsa'), jwk(ec.publicKey, 'ec'), jwk(ed.publicKey, 'ed')] })

const client = (clientId: string, type: string, attributes: Record<string, string> = {}): ClientRepresentation => ({
  clientId,
  secret,
  serviceAccountsEnabled: true,
  clientAuthenticatorType: type,
  attributes,
})
const clients = (url: string): ClientRepresentation[] => [
  client('signs', 'client-jwt', { 'use.jwks.string': 'true', 'jwks.string': jwks }),
  client('fetched', 'client-jwt', { 'use.jwks.url': 'true', 'jwks.url': url }),
  client('hmac', 'client-secret-jwt'),
]

interface Made {
  readonly id?: string
  readonly alg?: string
  readonly kid?: string
  readonly key?: KeyObject | string
  readonly claims?: Readonly<Record<string, unknown>>
}

function assertionFor(server: TestServer, made: Made = {}): string {
  const { id = 'signs', alg = 'RS256', kid = 'rsa', key = rsa.privateKey, claims = {} } = made
  const now = Math.floor(server.clock.now() / 1000)
  const aud = `${server.url}/realms/${name}`
  const body = { iss: id, sub: id, aud, jti: randomUUID(), iat: now, exp: now + 60, ...claims }
  const input = [{ alg, kid }, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${input}.${signatureOf(input, alg, key)}`
}

function signatureOf(input: string, alg: string, key: KeyObject | string): string {
  if (alg === 'none') return ''
  const hash = `sha${alg.slice(2)}`
  if (typeof key === 'string') return createHmac(hash, key).update(input).digest('base64url')
  const pss = alg.startsWith('PS') ? { padding: 6, saltLength: -1 } : {}
  const options = { key, dsaEncoding: 'ieee-p1363', ...pss } as const
  return sign(alg === 'EdDSA' ? null : hash, Buffer.from(input), options).toString('base64url')
}

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ask = (server: TestServer, assertion: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  server.realm(name).token({ grant_type: 'client_credentials', client_assertion_type: type, client_assertion: assertion, ...more })

async function serve(engine: NonNullable<TestServerOptions['engine']>, url = 'http://127.0.0.1:1/'): Promise<TestServer> {
  return startTestServer({ engine, realms: [{ realm: name, enabled: true, clients: clients(url) }] })
}

test('assertions of every kind of algorithm are taken', async () => {
  await using server = await serve('memory')
  for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])
    assert.equal((await ask(server, assertionFor(server, { alg }))).status, 200, alg)
  assert.equal((await ask(server, assertionFor(server, { alg: 'ES256', kid: 'ec', key: ec.privateKey }))).status, 200)
  assert.equal((await ask(server, assertionFor(server, { alg: 'EdDSA', kid: 'ed', key: ed.privateKey }))).status, 200)
  for (const alg of ['HS256', 'HS384', 'HS512'])
    assert.equal((await ask(server, assertionFor(server, { id: 'hmac', alg, key: secret }))).status, 200, alg)
})

test('a wrong assertion is refused with the text that says why', async () => {
  await using server = await serve('memory')
  const now = Math.floor(server.clock.now() / 1000)
  const pem = String(rsa.publicKey.export({ format: 'pem', type: 'spki' }))
  const cases: readonly (readonly [Made, string])[] = [
    [{ alg: 'none' }, 'Invalid signature algorithm'],
    [{ alg: 'HS256', key: pem }, 'Invalid signature algorithm'],
    [{ key: stranger.privateKey }, 'Client authentication with signed JWT failed: Signature on JWT token failed validation'],
    [{ kid: 'unknown' }, 'Unable to load public key'],
    [{ claims: { aud: 'https://other.example' } }, 'Invalid token audience'],
    [{ claims: { aud: [`${server.url}/realms/${name}`, 'x'] } }, 'Multiple audiences not allowed'],
    [{ claims: { exp: now - 20 } }, 'Token is not active'],
    [{ claims: { nbf: now + 30 } }, 'Token is not active'],
    [{ claims: { exp: undefined } }, 'Token exp claim is required'],
    [{ claims: { jti: undefined } }, 'Token jti claim is required'],
    [{ claims: { iat: now + 30 } }, 'Token was issued in the future'],
    [{ claims: { iat: now - 70 } }, 'Token was issued too far in the past to be used now'],
    [{ claims: { iat: undefined, exp: now + 90 } }, 'Token expiration is too far in the future and iat claim not present in token'],
  ]
  for (const [made, description] of cases) {
    const answer = await ask(server, assertionFor(server, made))
    assert.deepEqual([answer.status, answer.json], [400, { error: 'invalid_client', error_description: description }])
  }
  const other = await ask(server, assertionFor(server), { client_id: 'hmac' })
  const mismatch = 'client_id parameter does not match authenticated client'
  assert.deepEqual([other.status, other.json], [400, { error: 'invalid_client', error_description: mismatch }])
})

for (const engine of ['memory', 'sqlite', 'postgres'] as const)
  test(`${engine}: of a hundred requests with one assertion exactly one succeeds`, async () => {
    await using server = await serve(engine)
    const assertion = assertionFor(server)
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(server, assertion)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(answers.filter(({ text }) => text.includes('Token reuse detected')).length, 99)
  })

test('a key that was added to the JWKS URL is found without a refused assertion', async () => {
  let keys = [jwk(rsa.publicKey, 'one')]
  let reads = 0
  const site = createServer((_request, response) => {
    reads += 1
    response.end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  try {
    await using server = await serve('memory', `http://127.0.0.1:${(site.address() as AddressInfo).port}/jwks`)
    const first = { id: 'fetched', kid: 'one' }
    assert.equal((await ask(server, assertionFor(server, first))).status, 200)
    assert.equal((await ask(server, assertionFor(server, first))).status, 200)
    assert.equal(reads, 1)
    keys = [jwk(stranger.publicKey, 'two')]
    server.clock.advance(11)
    assert.equal((await ask(server, assertionFor(server, { id: 'fetched', kid: 'two', key: stranger.privateKey }))).status, 200)
    for (let i = 0; i < 5; i += 1) assert.equal((await ask(server, assertionFor(server, { id: 'fetched', kid: `x${i}` }))).status, 400)
    assert.equal(reads, 2)
  } finally {
    site.close()
  }
})
