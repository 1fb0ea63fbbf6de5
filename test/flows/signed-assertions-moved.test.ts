import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { createLogger } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import { type Answer, call, type Json } from '../server/call.ts'
import { startTestServer, type TestServer } from '../server.ts'
import { engines, type Place } from '../storage/engines.ts'
import { bring, exported, openMemory, temporaryFolder } from '../transfer/transfers.ts'

// Databases are made for this file alone: the reference server cannot be asked.
const skip = process.env['OSTIARY_TEST_REFERENCE'] !== undefined
const secret = 'a-secret-that-is-long-enough-for-every-hmac-0123456789'
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwks = JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }] })
const body = (key: object): string => (key as { toString(encoding: string): string }).toString('base64')
const publicKey = body(pair.publicKey.export({ format: 'der', type: 'spki' }))

const client = (clientId: string, clientAuthenticatorType: string, attributes: Record<string, string> = {}): object => ({
  clientId,
  secret,
  serviceAccountsEnabled: true,
  clientAuthenticatorType,
  attributes,
})
const realm = {
  realm: 'signers',
  enabled: true,
  clients: [
    client('by-set', 'client-jwt', { 'use.jwks.string': 'true', 'jwks.string': jwks, 'token.endpoint.auth.signing.alg': 'RS256' }),
    client('by-key', 'client-jwt', { 'jwt.credential.public.key': publicKey, 'jwt.credential.kid': 'k1' }),
    client('by-secret', 'client-secret-jwt', { 'token.endpoint.auth.signing.alg': 'HS384', 'token.endpoint.auth.signing.max.exp': '120' }),
  ],
}

function assertion(id: string, issuer: string, nowSeconds: number): string {
  const alg = id === 'by-secret' ? 'HS384' : 'RS256'
  const claims = { iss: id, sub: id, aud: issuer, jti: randomUUID(), iat: nowSeconds, exp: nowSeconds + 60 }
  const input = [{ alg, kid: 'k1' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const bytes = alg === 'HS384' ? createHmac('sha384', secret).update(input).digest() : sign('sha256', Buffer.from(input), pair.privateKey)
  return `${input}.${bytes.toString('base64url')}`
}

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ask = (base: string, text: string): Promise<Answer> =>
  call('POST', `${base}/realms/signers/protocol/openid-connect/token`, {
    form: { grant_type: 'client_credentials', client_assertion_type: type, client_assertion: text },
  })
const ids = ['by-set', 'by-key', 'by-secret']

async function signersOf(server: TestServer): Promise<string[]> {
  const nowSeconds = Math.floor(server.clock.now() / 1_000)
  const answers = await Promise.all(ids.map((id) => ask(server.url, assertion(id, `${server.url}/realms/signers`, nowSeconds))))
  return answers.map(({ status, text }) => (status === 200 ? 'token' : text))
}

test('a partial export tells everything by which clients sign but their secrets', { skip }, async () => {
  await using first = await startTestServer({ realms: [realm] })
  assert.deepEqual(await signersOf(first), ['token', 'token', 'token'])
  const { json: whole } = await first.admin('POST', '/realms/signers/partial-export?exportClients=true&exportGroupsAndRoles=true')
  const clients = (whole['clients'] as Json[]).filter(({ clientId }) => ids.includes(String(clientId)))
  assert.equal(clients.length, 3)
  // A partial export hides secrets; everything else of the proof is there.
  const told = clients.map(({ clientId, clientAuthenticatorType, attributes }) => [clientId, clientAuthenticatorType, attributes as Json])
  for (const [id, authenticator, attributes] of told as [string, string, Record<string, string>][]) {
    const given = realm.clients.find((one) => (one as Json)['clientId'] === id) as Json
    assert.equal(authenticator, given['clientAuthenticatorType'])
    for (const [key, value] of Object.entries(given['attributes'] as Record<string, string>))
      assert.equal(attributes[key], value, `${id} ${key}`)
  }
})

test('a realm file takes clients that sign into another database', { skip }, async () => {
  const folder = temporaryFolder()
  const source = await openMemory()
  const file = join(folder, 'signers.json')
  writeFileSync(file, JSON.stringify(realm))
  await bring(source, file)
  const out = await exported(source, 'signers', folder)
  await using second = await startTestServer({ realms: [out] })
  assert.deepEqual(await signersOf(second), ['token', 'token', 'token'])
})

interface Node {
  readonly url: string
}

async function startNode({ options }: Place): Promise<Node> {
  if (options.engine !== 'postgres') throw new Error('not PostgreSQL')
  const args = ['--http-port=0', '--db=postgres', `--db-url=${options.url}`, '--hostname=http://id.example']
  const config = loadConfig({ command: 'start-dev', args, env: {}, readFile: () => undefined })
  const server = await startServer(config, { log: createLogger({ level: 'off', output: 'json', write: () => undefined }) })
  after(() => server.close())
  return { url: `http://127.0.0.1:${server.port}` }
}

test('of two servers on one database exactly one takes an assertion', { skip }, async () => {
  const place = await engines.find(({ name }) => name === 'postgres')?.make()
  assert.ok(place)
  const nodes = [await startNode(place), await startNode(place)] as const
  after(() => place.remove())
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  const login = await call('POST', `${nodes[0].url}/realms/master/protocol/openid-connect/token`, { form })
  const made = await call('POST', `${nodes[0].url}/admin/realms`, { bearer: String(login.json['access_token']), json: realm })
  assert.equal(made.status, 201, made.text)
  for (let round = 0; round < 10; round += 1)
    for (const id of ids) {
      const text = assertion(id, 'http://id.example/realms/signers', Math.floor(Date.now() / 1_000))
      const answers = await Promise.all([0, 1, 0, 1].map((at) => ask(nodes[at === 0 ? 0 : 1].url, text)))
      assert.equal(answers.filter(({ status }) => status === 200).length, 1, id)
      const others = answers.filter(({ status }) => status !== 200).map(({ json }) => json['error_description'])
      assert.deepEqual(new Set(others), new Set(['Token reuse detected']))
    }
})
