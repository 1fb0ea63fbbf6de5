import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { after, test } from 'node:test'
import { isInternalAddress } from './addresses.ts'
import { type ClientFault, createHttpClient, HttpClientError } from './client.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const answers: Readonly<Record<string, Answer>> = {
  '/echo': (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => response.end(`${request.method} ${request.headers['content-type']} ${Buffer.concat(chunks)}`))
  },
  '/large': (_request, response) => response.end('x'.repeat(1_001)),
  '/silent': () => undefined,
  '/broken': (request) => request.socket.destroy(),
  '/away': (_request, response) => response.writeHead(302, { location: '/echo' }).end('moved'),
  '/circle': (_request, response) => response.writeHead(302, { location: '/circle' }).end('round'),
  '/file': (_request, response) => response.writeHead(302, { location: 'file:/etc/passwd' }).end(),
  '/other': (request, response) => response.writeHead(302, { location: `http://localhost:${request.socket.localPort}/header` }).end(),
  '/header': (request, response) => response.end(request.headers.authorization ?? 'none'),
}
const server = createServer((request, response) => answers[request.url ?? '']?.(request, response)).listen(0, '127.0.0.1')
await new Promise((listening) => server.once('listening', listening))
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
const base = `http://127.0.0.1:${port}`
const client = createHttpClient()
after(() => {
  client.close()
  server.close()
  server.closeAllConnections()
})

const fails = (fault: ClientFault, host: string) => (error: unknown) => {
  assert.ok(error instanceof HttpClientError)
  assert.deepEqual([error.fault, error.message], [fault, `${host}: ${fault}`])
  return true
}

test('a form is posted and the answer read whole, whatever its status', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status, body } = await client.send({ method: 'POST', url: `${base}/echo`, headers, body: 'a=%D1%84' })
  assert.deepEqual([status, body.toString()], [200, 'POST application/x-www-form-urlencoded a=%D1%84'])
})

test('an answer beyond the limit is given up', async () => {
  const request = { method: 'GET', url: `${base}/large` } as const
  assert.equal((await client.send({ ...request, responseBytesMax: 1_001 })).body.length, 1_001)
  await assert.rejects(client.send({ ...request, responseBytesMax: 1_000 }), fails('response too large', `127.0.0.1:${port}`))
})

test('whoever does not answer in time is given up, and the message tells the host alone', async () => {
  const url = `${base}/silent`
  await assert.rejects(client.send({ method: 'GET', url, timeoutMs: 50 }), fails('timeout', `127.0.0.1:${port}`))
  await assert.rejects(client.send({ method: 'GET', url: `${base}/broken` }), fails('unreachable', `127.0.0.1:${port}`))
})

test('a redirect is followed as often as the request says and no oftener', async () => {
  const get = { method: 'GET', url: `${base}/away` } as const
  assert.equal((await client.send(get)).status, 302)
  assert.equal((await client.send({ ...get, redirectsMax: 1 })).body.toString(), 'GET undefined ')
  const round = await client.send({ method: 'GET', url: `${base}/circle`, redirectsMax: 3 })
  assert.deepEqual([round.status, round.body.toString()], [302, 'round'])
  assert.equal((await client.send({ method: 'POST', url: `${base}/away`, body: '', redirectsMax: 1 })).status, 302)
})

test('a redirect leads neither to a file nor, with credentials, to another host', async () => {
  await assert.rejects(client.send({ method: 'GET', url: `${base}/file`, redirectsMax: 1 }), fails('bad url', 'no http address'))
  const secretive = { method: 'GET', url: `${base}/other`, headers: { authorization: 'Bearer x' }, redirectsMax: 1 } as const
  assert.equal((await client.send(secretive)).status, 302)
  assert.equal((await client.send({ method: 'GET', url: `${base}/other`, redirectsMax: 1 })).body.toString(), 'none')
})

test('only http and https addresses without credentials are called', async () => {
  for (const url of ['', 'x', '/relative', 'ftp://127.0.0.1/', 'file:/etc/passwd', 'javascript:1'])
    await assert.rejects(client.send({ method: 'GET', url }), fails('bad url', 'no http address'))
  await assert.rejects(client.send({ method: 'GET', url: `http://u:p@127.0.0.1:${port}/echo` }), fails('bad url', `127.0.0.1:${port}`))
})

test('a client for addresses of strangers reaches no internal one, by number, by name or by redirect', async () => {
  const guarded = createHttpClient({ refuseInternalAddresses: true })
  const hosts = ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0', '169.254.169.254', '10.1.2.3']
  for (const host of hosts) {
    const url = `http://${host}:${port}/echo`
    await assert.rejects(guarded.send({ method: 'GET', url }), fails('refused address', URL.parse(url)?.host ?? ''))
  }
  await assert.rejects(guarded.send({ method: 'GET', url: `http://localhost:${port}/echo` }), fails('refused address', `localhost:${port}`))
  guarded.close()
})

test('a name with one public and one internal address is refused', async () => {
  const guarded = createHttpClient({
    refuseInternalAddresses: true,
    lookup: (_name, _options, callback) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]),
  })
  const url = `http://rebinding.example:${port}/echo`
  await assert.rejects(guarded.send({ method: 'GET', url }), fails('refused address', `rebinding.example:${port}`))
  guarded.close()
})

test('internal addresses are known in all their forms', () => {
  const internal = ['0.0.0.0', '100.64.0.1', '172.31.255.255', '192.168.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1']
  const wrapped = ['fd00::1', '::ffff:7f00:1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', 'ff02::1', 'no address']
  for (const one of [...internal, ...wrapped]) assert.equal(isInternalAddress(one), true, one)
  for (const one of ['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1', '1.1.1.1']) assert.equal(isInternalAddress(one), false, one)
})
