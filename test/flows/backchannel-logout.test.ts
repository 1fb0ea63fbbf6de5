import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { formText, type Json } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

interface Call {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly type: string | undefined
  readonly form: URLSearchParams
}

/** The applications' own servers: they note what they are told and answer by their path. */
const calls: Call[] = []
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method, url: path, headers } = request
    calls.push({ method, path, type: headers['content-type'], form: new URLSearchParams(Buffer.concat(chunks).toString()) })
    if (path === '/broken') request.socket.destroy()
    else if (path === '/moved') response.writeHead(302, { location: '/elsewhere' }).end()
    else response.writeHead(path === '/failing' ? 500 : 200).end('{"thanks":true}')
  })
}).listen(0, '127.0.0.1')
await new Promise((listening) => receiver.once('listening', listening))
const address = receiver.address()
const base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
after(() => {
  receiver.close()
  receiver.closeAllConnections()
})

const told = (clientId: string, path: string, more: Record<string, string> = {}) =>
  service(clientId, { directAccessGrantsEnabled: true, attributes: { 'backchannel.logout.url': base + path, ...more } })

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-told',
      enabled: true,
      eventsEnabled: true,
      clients: [
        told('shop', '/shop', { 'backchannel.logout.session.required': 'true' }),
        { ...told('relative', ''), rootUrl: `${base}/app`, attributes: { 'backchannel.logout.url': '/below' } },
        told('no-sid', '/no-sid'),
        told('curve', '/curve', { 'id.token.signed.response.alg': 'ES256', 'backchannel.logout.revoke.offline.tokens': 'true' }),
        told('failing', '/failing'),
        told('broken', '/broken'),
        told('moved', '/moved'),
        { ...told('by-browser', '/by-browser'), frontchannelLogout: true },
        service('quiet', { directAccessGrantsEnabled: true }),
        {
          ...told('pairwise', '/pairwise'),
          redirectUris: ['https://pairwise.example/cb'],
          protocolMappers: [
            {
              name: 'pairwise',
              protocol: 'openid-connect',
              protocolMapper: 'oidc-sha256-pairwise-sub-mapper',
              config: { pairwiseSubAlgorithmSalt: 'salt' },
            },
          ],
        },
      ],
      users: [person('taras')],
    },
  ],
})
const realm = server.realm('flows-told')

async function login(clientId: string): Promise<Readonly<Record<string, string>>> {
  const form = { grant_type: 'password', username: 'taras', password, scope: 'openid' }
  return expectToken(await realm.token(form, { basic: as(clientId) })) as Record<string, string>
}

/** Logs in and out by one client; returns what its server was told. */
async function leave(clientId: string): Promise<{ tokens: Readonly<Record<string, string>>; calls: Call[] }> {
  const tokens = await login(clientId)
  calls.length = 0
  const form = { refresh_token: tokens['refresh_token'] }
  const { status } = await realm.call('POST', '/protocol/openid-connect/logout', { form, basic: as(clientId) })
  assert.equal(status, 204)
  return { tokens, calls: [...calls] }
}

async function expectSigned(token: string): Promise<void> {
  const { kid, alg } = jwtHeader(token)
  const { json } = await realm.call('GET', '/protocol/openid-connect/certs')
  const jwk = (json['keys'] as Json[]).find((key) => key['kid'] === kid)
  assert.ok(jwk)
  const [head, body, signature = ''] = token.split('.')
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const encoding = String(alg).startsWith('ES') ? ({ dsaEncoding: 'ieee-p1363' } as const) : {}
  assert.equal(verify('sha256', Buffer.from(`${head}.${body}`), { key, ...encoding }, Buffer.from(signature, 'base64url')), true)
}

