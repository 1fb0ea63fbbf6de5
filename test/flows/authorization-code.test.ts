import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import { statement } from '../../src/storage/sql.ts'
import { type Browser, openBrowser } from '../server/browser.ts'
import { type Answer, formText, type Json } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, secret } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const at = (name: string): string => `http://localhost:9999/${name}/cb`
const web = (clientId: string, more: ClientRepresentation = {}): ClientRepresentation => ({
  clientId,
  secret,
  redirectUris: [at(clientId)],
  directAccessGrantsEnabled: true,
  ...more,
})

const name = 'authorization-code'
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      users: [
        person('maria', { realmRoles: [`default-roles-${name}`] }),
        person('petro', { realmRoles: [`default-roles-${name}`] }),
        person('oleh'),
      ],
      clients: [web('web'), web('other', { redirectUris: [at('web')] }), web('hybrid', { implicitFlowEnabled: true }), web('second')],
    },
  ],
})
const realm = server.realm(name)

interface LoginOptions {
  readonly browser?: Browser
  readonly username?: string
  readonly client?: string
}

/** Logs in, or does not have to, and returns where the browser is sent. */
async function login(query: Readonly<Record<string, string>> = {}, options: LoginOptions = {}): Promise<URL> {
  const { browser = openBrowser(server.url), username = 'maria', client = 'web' } = options
  const asked = { client_id: client, redirect_uri: at(client), response_type: 'code', scope: 'openid', state: 'st', ...query }
  const first = await browser.get(`${realm.url}/protocol/openid-connect/auth?${formText(asked)}`)
  const done = first.status === 200 ? await browser.submit(first, 'password', { username, password }) : first
  assert.equal(done.status, 302, done.text.slice(0, 1_000))
  return new URL(String(done.headers.location))
}

const codeOf = async (query?: Readonly<Record<string, string>>, options?: LoginOptions): Promise<string> =>
  (await login(query, options)).searchParams.get('code') ?? assert.fail('no code')

const exchange = (code: string, form: Readonly<Record<string, string>> = {}, client = 'web'): Promise<Answer> =>
  realm.token({ grant_type: 'authorization_code', code, redirect_uri: at('web'), ...form }, { basic: as(client) })

