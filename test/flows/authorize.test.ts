import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import { formsOf, openBrowser } from '../server/browser.ts'
import { type Answer, type Form, formText } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { serverOfFile } from '../server.ts'

const at = (name: string): string => `http://localhost:9999/${name}/cb`
const client = (clientId: string, more: ClientRepresentation = {}): ClientRepresentation => ({
  clientId,
  publicClient: true,
  redirectUris: [`http://localhost:9999/${clientId}/*`],
  ...more,
})

const server = await serverOfFile({
  realms: [
    {
      realm: 'authorize',
      enabled: true,
      eventsEnabled: true,
      clients: [
        client('open'),
        client('hybrid', { implicitFlowEnabled: true }),
        client('implicit', { standardFlowEnabled: false, implicitFlowEnabled: true }),
        client('s256', { attributes: { 'pkce.code.challenge.method': 'S256' } }),
        client('one', { redirectUris: [at('one')] }),
        client('quiet', { attributes: { 'exclude.issuer.from.auth.response': 'true' } }),
        client('off', { enabled: false }),
        client('home', { baseUrl: 'http://localhost:9999/home/start' }),
        client('bearer', { bearerOnly: true }),
        client('levels', { attributes: { 'acr.loa.map': '{"gold":2}' } }),
        client('demanding', { attributes: { 'request.object.required': 'request or request_uri' } }),
      ],
    },
    { realm: 'authorize-off', enabled: false, clients: [client('open')] },
  ],
})
const realm = server.realm('authorize')

const entrance = (query: Form, path = 'auth', method = 'GET'): Promise<Answer> => {
  const below = `/protocol/openid-connect/${path}`
  return method === 'GET' ? realm.call('GET', `${below}?${formText(query)}`) : realm.call(method, below, { form: query })
}

/** A good request of a client. */
const asks = (clientId: string, more: Readonly<Record<string, string | undefined>> = {}) => ({
  client_id: clientId,
  redirect_uri: at(clientId),
  response_type: 'code',
  scope: 'openid',
  state: 'st',
  ...more,
})

/** The form of the login page. */
function loginForm(page: Answer): string {
  const form = formsOf(page.text, server.url).find(({ names }) => names.includes('password'))
  return form?.action ?? assert.fail(`no login form: ${page.status} ${page.text.slice(0, 500)}`)
}

/** The only form of a form_post page: where it goes and what it sends. */
function postedForm({ text }: Answer): { action: string | undefined; hidden: Record<string, string> } {
  const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/gi)]
  return {
    action: /<form method="post" action="([^"]*)"/i.exec(text)?.[1],
    hidden: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
  }
}

/** Query and fragment of where an answer leads, and where that is. */
function answered({ status, headers, text }: Answer): { to: string; query: Record<string, string>; fragment: Record<string, string> } {
  assert.equal(status, 302, text.slice(0, 500))
  assert.equal(headers['cache-control'], 'no-store, must-revalidate, max-age=0')
  const { origin, pathname, searchParams, hash } = new URL(String(headers.location))
  return {
    to: origin + pathname,
    query: Object.fromEntries(searchParams),
    fragment: Object.fromEntries(new URLSearchParams(hash.slice(1))),
  }
}

/** A page: never a redirect to where the request wants. */
function expectPage(answer: Answer, status: number, text: string): void {
  assert.equal(answer.status, status)
  assert.equal(answer.headers.location, undefined)
  assert.equal(answer.headers['content-type'], 'text/html;charset=utf-8')
  assert.ok(answer.text.includes(text), `${text} is not on the page`)
}

const challenge = 'a'.repeat(43)
const noFlow = (flow: string): string =>
  `Client is not allowed to initiate browser login with given response_type. ${flow} flow is disabled for the client.`

