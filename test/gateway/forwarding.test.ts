import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer as createSocketServer, type Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { issuerStand, overSocket, statusesOf, testGateway, tokenOf, upstreamStand } from './stand.ts'

const mebibyte = 1024 * 1024
const issuer = await issuerStand()
const upstream = await upstreamStand()
/** Takes connections and never says a word. */
const silent = createSocketServer((socket) => void socket.resume().on('error', () => undefined))
await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
const closed = createSocketServer()
await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done))
const closedPort = (closed.address() as AddressInfo).port
closed.close()

const gateway = await testGateway({
  management: { listen: '127.0.0.1:0' },
  issuers: [{ issuer: issuer.url }],
  routes: [
    { path: '/api/*', methods: ['GET', 'HEAD', 'POST', 'PUT'], upstream: upstream.url, stripPrefix: true },
    { path: '/role/socket', methods: ['GET'], upstream: upstream.url, realmRoles: ['nobody'] },
    { path: '/down', methods: ['GET', 'POST'], upstream: `http://127.0.0.1:${closedPort}` },
    { path: '/slow', methods: ['GET', 'POST'], upstream: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` },
  ],
  limits: { bodyBytesMax: 300 * mebibyte, upstreamTimeoutSeconds: 0.3 },
})
const small = await testGateway({
  issuers: [{ issuer: issuer.url }],
  routes: [{ path: '/api/*', methods: ['POST'], upstream: upstream.url }],
  limits: { bodyBytesMax: 1_000 },
})
after(async () => {
  await gateway.close()
  await small.close()
  silent.close()
  await upstream.close()
  await issuer.close()
})
beforeEach(() => {
  upstream.arrived.length = 0
  upstream.handle = undefined
  gateway.lines.length = 0
})

const token = await tokenOf(issuer)
const authorization = `Bearer ${token}`
const send = (path: string, init: RequestInit = {}, at = gateway): Promise<Response> =>
  fetch(at.url + path, { ...init, headers: { ...init.headers, authorization } })

test('path, query, method and body arrive; the prefix does not', async () => {
  const answer = await send('/api/a/b?c=d%20e&f', { method: 'PUT', body: 'text' })
  assert.deepEqual([answer.status, await answer.text()], [200, 'reached'])
  const { method, url, body } = upstream.arrived[0] ?? assert.fail('nothing arrived')
  assert.deepEqual([method, url, body], ['PUT', '/a/b?c=d%20e&f', 'text'])
})

test('an upstream that is down: 502 in JSON, and a line in the log', async () => {
  const answer = await send('/down')
  assert.equal(answer.status, 502)
  assert.deepEqual(await answer.json(), { error: 'bad_gateway', error_description: 'The upstream cannot be reached' })
  assert.ok(gateway.lines.some((line) => line.includes('"fault":"unreachable"') && line.includes('ECONNREFUSED')))
  assert.equal((await send('/down', { method: 'POST', body: 'x'.repeat(100_000) })).status, 502)
})

test('an upstream that says nothing: 504 in JSON', async () => {
  const answer = await send('/slow')
  assert.equal(answer.status, 504)
  assert.deepEqual(await answer.json(), { error: 'gateway_timeout', error_description: 'The upstream does not answer in time' })
  assert.equal((await send('/slow', { method: 'POST', body: 'x' })).status, 504)
})

test('an upstream that speaks no HTTP: 502', async () => {
  upstream.handle = (request) => request.socket.end('hello\r\n\r\n')
  assert.equal((await send('/api/x')).status, 502)
})

test('an answer that stops in its middle does not look like a whole one', async () => {
  upstream.handle = (request, response) => {
    response.writeHead(200).write('half')
    setTimeout(() => request.socket.destroy(), 50)
  }
  await assert.rejects(async () => (await send('/api/x')).text())
  upstream.handle = (_request, response) => void response.writeHead(200, { 'content-length': 10 }).write('half')
  await assert.rejects(async () => (await send('/api/x')).text(), 'one that is never ended')
})

test('an answer that goes on for longer than the timeout is no slow one', async () => {
  upstream.handle = async (_request, response) => {
    for (let part = 0; part < 6; part += 1) {
      response.write(`${part}`)
      await sleep(100)
    }
    response.end()
  }
  assert.equal(await (await send('/api/x')).text(), '012345')
})

test('a body that does not arrive: 408', async () => {
  upstream.handle = (request) => void request.resume()
  const head = `POST /api/x HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Length: 10\r\n\r\nhalf`
  assert.deepEqual(statusesOf(await overSocket(gateway.port, head, 2_000)), [408])
})

test('a client that leaves takes its request to the upstream with it', async () => {
  const gone = new Promise<void>((done) => {
    upstream.handle = (_request, response) => response.once('close', () => done())
  })
  const stop = new AbortController()
  const asked = send('/api/x', { signal: stop.signal })
  await sleep(50)
  stop.abort()
  await assert.rejects(asked)
  await gone
})

test('a body beyond the limit gets 413: at once by its length, in its middle when it has chunks', async () => {
  const announced = await send('/api/x', { method: 'POST', body: 'x'.repeat(1_001) }, small)
  assert.equal(announced.status, 413)
  assert.deepEqual(await announced.json(), { error: 'content_too_large', error_description: 'The request body is too large' })
  const chunk = `3e9\r\n${'x'.repeat(1_001)}\r\n`
  const head = `POST /api/x HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n`
  assert.deepEqual(statusesOf(await overSocket(small.port, head + chunk)), [413])
  assert.equal((await send('/api/x', { method: 'POST', body: 'x'.repeat(1_000) }, small)).status, 200)
})

test('a client that asks before it sends its body is told to go on, or refused without the body', async () => {
  const expecting = (path: string, bearer: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${bearer}\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n`
  assert.deepEqual(statusesOf(await overSocket(gateway.port, `${expecting('/api/x', authorization)}text`)), [100, 200])
  assert.equal(upstream.arrived[0]?.body, 'text')
  const refused = await overSocket(gateway.port, expecting('/api/x', 'Bearer no'))
  assert.deepEqual(statusesOf(refused), [401])
  assert.match(refused, /^connection: close\r$/im)
})

/** What sockets and streams on the way may hold of a body whose receiver does not read. */
const heldBytesMax = 40 * mebibyte

/** Writes parts as the stream takes them, then ends it; tells how much it took so far. */
function writeSlowly(stream: Writable, size: number): { taken: number } {
  const part = Buffer.alloc(mebibyte, 'x')
  const progress = { taken: 0 }
  const write = (): void => {
    while (progress.taken < size) {
      progress.taken += part.length
      if (!stream.write(part)) {
        stream.once('drain', write)
        return
      }
    }
    stream.end()
  }
  write()
  return progress
}

test('a large body streams to the upstream: what the upstream does not read yet stays with the client', async () => {
  const size = 200 * mebibyte
  let arrived = 0
  let progress = { taken: 0 }
  let held = 0
  upstream.handle = async (request, response) => {
    await sleep(150)
    held = progress.taken
    for await (const chunk of request as AsyncIterable<Buffer>) arrived += chunk.length
    response.end('done')
  }
  const answer = await new Promise<IncomingMessage>((done, failed) => {
    const sent = httpRequest(`${gateway.url}/api/x`, { method: 'POST', headers: { authorization } }, done).on('error', failed)
    progress = writeSlowly(sent, size)
  })
  assert.deepEqual([answer.statusCode, await text(answer), arrived], [200, 'done', size])
  assert.ok(held > 0 && held <= heldBytesMax, `${held / mebibyte} MiB`)
})

test('a large answer streams to the client: what the client does not read yet stays with the upstream', async () => {
  const size = 200 * mebibyte
  let progress = { taken: 0 }
  upstream.handle = (_request, response) => {
    progress = writeSlowly(response, size)
  }
  const answer = await new Promise<IncomingMessage>((done, failed) => {
    httpRequest(`${gateway.url}/api/x`, { headers: { authorization } }, done).on('error', failed).end()
  })
  await sleep(150)
  assert.ok(progress.taken <= heldBytesMax, `${progress.taken / mebibyte} MiB`)
  let arrived = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) arrived += chunk.length
  assert.equal(arrived, size)
})

test('an answer to HEAD, and one without a body, end by themselves', async () => {
  const head = await send('/api/x', { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
  upstream.handle = (_request, response) => response.writeHead(204).end()
  assert.equal((await send('/api/x')).status, 204)
  upstream.handle = (_request, response) => response.writeHead(304, { etag: '"a"' }).end()
  assert.equal((await send('/api/x')).headers.get('etag'), '"a"')
})

test('a kept connection that the upstream closes just then does not fail a request', async () => {
  upstream.handle = (request, response) => {
    response.end('kept')
    const { socket } = request
    // The next request on this connection gets no answer.
    upstream.handle = (next, answer) => (next.socket === socket ? socket.destroy() : answer.end('again'))
  }
  assert.equal(await (await send('/api/x')).text(), 'kept')
  assert.equal(await (await send('/api/x')).text(), 'again')
})

const webSocketKey = 'dGhlIHNhbXBsZSBub25jZQ=='
const handshake = (path: string, bearer: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: a',
    `Authorization: ${bearer}`,
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${webSocketKey}`,
    'X-Userinfo: forged',
    '\r\n',
  ].join('\r\n')

/** Answers handshakes and sends back whatever comes, in capitals. */
function echoing(): { heads: IncomingMessage[]; sockets: Socket[] } {
  const seen = { heads: [] as IncomingMessage[], sockets: [] as Socket[] }
  upstream.server.removeAllListeners('upgrade').on('upgrade', (request: IncomingMessage, socket: Socket) => {
    seen.heads.push(request)
    seen.sockets.push(socket)
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    socket.on('data', (chunk) => socket.write(chunk.toString().toUpperCase()))
    socket.on('error', () => undefined).on('end', () => socket.end())
  })
  return seen
}

test('a WebSocket is a tunnel both ways, and its head has what other requests have', async () => {
  const { heads } = echoing()
  const socket = connect(gateway.port, '127.0.0.1').setEncoding('latin1')
  let heard = ''
  socket.on('data', (chunk: string) => {
    heard += chunk
  })
  const until = async (words: string): Promise<void> => {
    while (!heard.includes(words)) await sleep(5)
  }
  socket.write(handshake('/api/socket?a=b', authorization))
  await until('sec-websocket-accept')
  assert.match(heard, /^HTTP\/1\.1 101 /)
  socket.write('one ')
  await until('ONE')
  socket.write('two')
  await until('ONE TWO')
  const [head] = heads
  assert.deepEqual([head?.url, head?.headers['x-access-token'], head?.headers.authorization], ['/socket?a=b', token, undefined])
  assert.equal(head?.headers['sec-websocket-key'], webSocketKey)
  assert.ok(!String(head?.headers['x-userinfo']).includes('forged'))
  socket.destroy()
})

test('a real WebSocket client gets through', async () => {
  upstream.server.removeAllListeners('upgrade').on('upgrade', (request: IncomingMessage, socket: Socket) => {
    socket.resume().on('end', () => socket.end())
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from([0x81, 5]), Buffer.from('hello')]))
  })
  const options = { headers: { authorization } } as unknown as string[]
  const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/api/socket`, options)
  const message = await new Promise<unknown>((done, failed) => {
    client.onmessage = ({ data }) => done(data)
    client.onerror = () => failed(new Error('no connection'))
  })
  assert.equal(message, 'hello')
  client.close()
})

test('either end of a tunnel ends the other one', async () => {
  const { sockets } = echoing()
  const open = async (): Promise<Socket> => {
    const socket = connect(gateway.port, '127.0.0.1')
    socket.write(handshake('/api/socket', authorization))
    await new Promise((done) => socket.once('data', done))
    return socket
  }
  const first = await open()
  const [upstreamSocket] = sockets
  const upstreamEnded = new Promise((done) => upstreamSocket?.once('end', done))
  first.destroy()
  await upstreamEnded
  const second = await open()
  const clientClosed = new Promise((done) => second.once('close', done))
  second.resume()
  sockets[1]?.destroy()
  await clientClosed
})

test('a WebSocket that is refused gets an HTTP answer: 401, 403, 404, 502', async () => {
  assert.deepEqual(statusesOf(await overSocket(gateway.port, handshake('/api/socket', 'Bearer no'))), [401])
  const forbidden = await overSocket(gateway.port, handshake('/role/socket', authorization))
  assert.deepEqual(statusesOf(forbidden), [403])
  assert.match(forbidden, /content-length: 0\r\n\r\n$/)
  assert.deepEqual(statusesOf(await overSocket(gateway.port, handshake('/nowhere', authorization))), [404])
  assert.deepEqual(statusesOf(await overSocket(gateway.port, handshake('/down', authorization))), [502])
  assert.deepEqual(statusesOf(await overSocket(gateway.port, handshake('/slow', authorization), 2_000)), [504])
})

test('health and metrics are on the management port alone', async () => {
  const base = `http://127.0.0.1:${gateway.managementPort}`
  const ready = (await (await fetch(`${base}/health/ready`)).json()) as { status: string; checks: unknown[] }
  assert.deepEqual([ready.status, ready.checks], ['UP', [{ name: `Issuer ${issuer.url}`, status: 'UP' }]])
  assert.equal((await fetch(`${base}/health/live`)).status, 200)
  await send('/down')
  await (await fetch(`${gateway.url}/api/x`)).text()
  const metrics = await (await fetch(`${base}/metrics`)).text()
  assert.match(metrics, /^http_server_requests_seconds_count\{method="GET",uri="\/down",status="502"\} \d+$/m)
  assert.match(metrics, /^ostiary_gateway_refused_total\{route="\/api\/\*",check="bearer"\} \d+$/m)
  assert.match(metrics, /^ostiary_gateway_upstream_faults_total\{route="\/down",fault="unreachable"\} \d+$/m)
  assert.ok(!metrics.includes(token))
  assert.equal((await fetch(`${gateway.url}/health/live`)).status, 404)
  assert.equal((await fetch(`${gateway.url}/metrics`)).status, 404)
})

test('without a management port health is answered beside the routes', async () => {
  assert.deepEqual(await (await fetch(`${small.url}/health/live`)).json(), { status: 'UP', checks: [] })
  assert.deepEqual(await (await fetch(`${small.url}/health/ready`)).json(), { status: 'UP', checks: [{ name: 'Issuers', status: 'UP' }] })
  assert.equal((await fetch(`${small.url}/metrics`)).status, 404)
})

test('a stop lets the running request end and takes no other one', async () => {
  const own = await testGateway({
    issuers: [{ issuer: issuer.url }],
    routes: [{ path: '/api/*', methods: ['GET'], upstream: upstream.url }],
  })
  upstream.handle = (_request, response) => void setTimeout(() => response.end('late'), 200)
  const running = send('/api/x', {}, own)
  await sleep(100)
  const stopped = own.close()
  await assert.rejects(fetch(`${own.url}/api/x`))
  assert.equal(await (await running).text(), 'late')
  await stopped
})