const refresh = (token: unknown, form: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  realm.token({ grant_type: 'refresh_token', refresh_token: String(token), ...form }, { basic: as('web') })

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const s256 = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
const halfHash = (text: unknown): string => createHash('sha256').update(String(text)).digest().subarray(0, 16).toString('base64url')

test('a login ends with state, session_state, iss and a code of three parts in the query', async () => {
  const url = await login()
  assert.deepEqual([...url.searchParams.keys()], ['state', 'session_state', 'iss', 'code'])
  const { state, session_state: sid, iss, code = '' } = Object.fromEntries(url.searchParams)
  assert.deepEqual([state, iss, code.split('.')[1]], ['st', realm.url, sid])
  assert.equal(code.split('.').length, 3)
})

test('a code is exchanged for tokens of its session; the nonce is in the ID token alone', async () => {
  const url = await login({ nonce: 'n-1' })
  const tokens = expectToken(await exchange(String(url.searchParams.get('code'))))
  const [access, id] = [jwtClaims(tokens['access_token']), jwtClaims(tokens['id_token'])]
  assert.deepEqual([id['nonce'], access['nonce'], jwtClaims(tokens['refresh_token'])['nonce']], ['n-1', undefined, undefined])
  assert.deepEqual([access['sid'], id['sid'], tokens['session_state']], new Array(3).fill(url.searchParams.get('session_state')))
  assert.match(String(access['jti']), /^onrtac:/)
  assert.deepEqual([access['acr'], id['acr']], ['1', '1'])
  assert.equal(typeof id['auth_time'], 'number')
  assert.equal(access['auth_time'], id['auth_time'])
  assert.equal(id['at_hash'], halfHash(tokens['access_token']))
})

test('auth_time and acr survive a refresh, the nonce does not', async () => {
  const tokens = expectToken(await exchange(await codeOf({ nonce: 'n-1' })))
  const { nonce, auth_time: authTime, acr } = jwtClaims(tokens['id_token'])
  const next = jwtClaims(expectToken(await refresh(tokens['refresh_token']))['id_token'])
  assert.deepEqual([nonce, next['nonce'], next['auth_time'], next['acr']], ['n-1', undefined, authTime, acr])
})

const refusals: readonly (readonly [what: string, asked: Record<string, string>, form: Record<string, string>, description: string])[] = [
  ['another redirect_uri', {}, { redirect_uri: at('other') }, 'Incorrect redirect_uri'],
  ['no verifier for its challenge', s256, {}, 'PKCE code verifier not specified'],
  ['a short verifier', s256, { code_verifier: 'short' }, 'PKCE verification failed: Invalid code verifier'],
  ['another verifier', s256, { code_verifier: `${verifier}x` }, 'PKCE verification failed: Code mismatch'],
  ['its challenge as the verifier', s256, { code_verifier: s256.code_challenge }, 'PKCE verification failed: Code mismatch'],
  [
    'a verifier that nothing asked for',
    {},
    { code_verifier: verifier },
    'PKCE code verifier specified but challenge not present in authorization',
  ],
]

for (const [what, asked, form, description] of refusals) {
  test(`a code with ${what} is refused, and does not work afterwards either`, async () => {
    const code = await codeOf(asked)
    expectError(await exchange(code, form), 400, 'invalid_grant', description)
    const right = 'code_challenge' in asked ? { code_verifier: verifier } : {}
    expectError(await exchange(code, right), 400, 'invalid_grant', 'Code not valid')
  })
}

test('the right verifier is taken, S256 and plain', async () => {
  expectToken(await exchange(await codeOf(s256), { code_verifier: verifier }))
  expectToken(await exchange(await codeOf({ code_challenge: verifier }), { code_verifier: verifier }))
})

test('a code of another client is refused, whatever it is called', async () => {
  const description = 'Auth error: Found different client_id in clientSession'
  expectError(await exchange(await codeOf(), {}, 'other'), 400, 'invalid_grant', description)
})

test('invented, changed, empty and missing codes are refused', async () => {
  const code = await codeOf()
  const [secretPart, sid, client] = code.split('.')
  for (const text of ['abc', '', `${secretPart}.x.${client}`, `x.${sid}.${client}`])
    expectError(await exchange(text), 400, 'invalid_grant', 'Code not valid')
  const form = { grant_type: 'authorization_code', redirect_uri: at('web') }
  expectError(await realm.token(form, { basic: as('web') }), 400, 'invalid_request', 'Missing parameter: code')
})

test('a code that comes twice takes the client out of the session: its refresh and access tokens die', async () => {
  const code = await codeOf()
  const tokens = expectToken(await exchange(code))
  expectError(await exchange(code), 400, 'invalid_grant', 'Code not valid')
  expectError(await refresh(tokens['refresh_token']), 400, 'invalid_grant', "Session doesn't have required client")
  assert.equal((await realm.userinfo(String(tokens['access_token']))).status, 401)
})

test('a code expires', { skip: server.onReference }, async () => {
  const code = await codeOf()
  server.clock.advance(60)
  expectError(await exchange(code), 400, 'invalid_grant', 'Code not valid')
})

test('a code of an ended session and of a disabled user are refused', async () => {
  const url = await login()
  await realm.removeSession(String(url.searchParams.get('session_state')))
  expectError(await exchange(String(url.searchParams.get('code'))), 400, 'invalid_grant', 'Code not valid')
  const code = await codeOf()
  await realm.changeUser('maria', { enabled: false })
  try {
    expectError(await exchange(code), 400, 'invalid_grant', 'User disabled')
  } finally {
    await realm.changeUser('maria', { enabled: true })
  }
})

test('no code is exchanged once the client has lost the standard flow', async () => {
  const code = await codeOf()
  await realm.changeClient('web', { standardFlowEnabled: false })
  try {
    expectError(await exchange(code), 400, 'invalid_grant', 'Client not allowed to exchange code')
  } finally {
    await realm.changeClient('web', { standardFlowEnabled: true })
  }
})

test('the exchange of a code takes it, remembers it and notes what the client was given', { skip: server.onReference }, async () => {
  const code = await codeOf()
  const names = await server.statements(() => exchange(code))
  const writes = names.filter((statement) => /insert|take|touch|note|update|remove|rotate/.test(statement))
  assert.deepEqual(writes.toSorted(), ['session.note-client', 'single-use.insert', 'single-use.take'])
})

const hybrid = async (type: string, query: Record<string, string> = {}): Promise<Json> => {
  const url = await login({ response_type: type, nonce: 'n-1', ...query }, { client: 'hybrid' })
  assert.equal(url.search, '')
  return Object.fromEntries(new URLSearchParams(url.hash.slice(1)))
}

test('implicit tokens live as long as the realm says for them, and come without a refresh token', async () => {
  const answer = await hybrid('id_token token')
  assert.deepEqual(Object.keys(answer), ['state', 'session_state', 'iss', 'id_token', 'access_token', 'token_type', 'expires_in'])
  assert.deepEqual([answer['token_type'], answer['expires_in']], ['Bearer', '900'])
  const [access, id] = [jwtClaims(answer['access_token']), jwtClaims(answer['id_token'])]
  assert.deepEqual(
    [access, id].map(({ exp, iat }) => Number(exp) - Number(iat)),
    [900, 900],
  )
  assert.match(String(access['jti']), /^onrtna:/)
  assert.equal((await realm.userinfo(String(answer['access_token']))).status, 200)
})

test('an ID token of the front channel holds the hashes of what it comes with', async () => {
  const all = await hybrid('code id_token token')
  const claims = jwtClaims(all['id_token'])
  assert.deepEqual(
    [claims['nonce'], claims['at_hash'], claims['c_hash'], claims['s_hash']],
    ['n-1', halfHash(all['access_token']), halfHash(all['code']), halfHash('st')],
  )
  const alone = jwtClaims((await hybrid('id_token'))['id_token'])
  assert.deepEqual([alone['at_hash'], alone['c_hash'], alone['s_hash']], [undefined, undefined, halfHash('st')])
  assert.equal(Number(claims['exp']) - Number(claims['iat']), 300)
})

test('the code of a hybrid answer is exchanged like any other', async () => {
  const { code } = await hybrid('code id_token')
  const form = { grant_type: 'authorization_code', code: String(code), redirect_uri: at('hybrid') }
  expectToken(await realm.token(form, { basic: as('hybrid') }))
})

test('response_type=none logs in and hands nothing over', async () => {
  const url = await login({ response_type: 'none' })
  assert.deepEqual([...url.searchParams.keys()], ['state', 'session_state', 'iss'])
})

test('single sign-on gives a second client the same session, the time of the proof, and acr 0', async () => {
  const browser = openBrowser(server.url)
  const first = jwtClaims(expectToken(await exchange(await codeOf({}, { browser })))['id_token'])
  const url = await login({}, { browser, client: 'second' })
  const form = { grant_type: 'authorization_code', code: String(url.searchParams.get('code')), redirect_uri: at('second') }
  const second = jwtClaims(expectToken(await realm.token(form, { basic: as('second') }))['id_token'])
  assert.deepEqual([second['sid'], second['auth_time'], first['acr'], second['acr']], [first['sid'], first['auth_time'], '1', '0'])
})

test('offline_access makes the session an offline one of the same id: the browser is not logged in any more', async () => {
  const browser = openBrowser(server.url)
  const tokens = expectToken(await exchange(await codeOf({ scope: 'openid offline_access' }, { browser })))
  const claims = jwtClaims(tokens['refresh_token'])
  assert.deepEqual([claims['typ'], claims['exp'], tokens['refresh_expires_in']], ['Offline', undefined, 0])
  assert.match(String(jwtClaims(tokens['access_token'])['jti']), /^ofrtac:/)
  const silent = await login({ prompt: 'none' }, { browser })
  assert.equal(silent.searchParams.get('error'), 'login_required')
  const next = expectToken(await refresh(tokens['refresh_token']))
  assert.deepEqual([jwtClaims(next['refresh_token'])['typ'], jwtClaims(next['access_token'])['sid']], ['Offline', claims['sid']])
})

test('offline_access of a client that joins a session leaves the session to the browser', async () => {
  const browser = openBrowser(server.url)
  await login({}, { browser, client: 'second' })
  expectToken(await exchange(await codeOf({ scope: 'openid offline_access' }, { browser })))
  assert.equal((await login({ prompt: 'none' }, { browser, client: 'second' })).searchParams.get('error'), null)
})

test('a user without the role for it gets no offline token, by code or by password', async () => {
  const description = 'Offline tokens not allowed for the user or client'
  const scope = 'openid offline_access'
  expectError(await exchange(await codeOf({ scope }, { username: 'oleh' })), 400, 'not_allowed', description)
  const form = { grant_type: 'password', username: 'oleh', password, scope }
  expectError(await realm.token(form, { basic: as('web') }), 400, 'not_allowed', description)
})

const removeRoles = statement('test.remove-roles', 'delete from user_role where user_id = $1')

test('an offline token ends with the role that allows it', { skip: server.onReference }, async () => {
  const form = { grant_type: 'password', username: 'petro', password, scope: 'openid offline_access' }
  const tokens = expectToken(await realm.token(form, { basic: as('web') }))
  expectToken(await refresh(tokens['refresh_token']))
  await server.services.database.run(removeRoles, String(jwtClaims(tokens['id_token'])['sub']))
  const description = 'Offline session invalid because offline access not granted anymore'
  expectError(await refresh(tokens['refresh_token']), 400, 'invalid_grant', description)
})

test('a refresh may ask for fewer scopes than granted, never for more, and for all of them the next time', async () => {
  const form = { grant_type: 'password', username: 'maria', password, scope: 'openid phone address' }
  const first = expectToken(await realm.token(form, { basic: as('web') }))
  const words = (text: unknown): string[] => String(text).split(' ').toSorted()
  const refreshed = async (token: unknown, scope?: string): Promise<Json> =>
    expectToken(await refresh(token, scope === undefined ? {} : { scope }))
  assert.deepEqual(words((await refreshed(first['refresh_token'], 'openid'))['scope']), ['email', 'openid', 'profile'])
  assert.deepEqual(words((await refreshed(first['refresh_token'], 'openid offline_access'))['scope']), ['email', 'openid', 'profile'])
  const narrowed = await refreshed(first['refresh_token'], 'phone')
  assert.deepEqual(words(narrowed['scope']), ['email', 'phone', 'profile'])
  assert.notEqual(narrowed['id_token'], undefined)
  assert.deepEqual(words((await refreshed(narrowed['refresh_token']))['scope']), ['address', 'email', 'openid', 'phone', 'profile'])
  expectError(await refresh(first['refresh_token'], { scope: 'openid nope' }), 400, 'invalid_scope', 'Invalid scopes: openid nope')
})
