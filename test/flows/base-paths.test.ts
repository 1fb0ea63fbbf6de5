import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, CallOptions } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, audience, service } from '../server/samples.ts'
import { startTestServer, type TestServer } from '../server.ts'

// Paths and addresses are configured at start, so that the reference server cannot be asked here.
const options = { skip: process.env['OSTIARY_TEST_REFERENCE'] !== undefined }
const realms = [{ realm: 'paths', enabled: true, clients: [service('machine', { protocolMappers: [audience('machine')] })] }]

interface Seen {
  readonly issuer: unknown
  readonly tokenEndpoint: unknown
  readonly tokenIssuer: unknown
  readonly clientHost: unknown
}

const originOf = (server: TestServer): string => new URL(server.url).origin

/** What a client is told by the discovery document and a token below one base path. */
async function look(server: TestServer, path: string, headers: Record<string, string> = {}): Promise<Seen> {
  const base = `${originOf(server)}${path}/realms/paths`
  const { json } = await server.call('GET', `${base}/.well-known/openid-configuration`, { headers })
  const { access_token } = expectToken(await requestToken(server, path, { headers }))
  const { iss, clientHost } = jwtClaims(access_token)
  return { issuer: json['issuer'], tokenEndpoint: json['token_endpoint'], tokenIssuer: iss, clientHost }
}

const requestToken = (server: TestServer, path: string, more: CallOptions = {}): Promise<Answer> =>
  server.call('POST', `${originOf(server)}${path}/realms/paths/protocol/openid-connect/token`, {
    form: { grant_type: 'client_credentials', scope: 'openid' },
    basic: as('machine'),
    ...more,
  })

const seen = (issuer: string, clientHost = '127.0.0.1'): Seen => ({
  issuer,
  tokenEndpoint: `${issuer}/protocol/openid-connect/token`,
  tokenIssuer: issuer,
  clientHost,
})

const layouts: readonly { readonly canonical: string; readonly args: readonly string[]; readonly aliases: readonly string[] }[] = [
  { canonical: '', args: [], aliases: ['/auth', '/api'] },
  { canonical: '/auth', args: ['--http-relative-path=/auth'], aliases: ['/api'] },
  { canonical: '/auth', args: ['--http-relative-path=/auth', '--http-alias-paths=/'], aliases: [''] },
  { canonical: '/id/v1', args: ['--http-relative-path=/id/v1/', '--http-alias-paths=/id'], aliases: ['/id'] },
]

for (const { canonical, args, aliases } of layouts) {
  test(`${args.join(' ') || 'no options'}: the issuer is below "${canonical}", whatever path a request came by`, options, async () => {
    await using server = await startTestServer({ realms, args })
    const issuer = `${originOf(server)}${canonical}/realms/paths`
    for (const path of [canonical, ...aliases]) assert.deepEqual(await look(server, path), seen(issuer), path)
    const token = (await requestToken(server, canonical)).json['access_token']
    for (const path of [canonical, ...aliases]) {
      const base = `${originOf(server)}${path}/realms/paths/protocol/openid-connect`
      const asked = await server.call('POST', `${base}/token/introspect`, { form: { token: String(token) }, basic: as('machine') })
      assert.equal(asked.json['active'], true, path)
      assert.equal((await server.call('GET', `${base}/userinfo`, { bearer: String(token) })).status, 200, path)
      assert.equal((await server.call('GET', `${originOf(server)}${path}/realms/paths`)).status, 200, path)
    }
    for (const path of ['/other', '/AUTH', '/authx', '/auth/auth']) {
      const answer = await server.call('GET', `${originOf(server)}${path}/realms/paths`)
      assert.equal(answer.status, 404, path)
    }
    // Below the root it is a path of ours that is not in its normal form.
    const doubled = await server.call('GET', `${originOf(server)}//auth/realms/paths`)
    assert.equal(doubled.status, [canonical, ...aliases].includes('') ? 400 : 404)
  })
}

test('without aliases only the canonical path answers', options, async () => {
  await using server = await startTestServer({ realms, args: ['--http-relative-path=/auth', '--http-alias-paths='] })
  for (const path of ['', '/api']) assert.equal((await server.call('GET', `${originOf(server)}${path}/realms/paths`)).status, 404, path)
  assert.equal((await server.call('GET', `${originOf(server)}/auth/realms/paths`)).status, 200)
})

test('without a hostname the issuer follows the Host header, and a token counts only where it was issued', options, async () => {
  await using server = await startTestServer({ realms })
  const headers = { host: 'other.example:8443' }
  assert.deepEqual(await look(server, '', headers), seen('http://other.example:8443/realms/paths'))
  const token = String((await requestToken(server, '', { headers })).json['access_token'])
  const realm = server.realm('paths')
  assert.equal((await realm.userinfo(token)).status, 401)
  assert.equal((await realm.userinfo(token, { headers })).status, 200)
})

