import assert from 'node:assert/strict'
import { createHash, webcrypto } from 'node:crypto'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import type { Answer } from '../server/call.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-status',
      enabled: true,
      clients: [
        { clientId: 'page', publicClient: true, webOrigins: ['https://page.example'] },
        { clientId: 'plus', publicClient: true, redirectUris: ['https://plus.example/cb/*'], webOrigins: ['+'] },
        { clientId: 'off', publicClient: true, enabled: false, webOrigins: ['https://page.example'] },
      ],
    },
  ],
})
const realm = server.realm('flows-status')
const get = (path: string): Promise<Answer> => realm.call('GET', `/protocol/openid-connect${path}`)
const iframe = '/login-status-iframe.html'
const init = (query: Record<string, string>): Promise<Answer> => get(`${iframe}/init?${new URLSearchParams(query)}`)

test('pages for frames are kept out of caches and may be framed by anybody', async () => {
  for (const path of [iframe, '/3p-cookies/step1.html', '/3p-cookies/step2.html']) {
    const { status, headers, text } = await get(path)
    assert.equal(status, 200)
    assert.deepEqual(
      ['content-type', 'cache-control', 'content-security-policy', 'x-frame-options', 'set-cookie'].map((name) => headers[name]),
      [
        'text/html;charset=utf-8',
        'no-cache, must-revalidate, no-transform, no-store',
        "frame-src 'self'; object-src 'none';",
        undefined,
        undefined,
      ],
    )
    assert.match(text, /<script type="module">/)
  }
  assert.equal((await get('/3p-cookies/step3.html')).status, 404)
})

test('a client may ask from its own web origins and from this server, nobody else from anywhere', async () => {
  const own = new URL(server.url).origin
  const rows: readonly (readonly [Record<string, string>, number])[] = [
    [{ client_id: 'page', origin: 'https://page.example' }, 204],
    [{ client_id: 'plus', origin: 'https://plus.example' }, 204],
    [{ client_id: 'page', origin: own }, 204],
    [{ client_id: 'page', origin: 'https://evil.example' }, 403],
    [{ client_id: 'page', origin: 'https://page.example.evil' }, 403],
    [{ client_id: 'page', origin: '' }, 403],
    [{ client_id: 'page' }, 403],
    [{ client_id: 'nobody', origin: own }, 403],
    [{ client_id: 'off', origin: 'https://page.example' }, 403],
    [{ origin: 'https://page.example' }, 403],
  ]
  for (const [query, status] of rows) {
    const answer = await init(query)
    assert.deepEqual([answer.status, answer.text, answer.headers['x-frame-options']], [status, '', undefined], JSON.stringify(query))
  }
})

test('the root of the server leads to the console', async () => {
  const { status, headers } = await server.call('GET', '/')
  assert.deepEqual([status, headers.location], [302, `${server.url}/admin/`])
})

/** The script of a page. */
const scriptOf = ({ text }: Answer): string => /<script type="module">([\s\S]*?)<\/script>/.exec(text)?.[1] ?? ''

interface Frame {
  /** Lets the page that frames us ask, and returns the answer. */
  ask(data: unknown, origin?: string): Promise<unknown>
  readonly fetched: string[]
}

/** Runs the status frame's script in a browser that is made of what it uses. */
async function statusFrame(cookie: string, { permitted = true, access = true } = {}): Promise<Frame> {
  const script = scriptOf(await get(iframe))
  const listeners: ((event: object) => Promise<void>)[] = []
  const fetched: string[] = []
  runInNewContext(script, {
    window: { addEventListener: (_type: string, listener: (event: object) => Promise<void>) => listeners.push(listener) },
    document: {
      cookie,
      hasStorageAccess: async () => access,
      requestStorageAccess: async () => Promise.reject(new Error('no gesture')),
    },
    location: { origin: 'https://id.example', pathname: '/realms/x/protocol/openid-connect/login-status-iframe.html' },
    fetch: async (url: URL) => {
      fetched.push(String(url))
      return { ok: permitted }
    },
    crypto: webcrypto,
    URL,
    URLSearchParams,
    TextEncoder,
    Uint8Array,
    btoa,
  })
  return {
    fetched,
    async ask(data, origin = 'https://page.example') {
      let answer: unknown
      const postMessage = (message: unknown, to: string): void => {
        assert.equal(to, origin)
        answer = message
      }
      for (const listener of listeners) await listener({ data, origin, source: { postMessage } })
      return answer
    },
  }
}

