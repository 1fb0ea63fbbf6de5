import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { test } from 'node:test'
import { load } from './load.ts'

async function withServer(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/token`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('a load of so many requests sends exactly those, with method, headers and body', async () => {
  const bodies: string[] = []
  await withServer(
    async (request, response) => {
      let body = ''
      for await (const piece of request) body += String(piece)
      bodies.push(`${request.method} ${request.url} ${request.headers['x-word']} ${body}`)
      response.end('{}')
    },
    async (url) => {
      const result = await load({ url, method: 'POST', headers: { 'x-word': 'w' }, body: 'a=b' }, 2, { requests: 20 })
      assert.equal(result.requests, 20)
      assert.equal(result.failures, 0)
      assert.equal(result.latenciesMs.length, 20)
    },
  )
  assert.deepEqual(bodies, Array(20).fill('POST /token w a=b'))
})

test('an answer that is no success counts as a failure', async () => {
  await withServer(
    (_request, response) => {
      response.statusCode = 401
      response.end('{}')
    },
    async (url) => {
      const result = await load({ url, method: 'POST', headers: {}, body: '' }, 1, { requests: 3 })
      assert.deepEqual([result.requests, result.failures], [0, 3])
    },
  )
})