const errors: readonly (readonly [name: string, query: Form, error: string, description: string | undefined])[] = [
  ['no response_type', asks('open', { response_type: undefined }), 'invalid_request', 'Missing parameter: response_type'],
  ['an unknown response_type', asks('open', { response_type: 'magic' }), 'unsupported_response_type', undefined],
  ['an empty response_type', asks('open', { response_type: '' }), 'unsupported_response_type', undefined],
  ['none beside code', asks('hybrid', { response_type: 'code none' }), 'unsupported_response_type', undefined],
  ['an unknown response_mode', asks('open', { response_mode: 'magic' }), 'invalid_request', 'Invalid parameter: response_mode'],
  ['an empty response_mode', asks('open', { response_mode: '' }), 'invalid_request', 'Invalid parameter: response_mode'],
  [
    'tokens in the query',
    asks('hybrid', { response_type: 'token', response_mode: 'query' }),
    'invalid_request',
    "Response_mode 'query' not allowed for implicit or hybrid flow",
  ],
  ['a client without the standard flow', asks('implicit'), 'unauthorized_client', noFlow('Standard')],
  ['none for a client without the standard flow', asks('implicit', { response_type: 'none' }), 'unauthorized_client', noFlow('Standard')],
  ['a parameter twice', [...Object.entries(asks('open')), ['state', '2']], 'invalid_request', 'duplicated parameter'],
  ['an unknown parameter twice', [...Object.entries(asks('open')), ['z', '1'], ['z', '2']], 'invalid_request', 'duplicated parameter'],
  [
    'a parameter twice and an unknown scope',
    [...Object.entries(asks('open', { scope: 'nope' })), ['z', '1'], ['z', '2']] as [string, string][],
    'invalid_request',
    'duplicated parameter',
  ],
  ['an unknown scope', asks('open', { scope: 'openid nope' }), 'invalid_scope', 'Invalid scopes: openid nope'],
  ['an empty scope', asks('open', { scope: '' }), 'invalid_scope', 'Invalid scopes: '],
  ['no challenge where S256 is demanded', asks('s256'), 'invalid_request', 'Missing parameter: code_challenge_method'],
  [
    'a plain challenge where S256 is demanded',
    asks('s256', { code_challenge: challenge, code_challenge_method: 'plain' }),
    'invalid_request',
    'Invalid parameter: code challenge method is not matching the configured one',
  ],
  ['a method without a challenge', asks('open', { code_challenge_method: 'S256' }), 'invalid_request', 'Missing parameter: code_challenge'],
  [
    'an unknown challenge method',
    asks('open', { code_challenge: challenge, code_challenge_method: 'S512' }),
    'invalid_request',
    'Invalid parameter: code_challenge_method',
  ],
  ['a short challenge', asks('open', { code_challenge: 'short' }), 'invalid_request', 'Invalid parameter: code_challenge'],
  [
    'a challenge with a stray character',
    asks('open', { code_challenge: `${challenge}!` }),
    'invalid_request',
    'Invalid parameter: code_challenge',
  ],
  ['prompt=none without a session', asks('open', { prompt: 'none' }), 'login_required', undefined],
  ['prompt=none beside another', asks('open', { prompt: 'none login' }), 'login_required', undefined],
]

for (const [name, query, error, description] of errors) {
  test(`an authorization request with ${name} goes back to the application with ${error}, state and iss`, async () => {
    const found = answered(await entrance(query))
    assert.equal(found.to, at(String(new Map(Array.isArray(query) ? query : Object.entries(query)).get('client_id'))))
    assert.deepEqual(found, {
      to: found.to,
      query: { error, ...(description === undefined ? {} : { error_description: description }), state: 'st', iss: realm.url },
      fragment: {},
    })
  })
}

