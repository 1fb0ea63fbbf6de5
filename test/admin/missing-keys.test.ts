import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { jwtHeader } from '../server/jwt.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile()
const keyProvider = 'org.keycloak.keys.KeyProvider'
const app = { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true }
const rsa = { name: 'rsa', providerId: 'rsa-generated', config: { priority: ['100'] } }
const hs256 = { name: 'hs256', providerId: 'hmac-generated', config: { priority: ['100'], algorithm: ['HS256'] } }
const es256 = { name: 'es256', providerId: 'ecdsa-generated', config: { priority: ['100'], ecdsaEllipticCurveKey: ['P-256'] } }

async function realmWith(name: string, keys: readonly object[], more: Json = {}) {
  const components = { [keyProvider]: keys }
  const answer = await server.admin('POST', '/realms', {
    realm: name,
    enabled: true,
    clients: [app],
    users: [person('lesya')],
    components,
    ...more,
  })
  assert.equal(answer.status, 201, answer.text)
  return server.realm(name)
}

const form = { grant_type: 'password', client_id: 'app', username: 'lesya', password, scope: 'openid' }

/** Algorithms of the access, refresh and ID token of a login. */
async function algorithmsOf(realm: string): Promise<unknown[]> {
  const { status, json, text } = await server.realm(realm).token(form)
  assert.equal(status, 200, text)
  return ['access_token', 'refresh_token', 'id_token'].map((name) => jwtHeader(json[name])['alg'])
}

const componentsOf = async (realm: string): Promise<Json[]> =>
  (await server.admin('GET', `/realms/${realm}/components?type=${keyProvider}`)).json as unknown as Json[]
const providersOf = async (realm: string): Promise<string[]> => (await componentsOf(realm)).map(({ name }) => String(name)).sort()

async function changeClient(realm: string, attributes: Json): Promise<void> {
  const [client = {}] = (await server.admin('GET', `/realms/${realm}/clients?clientId=app`)).json as unknown as Json[]
  const { status, text } = await server.admin('PUT', `/realms/${realm}/clients/${client['id']}`, { ...client, attributes })
  assert.equal(status, 204, text)
}

/** What a realm file brings, the version that wrote it, and the key providers once somebody has logged in, as the reference has them. */
const files: readonly [keys: readonly object[], version: string | undefined, providers: readonly string[]][] = [
  [[rsa], undefined, ['fallback-HS512', 'rsa']],
  [[rsa], '26.7.0', ['fallback-HS512', 'rsa']],
  [[rsa, hs256], '24.0.0', ['fallback-HS512', 'hs256', 'rsa']],
  [[rsa], '8.0.1', ['hmac-generated-hs512', 'rsa']],
  [[rsa, hs256], '23.0.7', ['hmac-generated-hs512', 'hs256', 'rsa']],
  [[hs256], undefined, ['fallback-HS512', 'fallback-RS256', 'hs256']],
]

test('people log in to a realm whose file lacks keys: what is missing is made, under the reference’s names', async () => {
  for (const [index, [keys, keycloakVersion, providers]] of files.entries()) {
    const { name } = await realmWith(`mk-file-${index}`, keys, keycloakVersion === undefined ? {} : { keycloakVersion })
    assert.deepEqual(await algorithmsOf(name), ['RS256', 'HS512', 'RS256'])
    assert.deepEqual(await providersOf(name), providers)
  }
})

test('a client may ask for any algorithm: when it is made, changed or imported, and the key is among the realm’s', async () => {
  const { name, call } = await realmWith('mk-client', [rsa])
  await changeClient(name, { 'access.token.signed.response.alg': 'ES256', 'id.token.signed.response.alg': 'PS384' })
  assert.deepEqual(await algorithmsOf(name), ['ES256', 'HS512', 'PS384'])
  const asks = (clientId: string, algorithm: string): Json => ({
    clientId,
    secret: 'sample-secret-1',
    serviceAccountsEnabled: true,
    attributes: { 'access.token.signed.response.alg': algorithm },
  })
  assert.equal((await server.admin('POST', `/realms/${name}/clients`, asks('created', 'ES384'))).status, 201)
  const partial = { ifResourceExists: 'FAIL', clients: [asks('imported', 'ES512')] }
  assert.equal((await server.admin('POST', `/realms/${name}/partialImport`, partial)).status, 200)
  for (const [client, algorithm] of [
    ['created', 'ES384'],
    ['imported', 'ES512'],
  ] as const)
    assert.equal(jwtHeader(await server.realm(name).accessToken([client, 'sample-secret-1']))['alg'], algorithm)
  const { keys } = (await call('GET', '/protocol/openid-connect/certs')).json as { keys?: Json[] }
  assert.deepEqual([...new Set(keys?.map(({ alg }) => alg))].sort(), ['ES256', 'ES384', 'ES512', 'PS384', 'RS256'])
})

test('no key is made for an algorithm that signs nothing, however often it is asked for', async () => {
  const { name } = await realmWith('mk-nothing', [rsa, hs256])
  const before = await providersOf(name)
  for (const algorithm of ['RSA-OAEP', 'RSA1_5', 'AES', 'none', 'RS999', '__proto__', 'RSA-OAEP'])
    await changeClient(name, { 'access.token.signed.response.alg': algorithm })
  assert.equal((await server.admin('PUT', `/realms/${name}`, { defaultSignatureAlgorithm: 'RSA-OAEP' })).status, 204)
  assert.deepEqual(await providersOf(name), before)
})

test('a key provider that is removed or switched off is replaced where the realm or a client needs it', async () => {
  const { name } = await realmWith('mk-lost', [rsa, hs256, es256])
  await changeClient(name, { 'access.token.signed.response.alg': 'ES256' })
  assert.deepEqual(await algorithmsOf(name), ['ES256', 'HS512', 'RS256'])
  for (const component of await componentsOf(name)) {
    const path = `/realms/${name}/components/${component['id']}`
    const off = { ...component, config: { ...(component['config'] as Json), active: ['false'] } }
    const { status, text } = component['name'] === 'rsa' ? await server.admin('PUT', path, off) : await server.admin('DELETE', path)
    assert.equal(status, 204, text)
  }
  assert.deepEqual(await algorithmsOf(name), ['ES256', 'HS512', 'RS256'])
  assert.deepEqual(await providersOf(name), ['fallback-ES256', 'fallback-HS512', 'fallback-RS256', 'rsa'])
})
