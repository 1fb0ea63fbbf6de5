import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { as, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile({
  realms: [
    { realm: 'flows-discovery', enabled: true, clients: [service('machine')] },
    { realm: 'flows discovery é', enabled: true, clients: [service('machine')] },
    { realm: 'flows-discovery-off', enabled: false },
    {
      realm: 'flows-discovery-own',
      enabled: true,
      clientScopes: [
        { name: 'registry', protocol: 'openid-connect' },
        { name: 'inner', protocol: 'openid-connect', attributes: { 'include.in.openid.provider.metadata': 'false' } },
        { name: 'papers', protocol: 'saml' },
      ],
      attributes: { 'acr.loa.map': '{"gold":2,"silver":1}' },
    },
  ],
})
const realm = server.realm('flows-discovery')
const wellKnown = '/.well-known/openid-configuration'
const documents = [wellKnown, '/.well-known/oauth-authorization-server', '/.well-known/uma2-configuration']

async function metadata(at = realm, path = wellKnown): Promise<Json> {
  const { status, headers, json } = await at.call('GET', path)
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['cache-control'], 'no-cache, must-revalidate, no-transform, no-store')
  return json
}

/** All strings in the document that are URLs, by member. */
function urlsOf(document: Json, prefix = ''): [string, string][] {
  return Object.entries(document).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string' && /^https?:/.test(value)) return [[prefix + name, value]]
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? urlsOf(value as Json, `${prefix}${name}.`) : []
  })
}

for (const path of documents) {
  test(`${path}: the issuer is the URL before it, and every URL in it is below the issuer`, async () => {
    const document = await metadata(realm, path)
    assert.equal(document['issuer'], realm.url)
    const urls = urlsOf(document)
    assert.ok(urls.length > 8)
    for (const [name, url] of urls) if (name !== 'issuer') assert.ok(url.startsWith(`${realm.url}/`), `${name}: ${url}`)
  })
}

/** Endpoints that are there: the method and the status of a request without parameters. */
const answering: readonly (readonly [string, string, number])[] = [
  ['token_endpoint', 'POST', 400],
  ['introspection_endpoint', 'POST', 401],
  ['userinfo_endpoint', 'GET', 401],
  ['jwks_uri', 'GET', 200],
  ['mtls_endpoint_aliases.token_endpoint', 'POST', 400],
  ['mtls_endpoint_aliases.introspection_endpoint', 'POST', 401],
  ['mtls_endpoint_aliases.userinfo_endpoint', 'GET', 401],
]

for (const [name, method, status] of answering) {
  test(`the advertised ${name} answers`, async () => {
    const url = new Map(urlsOf(await metadata())).get(name)
    assert.ok(url)
    const options = method === 'POST' ? { form: { x: 'y' } } : {}
    assert.equal((await server.call(method, url, options)).status, status)
  })
}

test('no advertised endpoint fails with a fault of the server', { skip: server.onReference }, async () => {
  for (const [name, url] of urlsOf(await metadata())) {
    for (const method of ['GET', 'POST']) assert.ok((await server.call(method, url)).status < 500, `${method} ${name}`)
  }
})

test('RFC 8414 has its own place for the same document', async () => {
  const { status, json } = await server.call('GET', '/.well-known/oauth-authorization-server/realms/flows-discovery')
  assert.equal(status, 200)
  assert.deepEqual(json, await metadata(realm, documents[1]))
})

test('the algorithms for tokens that are advertised are those that clients may ask for', async () => {
  const document = await metadata()
  const supported = document['id_token_signing_alg_values_supported'] as string[]
  assert.deepEqual([...supported].sort(), [
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'HS256',
    'HS384',
    'HS512',
    'PS256',
    'PS384',
    'PS512',
    'RS256',
    'RS384',
    'RS512',
  ])
  assert.ok(!supported.includes('none'))
})

test('scopes and levels of authentication are those of the realm', async () => {
  const document = await metadata(server.realm('flows-discovery-own'))
  const scopes = document['scopes_supported'] as string[]
  assert.ok(scopes.includes('openid') && scopes.includes('registry'))
  assert.ok(!scopes.includes('papers'), 'a scope of another protocol')
  assert.ok(!scopes.includes('inner'), 'a scope that is not to be told')
  assert.deepEqual([...(document['acr_values_supported'] as string[])].sort(), ['0', '1', 'gold', 'silver'])
})

test('a realm whose name needs encoding has an encoded issuer that leads back to it', async () => {
  const other = server.realm('flows discovery é')
  const document = await metadata(other)
  assert.equal(document['issuer'], other.url)
  const token = await other.accessToken(as('machine'), { scope: 'openid' })
  assert.equal((await server.call('GET', String(document['userinfo_endpoint']), { bearer: token })).status, 200)
})