test('in a query `;` separates as `&` does, so that the address of a page’s form also works with its `&amp;`', async () => {
  const separated = formText(asks('open')).replaceAll('&', ';')
  const page = await realm.call('GET', `/protocol/openid-connect/auth?${separated}`)
  assert.equal(page.status, 200)
  const action = /<form id="kc-form-login"[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? assert.fail('no login form')
  assert.ok(action.includes('&amp;'))
  const cookie = [page.headers['set-cookie'] ?? []]
    .flat()
    .map((text) => text.split(';', 1)[0])
    .join('; ')
  const path = action.slice(action.indexOf('/login-actions'))
  const refused = await realm.call('POST', path, { form: { username: 'nobody', password: 'nothing' }, headers: { cookie } })
  assert.equal(refused.status, 200)
  assert.ok(refused.text.includes('Invalid username or password.'))
})

test('in a form `;` is a character like any other', async () => {
  const { status, json } = await realm.call('POST', '/protocol/openid-connect/token', {
    body: 'grant_type=password;client_id=open',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.deepEqual([status, json['error']], [400, 'unsupported_grant_type'])
})

test('errors of requests for tokens come in the fragment', async () => {
  for (const [query, error, description] of [
    [asks('open', { response_type: 'token' }), 'unauthorized_client', noFlow('Implicit')],
    [asks('open', { response_type: 'code id_token', nonce: 'n' }), 'unauthorized_client', noFlow('Implicit')],
    [asks('hybrid', { response_type: 'id_token token' }), 'invalid_request', 'Missing parameter: nonce'],
    [asks('hybrid', { response_type: 'id_token', nonce: 'n'.repeat(4_001) }), 'invalid_request', 'Missing parameter: nonce'],
  ] as const) {
    const found = answered(await entrance(query))
    assert.deepEqual(found, { to: found.to, query: {}, fragment: { error, error_description: description, state: 'st', iss: realm.url } })
  }
})

test('an error comes in the response mode that was asked for, also when the response type is unknown', async () => {
  const fragment = answered(await entrance(asks('open', { response_type: 'magic', response_mode: 'fragment' })))
  assert.deepEqual(fragment.fragment, { error: 'unsupported_response_type', state: 'st', iss: realm.url })
  const posted = await entrance(asks('open', { response_type: 'magic', response_mode: 'form_post' }))
  assert.equal(posted.headers['content-type'], 'text/html')
  const { action, hidden } = postedForm(posted)
  assert.deepEqual([action, hidden], [at('open'), { error: 'unsupported_response_type', state: 'st', iss: realm.url }])
})

test('the jwt modes sign an error: issuer, audience and the life of a code', async () => {
  const inQuery = answered(await entrance(asks('open', { response_type: 'magic', response_mode: 'jwt' }))).query
  const inFragment = answered(await entrance(asks('open', { scope: 'nope', response_mode: 'fragment.jwt' }))).fragment
  const posted = postedForm(await entrance(asks('open', { scope: 'nope', response_mode: 'form_post.jwt' }))).hidden
  assert.deepEqual(
    [inQuery, inFragment, posted].map((parameters) => Object.keys(parameters)),
    [['response'], ['response'], ['response']],
  )
  const { exp, ...claims } = jwtClaims(inQuery['response'])
  assert.deepEqual(claims, { iss: realm.url, aud: 'open', error: 'unsupported_response_type', state: 'st' })
  if (!server.onReference) assert.equal(exp, Math.floor(server.clock.now() / 1_000) + 60)
})

test('a client may switch the iss parameter off', async () => {
  assert.deepEqual(answered(await entrance(asks('quiet', { prompt: 'none' }))).query, { error: 'login_required', state: 'st' })
})

test('the redirect URI keeps its own query and fragment', async () => {
  const { headers } = await entrance(asks('open', { redirect_uri: `${at('open')}?a=1#f`, response_type: 'magic' }))
  const iss = encodeURIComponent(realm.url)
  assert.equal(headers.location, `${at('open')}?a=1&error=unsupported_response_type&state=st&iss=${iss}#f`)
})

test('a state of more than 4000 characters is dropped; an empty one comes back', async () => {
  const stateOf = async (state: string) => answered(await entrance(asks('open', { prompt: 'none', state }))).query['state']
  assert.equal(await stateOf('s'.repeat(4_001)), undefined)
  assert.equal(await stateOf(''), '')
})

test('without openid the only redirect URI of a client need not be sent', async () => {
  const query = { client_id: 'one', response_type: 'code', prompt: 'none' }
  assert.equal(answered(await entrance(query)).to, at('one'))
  expectPage(await entrance({ ...query, scope: 'openid' }), 400, 'Invalid parameter: redirect_uri')
  assert.equal(answered(await entrance({ ...query, client_id: 'open' })).to, 'http://localhost:9999/open')
  // The reference takes the registered one instead.
  if (server.onReference) return
  expectPage(await entrance({ ...query, redirect_uri: `${at('one')}?${'x'.repeat(4_001)}` }), 400, 'Invalid parameter: redirect_uri')
})

const pages: readonly (readonly [name: string, query: Form, status: number, text: string])[] = [
  ['no client_id', asks('open', { client_id: undefined }), 400, 'Invalid Request'],
  ['client_id twice', [...Object.entries(asks('open')), ['client_id', 'open']] as [string, string][], 400, 'Invalid Request'],
  ['an unknown client', asks('open', { client_id: 'nobody' }), 400, 'Client not found.'],
  ['a disabled client', asks('off'), 400, 'Client disabled.'],
  ['a bearer-only client', asks('bearer'), 403, 'Bearer-only applications are not allowed to initiate browser login'],
  ['a redirect URI of somebody else', asks('open', { redirect_uri: 'https://evil.example/cb' }), 400, 'Invalid parameter: redirect_uri'],
  ['max_age that is no number', asks('open', { max_age: 'abc' }), 400, 'Invalid Request'],
  ['an empty max_age', asks('open', { max_age: '' }), 400, 'Invalid Request'],
  ['a garbled request object', asks('open', { request: 'abc' }), 400, 'Invalid Request'],
  ['a request_uri that is not registered', asks('open', { request_uri: 'http://127.0.0.1:1/x' }), 400, 'Invalid Request'],
  ['no request object where one is demanded', asks('demanding'), 400, 'Invalid Request'],
  ['prompt=create without registration', asks('open', { prompt: 'create' }), 400, 'Registration not allowed'],
]

for (const [name, query, status, text] of pages) {
  test(`an authorization request with ${name} gets a page and no redirect`, async () => {
    expectPage(await entrance(query), status, text)
  })
}

test('a redirect URI that cannot be trusted gets a page in every response mode and for prompt=none', async () => {
  for (const mode of ['query', 'fragment', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt']) {
    for (const redirect of ['javascript:alert(1)', 'https://evil.example/', `${at('open')}/../../x`, `${at('open')}?code=1`]) {
      const query = asks('open', { redirect_uri: redirect, response_mode: mode, prompt: 'none' })
      expectPage(await entrance(query), 400, 'Invalid parameter: redirect_uri')
    }
  }
})

test('a request that insists on an unknown level of authentication gets a page, but only when nothing else is wrong', async () => {
  const claims = (value: string) => JSON.stringify({ id_token: { acr: { essential: true, values: [value] } } })
  expectPage(await entrance(asks('levels', { claims: claims('platinum') })), 400, 'Invalid parameter: claims')
  const { query } = answered(await entrance(asks('levels', { claims: claims('platinum'), scope: 'nope' })))
  assert.equal(query['error'], 'invalid_scope')
  loginForm(await entrance(asks('levels', { claims: claims('gold') })))
})

test('a disabled realm logs nobody in', async () => {
  const below = `/realms/authorize-off/protocol/openid-connect/auth?${formText(asks('open'))}`
  expectPage(await server.call('GET', below), 400, 'Realm not enabled')
})

test('registration and forgotten passwords are entrances of their own that a realm must allow', async () => {
  expectPage(await entrance(asks('open'), 'registrations'), 400, 'Registration not allowed')
  expectPage(await entrance(asks('open'), 'forgot-credentials'), 400, 'Reset Credential not allowed')
  await realm.change({ registrationAllowed: true, resetPasswordAllowed: true })
  try {
    for (const path of ['registrations', 'forgot-credentials']) {
      for (const method of ['GET', 'POST']) {
        expectPage(await entrance(asks('open', { client_id: 'nobody' }), path, method), 400, 'Client not found.')
        assert.equal(
          answered(await entrance(asks('open', { response_type: 'magic' }), path, method)).query['error'],
          'unsupported_response_type',
        )
      }
    }
  } finally {
    await realm.change({ registrationAllowed: false, resetPasswordAllowed: false })
  }
})

test('the request may be posted; then the query counts for nothing', async () => {
  assert.equal(answered(await entrance(asks('open', { prompt: 'none' }), 'auth', 'POST')).query['error'], 'login_required')
  const query = formText(asks('open', { prompt: 'none' }))
  expectPage(await realm.call('POST', `/protocol/openid-connect/auth?${query}`, { form: {} }), 400, 'Invalid Request')
})

test('a good request begins a login: a page that is not stored, a cookie for the browser', async () => {
  const page = await entrance(asks('open', { zzz: '1', display: 'page', max_age: '-5', claims: '{' }))
  assert.equal(page.status, 200)
  assert.equal(page.headers['cache-control'], 'no-store, must-revalidate, max-age=0')
  assert.ok(loginForm(page).startsWith(`${realm.url}/login-actions/authenticate?`))
  assert.ok(page.headers['set-cookie']?.some((line) => line.startsWith('AUTH_SESSION_ID=')))
})

test('refused requests are audited with what was known of them when they failed', async () => {
  await realm.events()
  await entrance(asks('open', { client_id: undefined }))
  await entrance(asks('open', { client_id: 'nobody' }))
  await entrance(asks('off'))
  await entrance(asks('open', { redirect_uri: 'http://evil.example/' }))
  await entrance(asks('open', { response_type: 'code none' }))
  await entrance(asks('hybrid', { response_type: 'token', response_mode: 'query' }))
  await entrance(asks('open', { scope: 'nope', response_mode: 'form_post.jwt' }))
  const known = ['redirect_uri', 'response_type', 'response_mode', 'reason']
  const events = (await realm.events()).map((event) => [
    event['type'],
    event['clientId'],
    event['error'],
    ...known.map((name) => event[name]),
  ])
  const [open, hybrid] = [at('open'), at('hybrid')]
  const noClientId = "Parameter 'client_id' not present or present multiple times in the HTTP request parameters"
  assert.deepEqual(events, [
    ['LOGIN_ERROR', undefined, 'invalid_request', undefined, undefined, undefined, noClientId],
    ['LOGIN_ERROR', 'nobody', 'client_not_found', undefined, undefined, undefined, undefined],
    ['LOGIN_ERROR', 'off', 'client_disabled', undefined, undefined, undefined, undefined],
    ['LOGIN_ERROR', 'open', 'invalid_redirect_uri', 'http://evil.example/', undefined, undefined, undefined],
    ['LOGIN_ERROR', 'open', 'invalid_request', open, 'code none', undefined, "'None' not allowed with some other response_type"],
    [
      ...['LOGIN_ERROR', 'hybrid', 'invalid_request', hybrid, 'token', undefined],
      "Response_mode 'query' not allowed for implicit or hybrid flow",
    ],
    ['LOGIN_ERROR', 'open', 'invalid_request', open, 'code', 'form_post_jwt', 'Invalid scopes: nope'],
  ])
})

test('the page of a refused request leads back to the application that it named', async () => {
  const page = await entrance(asks('home', { redirect_uri: 'http://evil.example/' }))
  assert.match(page.text, /href="http:\/\/localhost:9999\/home\/start"/)
})

test('a second authorization request of a browser is another tab of it', async () => {
  const browser = openBrowser(server.url)
  const url = `${realm.url}/protocol/openid-connect/auth?${formText(asks('open'))}`
  const [first, second] = [await browser.get(url), await browser.get(url)]
  const tab = (page: Answer) => new URL(loginForm(page)).searchParams.get('tab_id')
  assert.notEqual(tab(first), tab(second))
})
