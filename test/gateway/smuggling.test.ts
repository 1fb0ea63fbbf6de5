import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { issuerStand, overSocket, statusesOf, testGateway, tokenOf, upstreamStand } from './stand.ts'

const issuer = await issuerStand()
const upstream = await upstreamStand()
const gateway = await testGateway({
  issuers: [{ issuer: issuer.url }],
  routes: [
    { path: '/api/open', methods: ['GET', 'POST', 'DELETE'], upstream: upstream.url },
    { path: '/api/files/*', methods: ['GET'], upstream: upstream.url },
    { path: '/api/data/{condition}', methods: ['GET'], upstream: upstream.url, clientRoles: { 'data-factory': ['{condition}'] } },
    { path: '/api/secret', methods: ['GET', 'POST'], upstream: upstream.url, realmRoles: ['nobody'] },
  ],
})
after(async () => {
  await gateway.close()
  await upstream.close()
  await issuer.close()
})
beforeEach(() => {
  upstream.arrived.length = 0
})

const token = await tokenOf(issuer)
const authorization = `Authorization: Bearer ${token}`
const send = (bytes: string): Promise<string> => overSocket(gateway.port, bytes)
const head = (line: string, ...headers: string[]): string =>
  `${[`${line} HTTP/1.1`, `Host: 127.0.0.1:${gateway.port}`, authorization, ...headers].join('\r\n')}\r\n\r\n`

/** A request for what this token may not have, hidden behind another one. */
const hidden = `GET /api/secret HTTP/1.1\r\nHost: upstream\r\nX-Access-Token: forged\r\n\r\n`

test('a plain request over a raw socket passes, so that the refusals below are not for another reason', async () => {
  const answer = await send(head('GET /api/open?a=1', 'Connection: close'))
  assert.deepEqual(statusesOf(answer), [200])
  assert.equal(upstream.arrived[0]?.url, '/api/open?a=1')
})

const ambiguous: readonly [name: string, bytes: string][] = [
  ['content-length and chunked', `${head('POST /api/open', 'Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`],
  ['chunked and content-length', `${head('POST /api/open', 'Transfer-Encoding: chunked', 'Content-Length: 6')}0\r\n\r\n${hidden}`],
  ['two content-lengths', head('POST /api/open', 'Content-Length: 0', `Content-Length: ${hidden.length}`) + hidden],
  ['two equal content-lengths', `${head('POST /api/open', 'Content-Length: 2', 'Content-Length: 2')}{}`],
  ['a list of content-lengths', `${head('POST /api/open', 'Content-Length: 2, 2')}{}`],
  ['a signed content-length', `${head('POST /api/open', 'Content-Length: +2')}{}`],
  ['a content-length in hexadecimal', `${head('POST /api/open', 'Content-Length: 0x2')}{}`],
  ['two transfer-encodings', `${head('POST /api/open', 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n${hidden}`],
  ['an unknown transfer-encoding', `${head('POST /api/open', 'Transfer-Encoding: xchunked')}0\r\n\r\n${hidden}`],
  ['a transfer-encoding before chunked', `${head('POST /api/open', 'Transfer-Encoding: gzip, chunked')}0\r\n\r\n${hidden}`],
  ['chunked that is not last', `${head('POST /api/open', 'Transfer-Encoding: chunked, identity')}0\r\n\r\n${hidden}`],
  ['a tab before chunked', `${head('POST /api/open', 'Transfer-Encoding:\x0bchunked')}0\r\n\r\n${hidden}`],
  ['a space before the colon', `${head('POST /api/open', 'Transfer-Encoding : chunked')}0\r\n\r\n${hidden}`],
  ['a folded header', `${head('POST /api/open', 'Transfer-Encoding:\r\n chunked')}0\r\n\r\n${hidden}`],
  ['a folded value', head('GET /api/open', 'X-A: b\r\n\tX-Userinfo: forged')],
  ['a bare CR in a value', head('GET /api/open', 'X-A: b\rX-Userinfo: forged')],
  ['a bare LF', head('GET /api/open', 'X-A: b\nX-Userinfo: forged')],
  ['a NUL in a value', head('GET /api/open', 'X-A: b\0c')],
  ['two hosts', head('GET /api/open', 'Host: other')],
  ['no host', `GET /api/open HTTP/1.1\r\n${authorization}\r\n\r\n`],
  ['a host with a path', `GET /api/open HTTP/1.1\r\nHost: a/b\r\n${authorization}\r\n\r\n`],
  ['a host with a user', `GET /api/open HTTP/1.1\r\nHost: a@b\r\n${authorization}\r\n\r\n`],
  ['two authorizations', head('GET /api/open', 'Authorization: Bearer other')],
  ['chunked in HTTP/1.0', `POST /api/open HTTP/1.0\r\n${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['content-length that a hop may leave out', `${head('POST /api/open', 'Connection: content-length', 'Content-Length: 2')}{}`],
  ['a chunk size that is no number', `${head('POST /api/open', 'Transfer-Encoding: chunked')}zz\r\n\r\n${hidden}`],
  ['a chunk size with a sign', `${head('POST /api/open', 'Transfer-Encoding: chunked')}+0\r\n\r\n${hidden}`],
  ['another host in the target', head('GET http://other/api/open')],
  ['a target without a path', head('GET api/open')],
  ['a target of another scheme', head('GET ftp://127.0.0.1/api/open')],
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['HTTP/2 without a word', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
]

for (const [name, bytes] of ambiguous) {
  test(`refused before routing: ${name}`, async () => {
    const answer = await send(bytes)
    assert.deepEqual(statusesOf(answer), [400], answer)
    assert.match(answer, /^connection: close\r$/im)
    assert.match(answer, /"error":"invalid_request"/)
    assert.deepEqual(upstream.arrived, [])
  })
}

const paths = [
  '/api/data/%2e%2e%2fsecret',
  '/api/data/..%2fsecret',
  '/api/data/a%2Fb',
  '/api/data/a%2fb',
  '/api/data/a%5cb',
  '/api/data/a\\b',
  '/api/data/%2e',
  '/api/data/%2E%2E',
  '/api/data/..',
  '/api/data/.',
  '/api/files/../secret',
  '/api/files/./a',
  '/api/files/a/..',
  '/api/files//secret',
  '//api/secret',
  '/api//secret',
  '/api/files/..;/secret',
  '/api/files/a;b',
  '/api/files/a%3bb',
  '/api/data/a%00',
  '/api/data/a%0a',
  '/api/data/a%0d%0aX-Userinfo:%20forged',
  '/api/data/a%7f',
  '/api/data/%252e%252e',
  '/api/data/a%25',
  '/api/data/a%',
  '/api/data/a%zz',
  '/api/data/%c0%ae%c0%ae',
  '/api/data/%ff',
  '/api/%73ecret',
  '/api/files/a#b',
]

for (const path of paths) {
  test(`refused before routing: the path ${path}`, async () => {
    const answer = await send(head(`GET ${path}`))
    assert.deepEqual(statusesOf(answer), [400], answer)
    assert.deepEqual(upstream.arrived, [])
  })
}

test('letters of other scripts are let through as they were written, and read as one name', async () => {
  const name = encodeURIComponent('облік')
  const own = await tokenOf(issuer, { resource_access: { 'data-factory': { roles: ['облік'] } } })
  const answer = await fetch(`${gateway.url}/api/data/${name}`, { headers: { authorization: `Bearer ${own}` } })
  assert.equal(answer.status, 200)
  assert.equal(upstream.arrived[0]?.url, `/api/data/${name}`)
})

test('the target may name the host, when it is the same one', async () => {
  const answer = await send(head(`GET http://127.0.0.1:${gateway.port}/api/open?b`, 'Connection: close'))
  assert.deepEqual(statusesOf(answer), [200])
  assert.equal(upstream.arrived[0]?.url, '/api/open?b')
})

