import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, openBrowser, visibleText } from '../server/browser.ts'
import { type Answer, type CallOptions, type Form, formText } from '../server/call.ts'
import { as, password, person, secret } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const callback = 'http://localhost:9999/cb'
const client = (clientId: string, more = {}) => ({
  clientId,
  secret,
  redirectUris: [callback],
  webOrigins: ['http://app.example'],
  ...more,
})
const name = 'pushed'
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      users: [person('maria')],
      clients: [
        client('must-push', { attributes: { 'require.pushed.authorization.requests': 'true' } }),
        client('other', { redirectUris: ['http://localhost:9999/other'] }),
        client('service', { standardFlowEnabled: false }),
        client('proof', { publicClient: true, attributes: { 'pkce.code.challenge.method': 'S256' } }),
      ],
    },
  ],
})
const realm = server.realm(name)
const request = { response_type: 'code', redirect_uri: callback, scope: 'openid', state: 'st' }

const post = (form: Form, options: CallOptions = { basic: as('must-push') }): Promise<Answer> =>
  realm.call('POST', '/protocol/openid-connect/ext/par/request', { form, ...options })

async function push(form: Form = request, options?: CallOptions): Promise<string> {
  const { status, json, text } = await post(form, options)
  assert.equal(status, 201, text)
  return String(json['request_uri'])
}

const open = (browser: Browser, query: Readonly<Record<string, string>>): Promise<Answer> =>
  browser.get(`${realm.url}/protocol/openid-connect/auth?${formText(query)}`)

/** Opens the address of a pushed request and logs in: the parameters of the answer. */
async function login(browser: Browser, requestUri: string, clientId = 'must-push'): Promise<URLSearchParams> {
  const first = await open(browser, { client_id: clientId, request_uri: requestUri })
  assert.equal(first.status, 302, visibleText(first.text))
  assert.match(String(first.headers.location), /\/login-actions\/authenticate\?/)
  const page = await browser.follow(first)
  const done = page.status === 200 ? await browser.submit(page, 'password', { username: 'maria', password }) : page
  const target = String(done.headers.location)
  assert.ok(target.startsWith(callback), target)
  return new URL(target).searchParams
}

async function refused(answer: Promise<Answer>, text: string): Promise<void> {
  const { status, text: page } = await answer
  assert.equal(status, 400)
  assert.ok(visibleText(page).includes(text), visibleText(page))
}

test('a client pushes its request, and a login at its address ends as the request says', async () => {
  const answer = await post(request)
  assert.equal(answer.status, 201, answer.text)
  assert.match(String(answer.json['request_uri']), /^urn:ietf:params:oauth:request_uri:[0-9a-f-]{36}$/)
  assert.equal(answer.json['expires_in'], 60)
  assert.equal(answer.headers['content-type'], 'application/json')
  const parameters = await login(openBrowser(server.url), String(answer.json['request_uri']))
  assert.equal(parameters.get('state'), 'st')
  const code = parameters.get('code') ?? ''
  const tokens = await realm.token({ grant_type: 'authorization_code', code, redirect_uri: callback }, { basic: as('must-push') })
  assert.equal(tokens.status, 200, tokens.text)
})

test('the address is good for reloads until a login has ended, and for nothing after that', async () => {
  const requestUri = await push()
  const first = openBrowser(server.url)
  for (const browser of [first, first, openBrowser(server.url)])
    assert.equal((await open(browser, { client_id: 'must-push', request_uri: requestUri })).status, 302)
  await login(first, requestUri)
  await refused(open(openBrowser(server.url), { client_id: 'must-push', request_uri: requestUri }), 'Invalid Request')
  await refused(open(first, { client_id: 'must-push', request_uri: requestUri }), 'Invalid Request')
})

test('somebody who is logged in is sent on without a page, and prompt=none is answered at once', async () => {
  const browser = openBrowser(server.url)
  await login(browser, await push())
  assert.ok((await login(browser, await push())).get('code'))
  const silent = await push({ ...request, prompt: 'none' })
  const stranger = await open(openBrowser(server.url), { client_id: 'must-push', request_uri: silent })
  assert.equal(new URL(String(stranger.headers.location)).searchParams.get('error'), 'login_required')
  const known = await open(browser, { client_id: 'must-push', request_uri: silent })
  assert.ok(new URL(String(known.headers.location)).searchParams.get('code'))
})

test('what comes through the browser beside the address counts for nothing', { skip: server.onReference }, async () => {
  const browser = openBrowser(server.url)
  const query = { client_id: 'must-push', request_uri: await push(), state: 'other', redirect_uri: 'http://evil.example/', prompt: 'none' }
  const page = await browser.follow(await open(browser, query))
  const done = await browser.submit(page, 'password', { username: 'maria', password })
  const target = new URL(String(done.headers.location))
  assert.deepEqual([`${target.origin}${target.pathname}`, target.searchParams.get('state')], [callback, 'st'])
})

