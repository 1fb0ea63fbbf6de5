/**
 * The floor under every login by password: an HTTP server that does nothing but hash. It hashes as the server does, with the same
 * parameters and as many at a time, and knows nobody.
 *
 *     node bench/bare-hasher.ts PORT
 */
import { createServer } from 'node:http'
import { availableParallelism } from 'node:os'
import { createPasswordHasher } from '../src/crypto/passwords.ts'
import { systemRandom } from '../src/crypto/random.ts'

/** As many as the server lets hash at a time. */
const concurrency = availableParallelism()
const queueMax = 1_000

const hasher = createPasswordHasher({ concurrency, queueMax, random: systemRandom })

const server = createServer((request, response) => {
  request.resume()
  hasher.hash('bench-password').then(
    ({ secretData }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(secretData) })
      response.end(secretData)
    },
    (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
  )
})
server.listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