test('unknown documents and realms are 404, and POST finds nothing', async () => {
  const unknown = await realm.call('GET', '/.well-known/magic')
  assert.deepEqual([unknown.status, unknown.json], [404, { error: 'HTTP 404 Not Found' }])
  const nowhere = await server.realm('flows-nowhere').call('GET', wellKnown)
  assert.deepEqual([nowhere.status, nowhere.json], [404, { error: 'Realm does not exist' }])
  assert.equal((await realm.call('POST', wellKnown)).status, 404)
})

test('a disabled realm still tells who it is', async () => {
  const off = server.realm('flows-discovery-off')
  for (const path of [...documents, '/protocol/openid-connect/certs', '']) assert.equal((await off.call('GET', path)).status, 200, path)
})

test('a HEAD request is answered as GET without a body', async () => {
  for (const path of [wellKnown, '/protocol/openid-connect/certs', '']) {
    const { status, text } = await realm.call('HEAD', path)
    assert.deepEqual([status, text], [200, ''])
  }
})

test('what is kept as bytes follows a change of the realm in the next request', async () => {
  const own = server.realm('flows-discovery-own')
  const before = await metadata(own)
  await own.change({ attributes: { 'acr.loa.map': '{"platinum":3}' } })
  const after = await metadata(own)
  assert.ok((before['acr_values_supported'] as string[]).includes('gold'))
  assert.ok((after['acr_values_supported'] as string[]).includes('platinum'))
  const info = async () => (await own.call('GET', '')).json['tokens-not-before']
  assert.equal(await info(), 0)
  await own.change({ notBefore: 1_700_000_000 })
  assert.equal(await info(), 1_700_000_000)
})

test('a removed realm is gone in the next request, and one of the same name has other keys', async () => {
  const name = 'flows-discovery-brief'
  const brief = server.realm(name)
  const certs = async () => (await brief.call('GET', '/protocol/openid-connect/certs')).text
  assert.equal((await server.admin('POST', '/realms', { realm: name, enabled: true })).status, 201)
  const first = await certs()
  assert.equal((await server.admin('DELETE', `/realms/${name}`)).status, 204)
  assert.deepEqual(JSON.parse(await certs()), { error: 'Realm does not exist' })
  assert.equal((await server.admin('POST', '/realms', { realm: name, enabled: true })).status, 201)
  assert.notEqual(await certs(), first)
  assert.equal((await server.admin('DELETE', `/realms/${name}`)).status, 204)
})

test('a renamed realm answers under its new name alone', async () => {
  assert.equal((await server.admin('POST', '/realms', { realm: 'flows-discovery-old', enabled: true })).status, 201)
  assert.equal((await metadata(server.realm('flows-discovery-old')))['issuer'], server.realm('flows-discovery-old').url)
  await server.realm('flows-discovery-old').change({ realm: 'flows-discovery-new' })
  assert.equal((await server.realm('flows-discovery-old').call('GET', wellKnown)).status, 404)
  assert.equal((await metadata(server.realm('flows-discovery-new')))['issuer'], server.realm('flows-discovery-new').url)
  assert.equal((await server.admin('DELETE', '/realms/flows-discovery-new')).status, 204)
})

test('the realm information names the realm, its key and its services', async () => {
  const { status, headers, json } = await realm.call('GET', '')
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'application/json;charset=UTF-8')
  const { public_key, ...rest } = json
  assert.match(String(public_key), /^MIIB[\w+/=]+$/)
  assert.deepEqual(rest, {
    realm: 'flows-discovery',
    'token-service': `${realm.url}/protocol/openid-connect`,
    'account-service': `${realm.url}/account`,
    'tokens-not-before': 0,
  })
})

for (const [path, said] of [
  [wellKnown, 'The accept header value did not match the value in @Produces'],
  ['', 'HTTP 406 Not Acceptable'],
] as const) {
  test(`who accepts no JSON is told so at ${path === '' ? 'the realm' : path}: by a page if it is HTML that is wanted`, async () => {
    const asked = async (accept: string) => {
      const { status, headers, text } = await realm.call('GET', path, { headers: { accept } })
      return { status, type: headers['content-type'] ?? '', text }
    }
    for (const accept of ['*/*', 'application/json', 'application/*;q=0.1', 'text/html,application/xhtml+xml,*/*;q=0.8'])
      assert.equal((await asked(accept)).status, 200, accept)
    for (const accept of ['text/html', 'image/png, text/html']) {
      const { status, type, text } = await asked(accept)
      assert.deepEqual([status, type], [406, 'text/html;charset=utf-8'])
      assert.match(text, /An internal server error has occurred/)
    }
    for (const accept of ['text/plain', 'application/xml']) {
      const { status, text } = await asked(accept)
      assert.deepEqual([status, text], [406, JSON.stringify({ error: said })])
    }
  })
}
