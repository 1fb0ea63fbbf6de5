/**
 * The floor under the gateway: the same library, kept connections to the same upstream, and no look at the request.
 *
 *     node bench/bare-proxy.ts PORT UPSTREAM_PORT
 */
import { Agent, createServer } from 'node:http'
import { createProxyServer } from 'httpxy'

const [port, upstreamPort] = process.argv.slice(2).map(Number)
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const proxy = createProxyServer({ target: `http://127.0.0.1:${upstreamPort}`, agent })
const server = createServer((request, response) => {
  proxy.web(request, response).catch(() => response.destroy())
})
server.listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
