import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { test } from 'node:test'
import { type LoadRequest, load } from './load.ts'

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
      const result = await load({ requests: [{ url, method: 'POST', headers: { 'x-word': 'w' }, body: 'a=b' }] }, 2, { requests: 20 })
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
      const result = await load({ requests: [{ url, method: 'POST', headers: {}, body: '' }] }, 1, { requests: 3 })
      assert.deepEqual([result.requests, result.failures], [0, 3])
    },
  )
})

test('of several requests each connection sends one, and together they send all', async () => {
  const seen = new Map<string, number>()
  await withServer(
    async (request, response) => {
      let body = ''
      for await (const piece of request) body += String(piece)
      const key = `${request.headers['x-word']} ${body}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
      response.end('{}')
    },
    async (url) => {
      const one = (word: string, body: string): LoadRequest => ({ url, method: 'POST', headers: { 'x-word': word }, body })
      const result = await load({ requests: [one('a', 'first=1'), one('b', 'second')] }, 4, { requests: 20 })
      assert.deepEqual([result.requests, result.failures], [20, 0])
    },
  )
  assert.deepEqual(Object.fromEntries(seen), { 'a first=1': 10, 'b second': 10 })
})

test('a walk is done by several at a time; one that breaks off counts as a failure', async () => {
  let under = 0
  let most = 0
  let number = 0
  const walk = async (): Promise<void> => {
    most = Math.max(most, ++under)
    const mine = ++number
    await new Promise((resolve) => setImmediate(resolve))
    under--
    if (mine % 5 === 0) throw new Error('lost the way')
  }
  const result = await load({ walk }, 4, { requests: 20 })
  assert.deepEqual([number, most, result.requests, result.failures, result.latenciesMs.length], [20, 4, 16, 4, 16])
})
