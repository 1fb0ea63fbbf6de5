import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import type { Json } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { as, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
const signedBy = (algorithm: string): ClientRepresentation =>
  service(algorithm, {
    attributes: { 'access.token.signed.response.alg': algorithm, 'id.token.signed.response.alg': algorithm },
  })
const generated = (providerId: string, config: Record<string, string>) => ({
  name: `${providerId} ${JSON.stringify(config)}`,
  providerId,
  config: Object.fromEntries(Object.entries({ priority: '50', ...config }).map(([name, value]) => [name, [value]])),
})
/** One provider for each algorithm, as an operator would configure them. */
const providers = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((algorithm) => generated('rsa-generated', { algorithm })),
  ...['P-256', 'P-384', 'P-521'].map((curve) => generated('ecdsa-generated', { ecdsaEllipticCurveKey: curve })),
  generated('eddsa-generated', { eddsaEllipticCurveKey: 'Ed25519' }),
  generated('hmac-generated', { algorithm: 'HS256' }),
  generated('hmac-generated', { algorithm: 'HS512' }),
  generated('aes-generated', {}),
]

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-keys',
      enabled: true,
      components: { 'org.keycloak.keys.KeyProvider': providers },
      clients: [
        ...algorithms.map(signedBy),
        service('plain'),
        service('rfc9068', { attributes: { 'access.token.header.type.rfc9068': 'true' } }),
        service('hmac', { attributes: { 'access.token.signed.response.alg': 'HS256' } }),
      ],
    },
    {
      realm: 'flows-keys-default',
      enabled: true,
      defaultSignatureAlgorithm: 'ES256',
      clients: [service('plain'), signedBy('RS256'), signedBy('PS256')],
    },
  ],
})
const realm = server.realm('flows-keys')
const now = (): Date => new Date(server.onReference ? Date.now() : server.clock.now())

async function jwks(of = realm): Promise<Json[]> {
  const { status, json } = await of.call('GET', '/protocol/openid-connect/certs')
  assert.equal(status, 200)
  return json['keys'] as Json[]
}

const remote = (url: string) => createRemoteJWKSet(new URL(`${url}/protocol/openid-connect/certs`))

for (const algorithm of algorithms) {
  test(`a client may have its tokens signed with ${algorithm}, by a key that jose finds in the JWKS`, async () => {
    const kids = (await jwks()).map((key) => key['kid'])
    const answer = await realm.token({ grant_type: 'client_credentials', scope: 'openid' }, { basic: as(algorithm) })
    const { access_token, id_token } = expectToken(answer)
    for (const token of [String(access_token), String(id_token)]) {
      assert.deepEqual(Object.keys(jwtHeader(token)).sort(), ['alg', 'kid', 'typ'])
      assert.ok(kids.includes(jwtHeader(token)['kid']), 'the key was not in the JWKS before its first token')
      const options = { issuer: realm.url, algorithms: [algorithm], currentDate: now(), typ: 'JWT' }
      const { payload } = await jwtVerify(token, remote(realm.url), options)
      assert.equal(payload['azp'], algorithm)
    }
    const { at_hash } = jwtClaims(id_token)
    assert.match(String(at_hash), algorithm.endsWith('256') ? /^[\w-]{22}$/ : algorithm.endsWith('384') ? /^[\w-]{32}$/ : /^[\w-]{43}$/)
  })
}

test('access tokens after RFC 9068 say so in their type', async () => {
  assert.equal(jwtHeader(await realm.accessToken(as('rfc9068')))['typ'], 'at+jwt')
  assert.equal(jwtHeader(await realm.accessToken(as('plain')))['typ'], 'JWT')
})

test('a client may have its access tokens signed with a secret that no JWKS shows', async () => {
  const token = await realm.accessToken(as('hmac'))
  const { alg, kid } = jwtHeader(token)
  assert.equal(alg, 'HS256')
  assert.equal(
    (await jwks()).some((key) => key['kid'] === kid),
    false,
  )
  await assert.rejects(jwtVerify(token, remote(realm.url), { currentDate: now() }))
})

test("the realm's default algorithm signs for clients that ask for none, its key in the JWKS from the start", {
  skip: server.onReference,
}, async () => {
  const other = server.realm('flows-keys-default')
  const before = await jwks(other)
  assert.equal(jwtHeader(await other.accessToken(as('plain')))['alg'], 'ES256')
  assert.equal(jwtHeader(await other.accessToken(as('RS256')))['alg'], 'RS256')
  assert.equal(jwtHeader(await other.accessToken(as('PS256')))['alg'], 'PS256')
  assert.deepEqual(await jwks(other), before)
})

test('the JWKS shows public keys and nothing else', async () => {
  const { text, headers } = await realm.call('GET', '/protocol/openid-connect/certs')
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['cache-control'], 'no-cache')
  const keys = JSON.parse(text) as { keys: Json[] }
  for (const key of keys.keys) {
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) assert.equal(key[secret], undefined, `${secret} of ${key['kid']}`)
    assert.ok(['RSA', 'EC', 'OKP'].includes(String(key['kty'])), String(key['kty']))
    assert.ok(['sig', 'enc'].includes(String(key['use'])), String(key['use']))
    if (key['kty'] === 'RSA') assert.ok(Buffer.from(String(key['n']), 'base64url').length >= 256)
  }
  const kids = keys.keys.map((key) => key['kid'])
  assert.equal(new Set(kids).size, kids.length)
})

test('another realm has other keys', async () => {
  const [here, there] = [await jwks(), await jwks(server.realm('flows-keys-default'))]
  const kids = new Set(here.map((key) => key['kid']))
  assert.ok(there.every((key) => !kids.has(key['kid'])))
  const token = await realm.accessToken(as('plain'))
  await assert.rejects(jwtVerify(token, remote(server.realm('flows-keys-default').url), { currentDate: now() }))
})
