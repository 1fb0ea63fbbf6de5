import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { issuerStand, overSocket, statusesOf, testGateway, tokenOf, upstreamStand } from './stand.ts'

const issuer = await issuerStand()
const upstream = await upstreamStand()
const routes = [{ path: '/api/*', methods: ['GET', 'POST'], upstream: upstream.url }]
const gateway = await testGateway({ issuers: [{ issuer: issuer.url }], routes })
const behindProxy = await testGateway({ issuers: [{ issuer: issuer.url }], routes, trustedProxies: ['127.0.0.0/8', '::1'] })
after(async () => {
  await gateway.close()
  await behindProxy.close()
  await upstream.close()
  await issuer.close()
})
beforeEach(() => {
  upstream.arrived.length = 0
})

const token = await tokenOf(issuer, { realm_access: { roles: ['trembita-invoker'] } })

/** Sends lines as they stand and returns the headers that arrive, as pairs in lower case. */
async function through(lines: readonly string[], { port } = gateway): Promise<[name: string, value: string][]> {
  const head = ['GET /api/x HTTP/1.1', 'Host: registry.example', `Authorization: Bearer ${token}`, 'Connection: close', ...lines]
  const answer = await overSocket(port, `${head.join('\r\n')}\r\n\r\n`)
  assert.deepEqual(statusesOf(answer), [200], answer)
  const { rawHeaders } = upstream.arrived[0] ?? assert.fail('nothing arrived')
  return rawHeaders.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? '']] : []))
}

const valuesOf = (pairs: readonly [string, string][], name: string): string[] =>
  pairs.filter(([one]) => one === name).map(([, value]) => value)

test('the upstream gets the raw token and who bears it, and no Authorization', async () => {
  const pairs = await through([])
  assert.deepEqual(valuesOf(pairs, 'authorization'), [])
  assert.deepEqual(valuesOf(pairs, 'x-access-token'), [token])
  const [userInfo = ''] = valuesOf(pairs, 'x-userinfo')
  const told = JSON.parse(Buffer.from(userInfo, 'base64').toString('utf8')) as Record<string, unknown>
  assert.deepEqual([told['id'], told['username']], ['d0b8122f-8dfb-46b7-b68a-f5cc4e25d000', 'service-account-hospital'])
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as unknown
  assert.deepEqual(told['claims'], claims)
})

test('names in any script are in X-Userinfo', async () => {
  const own = await tokenOf(issuer, { preferred_username: 'олена' })
  await fetch(`${gateway.url}/api/x`, { headers: { authorization: `Bearer ${own}` } })
  const value = String(upstream.arrived[0]?.headers['x-userinfo'])
  assert.equal((JSON.parse(Buffer.from(value, 'base64').toString('utf8')) as Record<string, unknown>)['username'], 'олена')
})

const spellings = [
  'X-Access-Token: forged',
  'x-access-token: forged',
  'X-ACCESS-TOKEN: forged',
  'X_Access_Token: forged',
  'X-Access_Token: forged',
  'X.Access.Token: forged',
  'X-Userinfo: forged',
  'X-UserInfo: forged',
  'X_Userinfo: forged',
  'x.userinfo: forged',
  'X~Userinfo: forged',
]

for (const spelling of spellings) {
  test(`a copy that the client sends is dropped: ${spelling}`, async () => {
    const pairs = await through([spelling, spelling])
    assert.ok(!JSON.stringify(pairs).includes('forged'), JSON.stringify(pairs))
    assert.equal(valuesOf(pairs, 'x-access-token').length, 1)
    assert.equal(valuesOf(pairs, 'x-userinfo').length, 1)
  })
}

test('a client cannot have the headers of the gateway left out as headers of its connection', async () => {
  const pairs = await through(['Connection: X-Userinfo, x-access-token, X-Forwarded-For, Authorization', 'Proxy-Connection: X-Userinfo'])
  assert.deepEqual(valuesOf(pairs, 'x-access-token'), [token])
  assert.equal(valuesOf(pairs, 'x-userinfo').length, 1)
  assert.deepEqual(valuesOf(pairs, 'x-forwarded-for'), ['127.0.0.1'])
})