test('what follows a request on its connection is a request of its own, with its own checks', async () => {
  const answer = await send(
    `${head('GET /api/open')}GET /api/open HTTP/1.1\r\nHost: a\r\n\r\n${head('GET /api/secret', 'Connection: close')}`,
  )
  assert.deepEqual(statusesOf(answer), [200, 401, 403])
  assert.equal(upstream.arrived.length, 1)
})

test('a request in the body of another one stays a body, with a length and with chunks', async () => {
  const answer = await send(head('POST /api/open', `Content-Length: ${hidden.length}`, 'Connection: close') + hidden)
  assert.deepEqual(statusesOf(answer), [200])
  const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
  assert.deepEqual(statusesOf(await send(head('POST /api/open', 'Transfer-Encoding: chunked', 'Connection: close') + chunk)), [200])
  assert.deepEqual(
    upstream.arrived.map(({ method, url, body }) => [method, url, body]),
    [
      ['POST', '/api/open', hidden],
      ['POST', '/api/open', hidden],
    ],
  )
})

test('a chunked body of a method that seldom has one is chunked for the upstream too', async () => {
  for (const method of ['GET', 'DELETE']) {
    const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
    assert.deepEqual(statusesOf(await send(head(`${method} /api/open`, 'Transfer-Encoding: chunked', 'Connection: close') + chunk)), [200])
  }
  assert.deepEqual(
    upstream.arrived.map(({ method, body }) => [method, body]),
    [
      ['GET', hidden],
      ['DELETE', hidden],
    ],
  )
})

test('an offer of another protocol is not taken: the request is served in HTTP/1.1, and what is sent in the new protocol goes nowhere', async () => {
  const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA']
  assert.deepEqual(statusesOf(await send(head('GET /api/open', ...offer) + hidden)), [200])
  assert.equal(upstream.arrived.length, 1)
  const { headers } = upstream.arrived[0] ?? assert.fail('nothing arrived')
  assert.deepEqual([headers.upgrade, headers['http2-settings']], [undefined, undefined])
})

test('a WebSocket that the upstream does not want is no tunnel for further requests', async () => {
  const offer = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
  const answer = await send(head('GET /api/open', ...offer) + hidden)
  assert.deepEqual(statusesOf(answer), [200])
  assert.equal(upstream.arrived.length, 1)
})

test('CONNECT makes no tunnel, and TRACE shows no headers', async () => {
  assert.deepEqual(statusesOf(await send(`CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n${authorization}\r\n\r\n`)), [])
  const answer = await send(head('TRACE /api/open', 'Connection: close'))
  assert.deepEqual(statusesOf(answer), [405])
  assert.ok(!answer.includes(token))
})

test('headers beyond the limit get 431, as does a request line', async () => {
  assert.deepEqual(statusesOf(await send(head('GET /api/open', `X-A: ${'a'.repeat(20_000)}`))), [431])
  assert.deepEqual(statusesOf(await send(head(`GET /api/open?${'a'.repeat(20_000)}`))), [431])
  assert.deepEqual(upstream.arrived, [])
})
