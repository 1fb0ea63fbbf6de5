/**
 * What stands behind the gateway and behind the bare proxy: it answers each request with a kilobyte, as a small search does.
 *
 *     node bench/upstream.ts PORT
 */
import { createServer } from 'node:http'

const port = Number(process.argv[2])
const body = JSON.stringify({ rows: 'x'.repeat(1_000) })
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, headers).end(body)
})
server.listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