test('headers of the connection, and those that it names, end at the gateway', async () => {
  const lines = [
    'Keep-Alive: timeout=5',
    'TE: trailers',
    'Trailer: X-Late',
    'Proxy-Authorization: Basic YTpi',
    'Proxy-Connection: keep-alive',
    'Upgrade: h2c',
    'Connection: X-Hop',
    'X-Hop: one',
    'X-End: two',
  ]
  const names = (await through(lines)).map(([name]) => name)
  for (const name of ['keep-alive', 'te', 'trailer', 'proxy-authorization', 'proxy-connection', 'upgrade', 'x-hop']) {
    assert.ok(!names.includes(name), name)
  }
  assert.ok(names.includes('x-end'))
})

test('names with underscores that mean a header of the connection or of the body are dropped', async () => {
  const names = (await through(['Transfer_Encoding: chunked', 'Content_Length: 5', 'Host_: a', 'X_Own: a'])).map(([name]) => name)
  assert.ok(!names.includes('transfer_encoding') && !names.includes('content_length'))
  assert.ok(names.includes('x_own'))
})

test('what strangers say of where they come from does not count', async () => {
  const lines = [
    'X-Forwarded-For: 10.0.0.1',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Port: 1',
    'X-Forwarded-User: admin',
    'X_Forwarded_For: 10.0.0.1',
    'Forwarded: for=10.0.0.1',
  ]
  const pairs = await through(lines)
  const told = pairs.filter(([name]) => name.includes('forwarded'))
  assert.deepEqual(told.sort(), [
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-host', 'registry.example'],
    ['x-forwarded-proto', 'http'],
  ])
  assert.deepEqual(valuesOf(pairs, 'host'), [new URL(upstream.url).host])
})

test('what a trusted proxy says counts, and its own address is added', async () => {
  const lines = [
    'X-Forwarded-For: 192.0.2.7',
    'X-Forwarded-Host: api.example',
    'X-Forwarded-Proto: https',
    'X-Forwarded-User: admin',
    'Forwarded: for=10.0.0.1',
  ]
  const told = (await through(lines, behindProxy)).filter(([name]) => name.includes('forwarded'))
  assert.deepEqual(told.sort(), [
    ['x-forwarded-for', '192.0.2.7, 127.0.0.1'],
    ['x-forwarded-host', 'api.example'],
    ['x-forwarded-proto', 'https'],
  ])
})

test('everything else arrives as it was sent, lines that stand several times too', async () => {
  const pairs = await through(['Accept: a', 'Accept: b', 'Cookie: a=1', 'Cookie: b=2', 'X-Trace: \xe9'])
  assert.deepEqual(valuesOf(pairs, 'x-trace'), ['\xe9'])
  assert.deepEqual(valuesOf(pairs, 'accept'), ['a', 'b'])
  assert.deepEqual(valuesOf(pairs, 'cookie'), ['a=1; b=2'])
})

test('the answer of the upstream comes back without the headers of its connection', async () => {
  upstream.handle = (_request, response) => {
    response.writeHead(201, 'Made', { connection: 'X-Hop, close', 'X-Hop': 'a', 'X-End': 'b', 'Set-Cookie': ['a=1', 'b=2'] }).end('made')
  }
  try {
    const answer = await fetch(`${gateway.url}/api/x`, { headers: { authorization: `Bearer ${token}` } })
    assert.deepEqual([answer.status, answer.statusText, await answer.text()], [201, 'Made', 'made'])
    assert.deepEqual([answer.headers.get('x-hop'), answer.headers.get('x-end')], [null, 'b'])
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2'])
    assert.equal(answer.headers.get('connection'), 'keep-alive')
  } finally {
    upstream.handle = undefined
  }
})
