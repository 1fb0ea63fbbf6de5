/**
 * The floor under every token server: an HTTP server that does nothing but sign and answer. It looks at no request, knows no realm and
 * checks no secret, so what a real server adds to it is the price of being one.
 *
 *     node bench/bare-signer.ts PORT PAYLOAD_BYTES
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'

const [port, payloadBytes] = process.argv.slice(2).map(Number)
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const part = (value: string): string => Buffer.from(value).toString('base64url')
const header = part(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: 'x'.repeat(43) }))
const input = Buffer.from(`${header}.${part('x'.repeat(payloadBytes ?? 0))}`)
const text = input.toString()

const server = createServer((request, response) => {
  request.resume()
  // With a callback the signature is made in the thread pool, on whichever core is free.
  sign('sha256', input, privateKey, (error, signature) => {
    if (error !== null) throw error
    const body = JSON.stringify({
      access_token: `${text}.${signature.toString('base64url')}`,
      expires_in: 300,
      refresh_expires_in: 0,
      token_type: 'Bearer',
      'not-before-policy': 0,
      scope: 'profile email',
    })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' })
    response.end(body)
  })
})
server.listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