test('an address is good for the client that pushed it, and an invented one for nobody', async () => {
  await refused(open(openBrowser(server.url), { client_id: 'other', request_uri: await push() }), 'Invalid parameter: redirect_uri')
  const invented = 'urn:ietf:params:oauth:request_uri:11111111-1111-1111-1111-111111111111'
  await refused(open(openBrowser(server.url), { client_id: 'must-push', request_uri: invented }), 'Invalid Request')
})

test('a client that has promised to push is refused what comes through the browser', async () => {
  const { headers } = await open(openBrowser(server.url), { client_id: 'must-push', ...request })
  const { searchParams } = new URL(String(headers.location))
  assert.deepEqual(
    [searchParams.get('error'), searchParams.get('error_description'), searchParams.get('state')],
    ['invalid_request', 'Pushed Authorization Request is only allowed.', 'st'],
  )
})

const unusable = [
  ['no response type', { response_type: undefined }, 400, 'invalid_request', 'Missing parameter: response_type'],
  ['an unknown response type', { response_type: 'magic' }, 400, 'invalid_request', 'Unsupported response type'],
  ['an unknown response mode', { response_mode: 'magic' }, 400, 'invalid_request', 'Invalid parameter: response_mode'],
  ['a foreign redirect URI', { redirect_uri: 'http://evil.example/' }, 400, 'invalid_request', 'Invalid parameter: redirect_uri'],
  ['no redirect URI', { redirect_uri: undefined }, 400, 'invalid_request', 'Invalid parameter: redirect_uri'],
  ['an unknown scope', { scope: 'openid nope' }, 400, 'invalid_request', 'Invalid scopes: openid nope'],
  ['an address in it', { request_uri: 'urn:x' }, 400, 'invalid_request', 'It is not allowed to include request_uri to PAR.'],
  [
    'a flow that is off',
    { response_type: 'token' },
    401,
    'unauthorized_client',
    'Client is not allowed to initiate browser login with given response_type. Implicit flow is disabled for the client.',
  ],
] as const

for (const [what, more, status, error, description] of unusable) {
  test(`${what} is told at once`, async () => {
    const answer = await post({ ...request, ...more })
    assert.deepEqual([answer.status, answer.json], [status, { error, error_description: description }])
  })
}

test('a repeated parameter and a missing challenge are told at once', async () => {
  const repeated = await post([...Object.entries(request), ['state', 'second']])
  assert.deepEqual(repeated.json, { error: 'invalid_request', error_description: 'duplicated parameter' })
  const unproven = await post({ ...request, client_id: 'proof' }, {})
  assert.deepEqual(unproven.json, { error: 'invalid_request', error_description: 'Missing parameter: code_challenge_method' })
})

test('who does not prove to be the client pushes nothing, and the audit log says why', async () => {
  await realm.events()
  const failed = { error: 'invalid_request', error_description: 'Authentication failed.' }
  for (const basic of [
    ['must-push', 'wrong'],
    ['nobody', secret],
  ] as const) {
    const answer = await post(request, { basic })
    assert.deepEqual([answer.status, answer.json], [401, failed])
  }
  if (server.onReference) return
  const events = (await realm.events()).map(({ type, clientId, error }) => [type, clientId, error])
  assert.deepEqual(events, [
    ['PUSHED_AUTHORIZATION_REQUEST_ERROR', 'must-push', 'invalid_client_credentials'],
    ['PUSHED_AUTHORIZATION_REQUEST_ERROR', 'nobody', 'client_not_found'],
  ])
})

test('scripts of the client’s origins may push', async () => {
  const from = (origin: string) => post(request, { basic: as('must-push'), headers: { origin } })
  const good = await from('http://app.example')
  assert.deepEqual([good.status, good.headers['access-control-allow-origin']], [201, 'http://app.example'])
  const bad = await from('http://evil.example')
  assert.deepEqual([bad.status, bad.json], [403, { error: 'Invalid origin' }])
})

test('secrets are not kept with the request', { skip: server.onReference }, async () => {
  const requestUri = await push({ ...request, client_id: 'must-push', client_secret: secret }, {})
  const { singleUse } = await import('../../src/storage/single-use.ts')
  const { services } = server
  const id = (await services.realms.find(name))?.id ?? ''
  const kept = await singleUse(services.database).find(`par:${requestUri.slice(-36)}`, 'par', id, services.clock.now())
  const { doc = '' } = kept ?? {}
  assert.ok(doc.includes('redirect_uri') && !doc.includes(secret))
})

test('an address lives as long as the realm says', { skip: server.onReference }, async () => {
  await realm.change({ attributes: { parRequestUriLifespan: '5' } })
  const answer = await post(request)
  assert.equal(answer.json['expires_in'], 5)
  server.clock.advance(6_000)
  await refused(
    open(openBrowser(server.url), { client_id: 'must-push', request_uri: String(answer.json['request_uri']) }),
    'Invalid Request',
  )
})
