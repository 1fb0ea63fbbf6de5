import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { selfSignedCertificate } from '../../src/crypto/certificate.ts'
import { issuerStand, testGateway, tokenOf } from './stand.ts'

/** Paths and tokens that came through TLS. */
const arrived: string[] = []
const servers: Server[] = []

/** An HTTPS server on localhost with a certificate of its own for this name. */
async function tlsUpstream(name: string): Promise<{ readonly certificate: string; readonly url: string }> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const certificate = new X509Certificate(await selfSignedCertificate(privateKey, name, Date.now())).toString()
  const key = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const server = createServer({ key, cert: certificate }, (request, response) => {
    arrived.push(`${request.url} ${request.headers['x-forwarded-proto']}`)
    response.end('reached by TLS')
  })
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { certificate, url: `https://localhost:${(server.address() as AddressInfo).port}` }
}

const [trusted, unknown, other] = [await tlsUpstream('localhost'), await tlsUpstream('localhost'), await tlsUpstream('elsewhere.example')]
setDefaultCACertificates([...getCACertificates('default'), trusted.certificate, other.certificate])
const issuer = await issuerStand()
const gateway = await testGateway({
  issuers: [{ issuer: issuer.url }],
  routes: [
    { path: '/trusted/*', methods: ['GET'], upstream: trusted.url, stripPrefix: true },
    { path: '/unknown/*', methods: ['GET'], upstream: unknown.url },
    { path: '/other/*', methods: ['GET'], upstream: other.url },
  ],
})
after(async () => {
  await gateway.close()
  await issuer.close()
  for (const server of servers) server.close().closeAllConnections()
})

const get = async (path: string): Promise<Response> =>
  fetch(gateway.url + path, { headers: { authorization: `Bearer ${await tokenOf(issuer)}` } })

test('an upstream with a certificate that the machine trusts is reached by TLS, with the scheme that the client used', async () => {
  for (const path of ['/trusted/a?b=c', '/trusted/again']) {
    const answer = await get(path)
    assert.deepEqual([answer.status, await answer.text()], [200, 'reached by TLS'])
  }
  assert.deepEqual(arrived, ['/a?b=c http', '/again http'])
})

test('a certificate that nobody vouches for, or of another name, is no upstream: 502, and nothing is sent to it', async () => {
  arrived.length = 0
  for (const path of ['/unknown/a', '/other/a']) {
    const answer = await get(path)
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [502, 'application/json'], path)
  }
  assert.deepEqual(arrived, [])
  assert.match(gateway.lines.join('\n'), /self-signed certificate|SELF_SIGNED/i)
  assert.match(gateway.lines.join('\n'), /altnames|ALTNAME/i)
})