test('a Host header that is no host never gets into an issuer', options, async () => {
  await using server = await startTestServer({ realms })
  for (const host of ['a b', 'x"><script>', 'user@evil.example', 'evil.example/path', 'evil.example?x', 'evil.example#x', 'a,b', 'a:b']) {
    const answer = await server.call('GET', '/realms/paths/.well-known/openid-configuration', { headers: { host } })
    assert.equal(answer.status, 400, host)
  }
})

test('a full URL as the hostname is the issuer, whatever Host and path a request names', options, async () => {
  await using server = await startTestServer({ realms, args: ['--hostname=https://id.example/auth', '--http-relative-path=/auth'] })
  for (const headers of [{ host: 'evil.example' }, { host: 'id.example' }, {}])
    for (const path of ['/auth', '/api']) assert.deepEqual(await look(server, path, headers), seen('https://id.example/auth/realms/paths'))
})

test('a bare name as the hostname replaces the name, while scheme and port are those of the request', options, async () => {
  await using server = await startTestServer({ realms, args: ['--hostname=id.example'] })
  const { port } = new URL(server.url)
  assert.deepEqual(await look(server, ''), seen(`http://id.example:${port}/realms/paths`))
  assert.deepEqual(await look(server, '/auth', { host: 'evil.example:81' }), seen('http://id.example:81/realms/paths'))
  assert.deepEqual(await look(server, '', { host: 'evil.example' }), seen('http://id.example/realms/paths'))
})

const forwarded = {
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'id.example',
  forwarded: 'for=203.0.113.8;proto=https;host=rfc.example',
}

test('headers of a proxy count for nothing unless they are configured', options, async () => {
  await using server = await startTestServer({ realms })
  assert.deepEqual(await look(server, '', forwarded), seen(`${server.url}/realms/paths`))
})

test('headers of a proxy count for nothing when another address sends them', options, async () => {
  const args = ['--proxy-headers=xforwarded', '--proxy-trusted-addresses=10.0.0.0/8,192.168.1.1']
  await using server = await startTestServer({ realms, args })
  assert.deepEqual(await look(server, '', forwarded), seen(`${server.url}/realms/paths`))
})

test('X-Forwarded-* of a trusted proxy say scheme, host and client', options, async () => {
  await using server = await startTestServer({
    realms,
    args: ['--proxy-headers=xforwarded', '--proxy-trusted-addresses=127.0.0.1,10.0.0.0/8'],
  })
  assert.deepEqual(await look(server, '', forwarded), seen('https://id.example/realms/paths', '203.0.113.7'))
  // What stands left of the last address that is not trusted was said by strangers.
  const spoofed = { ...forwarded, 'x-forwarded-for': '192.0.2.1, 203.0.113.7, 10.1.2.3' }
  assert.equal((await look(server, '', spoofed)).clientHost, '203.0.113.7')
})

test('a realm that requires TLS of strangers goes by what the trusted proxy says', options, async () => {
  await using server = await startTestServer({ realms, args: ['--proxy-headers=xforwarded', '--proxy-trusted-addresses=127.0.0.1'] })
  const ask = (address: string, scheme: string): Promise<Answer> =>
    requestToken(server, '', { headers: { 'x-forwarded-for': address, 'x-forwarded-proto': scheme } })
  expectToken(await ask('203.0.113.7', 'https'))
  for (const address of ['10.1.2.3', '192.168.4.5', '172.16.0.1', '::1', 'fd00::1']) expectToken(await ask(address, 'http'))
  for (const address of ['203.0.113.7', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.7']) {
    expectError(await ask(address, 'http'), 403, 'invalid_request', 'HTTPS required')
  }
})

test('with proxy-headers=xforwarded the header of RFC 7239 does not count', options, async () => {
  await using server = await startTestServer({ realms, args: ['--proxy-headers=xforwarded', '--proxy-trusted-addresses=127.0.0.1'] })
  assert.deepEqual(await look(server, '', { forwarded: forwarded.forwarded }), seen(`${server.url}/realms/paths`))
})

test('with proxy-headers=forwarded the header of RFC 7239 counts, and X-Forwarded-* do not', options, async () => {
  await using server = await startTestServer({ realms, args: ['--proxy-headers=forwarded', '--proxy-trusted-addresses=127.0.0.1'] })
  const stranger = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' }
  const proxy = { forwarded: 'for=203.0.113.8;proto=https;host=rfc.example' }
  assert.deepEqual(await look(server, '', stranger), seen(`${server.url}/realms/paths`))
  assert.deepEqual(await look(server, '', { ...stranger, ...proxy }), seen('https://rfc.example/realms/paths', '203.0.113.8'))
})
