import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { selfSignedCertificate } from '../../src/crypto/certificate.ts'
import type { Answer, Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { registryOf, registryRealm } from './registry.ts'

const name = 'reg-keys'
const server = await serverOfFile({ realms: [registryRealm(name)] })
const registry = registryOf(server, name)

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [one, two] = [pair(), pair()]
const jwksOf = (key: KeyObject, kid: string): Json => ({ keys: [{ ...key.export({ format: 'jwk' }), kid, use: 'sig' }] })
const pemOf = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'spki' }))

/** Where a system shows its keys. */
const shown = { keys: jwksOf(one.publicKey, 'one') }
const site = createServer((_request, response) => response.end(JSON.stringify(shown.keys)))
site.listen(0, '127.0.0.1')
await once(site, 'listening')
after(() => site.close())
const jwksUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/jwks`

function assertion(system: string, key: KeyObject, kid?: string): string {
  const now = Math.floor(server.clock.now() / 1_000)
  const body = { iss: system, sub: system, aud: server.realm(name).url, jti: randomUUID(), iat: now, exp: now + 60 }
  const header = { alg: 'RS256', ...(kid === undefined ? {} : { kid }) }
  const input = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}

const bearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ask = async (system: string, key: KeyObject, kid?: string): Promise<number> => {
  const form = { grant_type: 'client_credentials', client_assertion_type: bearer, client_assertion: assertion(system, key, kid) }
  return (await server.realm(name).token(form)).status
}
const refusal = ({ status, json }: Answer): [number, unknown] => [status, json['errorMessage'] ?? json['error']]

async function made(system: string, key: Json): Promise<void> {
  const { status, json, text } = await registry.call('POST', '', { name: system, type: 'external-system', ...key })
  assert.equal(status, 201, text)
  assert.deepEqual(Object.keys(json), ['name', 'clientId', 'createdAt'])
  assert.equal((await registry.get(system))['authentication'], 'key')
}

test('a system that brings a public key signs, in whichever form the key came', async () => {
  const certificate = (await selfSignedCertificate(two.privateKey, 'with-certificate', server.clock.now(), { validityYears: 1 })).toString(
    'base64',
  )
  await made('with-jwks', { jwks: jwksOf(one.publicKey, 'one') })
  await made('with-url', { jwksUrl })
  await made('with-pem', { publicKey: pemOf(one.publicKey) })
  await made('with-certificate', { certificate })
  assert.deepEqual([await ask('with-jwks', one.privateKey, 'one'), await ask('with-jwks', two.privateKey, 'one')], [200, 400])
  assert.deepEqual([await ask('with-url', one.privateKey, 'one'), await ask('with-url', two.privateKey, 'two')], [200, 400])
  assert.deepEqual([await ask('with-pem', one.privateKey), await ask('with-pem', two.privateKey)], [200, 400])
  assert.deepEqual([await ask('with-certificate', two.privateKey), await ask('with-certificate', one.privateKey)], [200, 400])
})

test('a key replaces the one before, and a password', async () => {
  await made('changing', { jwks: jwksOf(one.publicKey, 'one') })
  assert.equal((await registry.call('PUT', '/changing/key', { publicKey: pemOf(two.publicKey) })).status, 204)
  assert.deepEqual([await ask('changing', one.privateKey), await ask('changing', two.privateKey)], [400, 200])

  const secret = await registry.create('growing-up')
  assert.equal((await registry.call('POST', '/growing-up/secret', { graceSeconds: 600 })).status, 200)
  assert.equal((await registry.call('PUT', '/growing-up/key', { jwksUrl })).status, 204)
  assert.equal((await registry.token('growing-up', secret)).status, 400)
  assert.equal(await ask('growing-up', one.privateKey, 'one'), 200)
  const { authentication, previousValidUntil } = await registry.get('growing-up')
  assert.deepEqual([authentication, previousValidUntil], ['key', undefined])
})

test('a system that signs has no password to change', async () => {
  await made('signing', { jwksUrl })
  const answer = await registry.call('POST', '/signing/secret')
  assert.deepEqual(refusal(answer), [409, 'External system signing signs with a key and has no password'])
})

test('what is no public key is refused, private keys before all', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const privateSet = { keys: [one.privateKey.export({ format: 'jwk' })] }
  const cases: [Json, string][] = [
    [{}, 'One of jwks, jwksUrl, certificate, publicKey is needed'],
    [{ jwksUrl, publicKey: pemOf(one.publicKey) }, 'Only one of jwks, jwksUrl, certificate, publicKey can be given'],
    [{ jwks: privateSet }, 'jwks: a private or secret key was sent; only public keys are taken'],
    [{ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, 'jwks: a private or secret key was sent; only public keys are taken'],
    [{ jwks: { keys: [{ kty: 'RSA' }] } }, 'jwks: a key cannot be read'],
    [{ jwks: { keys: ['x'] } }, 'jwks: a key is no JSON object'],
    [{ jwks: { keys: [] } }, 'jwks is a JSON Web Key Set with 1 to 20 public keys'],
    [{ jwks: 'text' }, 'jwks is a JSON Web Key Set with 1 to 20 public keys'],
    [
      { publicKey: String(one.privateKey.export({ format: 'pem', type: 'pkcs8' })) },
      'publicKey: a private key was sent; only public keys are taken',
    ],
    [{ publicKey: 'bm8ga2V5' }, 'publicKey is no public key (SubjectPublicKeyInfo)'],
    [{ publicKey: pemOf(weak.publicKey) }, 'An RSA key has at least 2048 bits'],
    [{ certificate: 'bm8ga2V5' }, 'certificate is no X.509 certificate'],
  ]
  const urls = [
    'jwks',
    'ftp://a.example/',
    'https://user:word@a.example/',
    'https://a.example/#a',
    `https://a.example/${'a'.repeat(2_000)}`,
  ]
  const rule = 'jwksUrl is an absolute http or https address without a user name and a fragment'
  await registry.create('refusing')
  for (const [key, text] of [...cases, ...urls.map((url): [Json, string] => [{ jwksUrl: url }, rule])]) {
    assert.deepEqual(refusal(await registry.call('PUT', '/refusing/key', key)), [400, text])
    if (Object.keys(key).length === 0) continue
    assert.deepEqual(refusal(await registry.call('POST', '', { name: 'never', type: 'external-system', ...key })), [400, text])
  }
  assert.equal((await registry.get('refusing'))['authentication'], 'password')
})