const cookieOf = (sessionId: string): string => `a=b; KEYCLOAK_SESSION=${createHash('sha384').update(sessionId).digest('base64url')}; c=d`
const own = { skip: server.onReference }

test('the frame compares the session that the application knows with the cookie’s', own, async () => {
  const frame = await statusFrame(cookieOf('s-1'))
  assert.equal(await frame.ask('page s-1'), 'unchanged')
  assert.equal(await frame.ask('page s-2'), 'changed')
  assert.equal(await frame.ask('page '), 'changed')
})

test('without a cookie nobody is logged in', own, async () => {
  const frame = await statusFrame('KEYCLOAK_SESSION_X=1')
  assert.equal(await frame.ask('page s-1'), 'changed')
  assert.equal(await frame.ask('page '), 'unchanged')
})

test('the frame asks the server once, and for another client or origin it says error', own, async () => {
  const frame = await statusFrame(cookieOf('s-1'))
  await Promise.all([frame.ask('page s-1'), frame.ask('page s-1')])
  assert.equal(await frame.ask('other s-1'), 'error')
  assert.equal(await frame.ask('page s-1', 'https://other.example'), 'error')
  assert.deepEqual(frame.fetched, [
    'https://id.example/realms/x/protocol/openid-connect/login-status-iframe.html/init?client_id=page&origin=https%3A%2F%2Fpage.example',
  ])
})

test('who may not ask, or has no way to the cookies, is told error', own, async () => {
  assert.equal(await (await statusFrame(cookieOf('s-1'), { permitted: false })).ask('page s-1'), 'error')
  const blind = await statusFrame(cookieOf('s-1'), { access: false })
  assert.equal(await blind.ask('page s-1'), 'error')
  assert.deepEqual(blind.fetched, [])
})

test('messages of another shape are left alone', own, async () => {
  const frame = await statusFrame(cookieOf('s-1'))
  for (const data of ['page', 'page s-1 more', '', 7, null, { client: 'page' }]) assert.equal(await frame.ask(data), undefined)
  assert.deepEqual(frame.fetched, [])
})

/** Runs a step of the cookie check; returns what it told its parent, and where it went. */
async function step(name: string, cookies: string, access: boolean): Promise<{ told: unknown[]; went: string[]; set: string[] }> {
  const told: unknown[] = []
  const went: string[] = []
  const set: string[] = []
  const document = {
    get cookie() {
      return cookies
    },
    set cookie(line: string) {
      set.push(line)
    },
    hasStorageAccess: async () => access,
    requestStorageAccess: async () => Promise.reject(new Error('no gesture')),
  }
  const parent = { postMessage: (message: unknown, to: string) => told.push(message, to) }
  const script = scriptOf(await get(`/3p-cookies/${name}.html`))
  await runInNewContext(`(async () => {${script}})()`, { document, parent, location: { replace: (to: string) => went.push(to) } })
  return { told, went, set }
}

test('the first step sets cookies and goes on, or says at once that it cannot', own, async () => {
  const { told, went, set } = await step('step1', '', true)
  assert.deepEqual([told, went], [[], ['step2.html']])
  assert.ok(set.some((line) => /; SameSite=None; Secure$/.test(line)))
  assert.deepEqual((await step('step1', '', false)).told, ['unsupported', '*'])
})

test('the second step says whether the cookies came along, and removes them', own, async () => {
  const kept = await step('step2', 'x=y; KEYCLOAK_3P_COOKIE_SAMESITE=supported', true)
  assert.deepEqual(kept.told, ['supported', '*'])
  assert.ok(kept.set.every((line) => line.includes('Max-Age=0')))
  assert.deepEqual((await step('step2', 'x=y', true)).told, ['unsupported', '*'])
})