test('a logout token is posted as a form: who, where, which session, signed by the realm', async () => {
  const { tokens, calls } = await leave('shop')
  assert.equal(calls.length, 1)
  const [{ method, path, type, form }] = calls as [Call]
  assert.deepEqual([method, path, type, [...form.keys()]], ['POST', '/shop', 'application/x-www-form-urlencoded', ['logout_token']])
  const token = form.get('logout_token') ?? ''
  await expectSigned(token)
  const { alg, typ } = jwtHeader(token)
  assert.deepEqual([alg, typ], ['RS256', 'logout+jwt'])
  const { iat, exp, jti, ...claims } = jwtClaims(token)
  assert.equal(Number(exp) - Number(iat), 120)
  assert.match(String(jti), /^[\da-f-]{36}$/)
  assert.deepEqual(claims, {
    iss: realm.url,
    aud: 'shop',
    sub: jwtClaims(tokens['id_token'])['sub'],
    typ: 'Logout',
    sid: tokens['session_state'],
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
})

test('a logout token is none of the tokens that we take', async () => {
  const { calls } = await leave('shop')
  const token = calls[0]?.form.get('logout_token') ?? ''
  assert.equal((await realm.userinfo(token)).status, 401)
  assert.deepEqual((await realm.introspect({ token }, { basic: as('shop') })).json, { active: false })
  const query = formText({ id_token_hint: token })
  assert.equal((await realm.call('GET', `/protocol/openid-connect/logout?${query}`)).status, 400)
})

test('an address that is a path belongs to the root URL of the client', async () => {
  assert.deepEqual(
    (await leave('relative')).calls.map(({ path }) => path),
    ['/app/below'],
  )
})

test('a client gets the session id only when it wants it', async () => {
  const { calls } = await leave('no-sid')
  assert.equal(jwtClaims(calls[0]?.form.get('logout_token'))['sid'], undefined)
})

test('the token is signed like the ID tokens of the client, and says when offline sessions are meant, too', async () => {
  const { calls } = await leave('curve')
  const token = calls[0]?.form.get('logout_token') ?? ''
  assert.equal(jwtHeader(token)['alg'], 'ES256')
  await expectSigned(token)
  assert.deepEqual(jwtClaims(token)['events'], { 'http://schemas.openid.net/event/backchannel-logout': {}, revoke_offline_access: true })
})

test('a client with pairwise subjects is told the subject that it knows', async () => {
  const { tokens, calls } = await leave('pairwise')
  const { sub } = jwtClaims(tokens['id_token'])
  assert.equal(jwtClaims(calls[0]?.form.get('logout_token'))['sub'], sub)
})

test('a client with front-channel logout and one without an address are not called', async () => {
  assert.deepEqual((await leave('by-browser')).calls, [])
  assert.deepEqual((await leave('quiet')).calls, [])
})

test('whoever cannot be told keeps nobody from leaving; a redirect is not followed; the log and an event tell of it', async () => {
  for (const [clientId, reason] of [
    ['failing', 'status 500'],
    ['broken', 'unreachable'],
    ['moved', 'status 302'],
  ] as const) {
    await realm.events()
    const { tokens, calls } = await leave(clientId)
    assert.deepEqual(new Set(calls.map(({ path }) => path)), new Set([`/${clientId}`]))
    const refreshed = await realm.token({ grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] }, { basic: as(clientId) })
    expectError(refreshed, 400, 'invalid_grant', 'Session not active')
    if (server.onReference) continue
    const failures = (await realm.events()).filter(({ error }) => error === 'logout_failed')
    assert.deepEqual(
      failures.map((event) => [event['type'], event['clientId'], event['sessionId'], event['reason']]),
      [['LOGOUT_ERROR', clientId, tokens['session_state'], reason]],
    )
  }
})

test('an administrator who logs a user out tells the clients of all sessions', async () => {
  const sessions = [await login('shop'), await login('no-sid')]
  calls.length = 0
  const userId = String(jwtClaims(sessions[0]?.['id_token'])['sub'])
  assert.equal((await server.admin('POST', `/realms/flows-told/users/${userId}/logout`)).status, 204)
  assert.deepEqual(calls.map(({ path }) => path).sort(), ['/no-sid', '/shop'])
})

test('the address for identity providers knows no token yet', async () => {
  const post = (form: Record<string, string>) => realm.call('POST', '/protocol/openid-connect/logout/backchannel-logout', { form })
  expectError(await post({}), 400, 'invalid_request', 'No logout token')
  expectError(await post({ logout_token: 'abc' }), 400, 'invalid_request', 'The decode of the logoutToken failed')
})
