import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, formsOf, openBrowser, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const app = 'https://app.example'
const shop = (clientId: string, attributes: Record<string, string> = {}) =>
  service(clientId, {
    redirectUris: [`${app}/${clientId}/*`],
    baseUrl: `${app}/${clientId}/home`,
    standardFlowEnabled: true,
    directAccessGrantsEnabled: true,
    attributes,
  })

const server = await serverOfFile({
  realms: [
    {
      realm: 'flows-leave',
      enabled: true,
      eventsEnabled: true,
      internationalizationEnabled: true,
      supportedLocales: ['en', 'uk'],
      clients: [
        shop('shop', { 'post.logout.redirect.uris': `${app}/bye##${app}/bye?x=1` }),
        shop('plus', { 'post.logout.redirect.uris': `+##${app}/more` }),
        shop('silent'),
        shop('told', { 'logout.confirmation.enabled': 'true' }),
        shop('none', { 'post.logout.redirect.uris': `-##${app}/bye` }),
        {
          ...shop('framed', { 'frontchannel.logout.url': `${app}/hook?a=1`, 'frontchannel.logout.session.required': 'true' }),
          frontchannelLogout: true,
          name: 'Framed <app>',
        },
        {
          ...shop('framed-plainly', { 'frontchannel.logout.url': `${app}/plain`, 'frontchannel.logout.session.required': 'false' }),
          frontchannelLogout: true,
        },
      ],
      users: [person('taras'), person('lesya')],
    },
  ],
})
const realm = server.realm('flows-leave')
const oidc = `${realm.url}/protocol/openid-connect`
const bye = `${app}/bye`

interface LoggedIn {
  readonly browser: Browser
  readonly idToken: string
  readonly refreshToken: string
  readonly accessToken: string
  readonly sessionId: string
}

/** Logs in by the login page, as a person would; in a browser that is logged in already without any page. */
async function login(clientId = 'shop', browser = openBrowser(server.url), username = 'taras'): Promise<LoggedIn> {
  const redirectUri = `${app}/${clientId}/cb`
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 's' })
  const opened = await browser.follow(await browser.get(`${oidc}/auth?${query}`))
  const done = opened.status === 302 ? opened : await browser.follow(await browser.submit(opened, 'password', { username, password }))
  const code = new URL(done.headers.location ?? 'about:blank').searchParams.get('code')
  assert.ok(code, `${done.status} ${visibleText(done.text)}`)
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  const tokens = expectToken(await realm.token(form, { basic: as(clientId) }))
  const [idToken, refreshToken, accessToken, sessionId] = ['id_token', 'refresh_token', 'access_token', 'session_state'].map((name) =>
    String(tokens[name]),
  ) as [string, string, string, string]
  return { browser, idToken, refreshToken, accessToken, sessionId }
}

const leave = (browser: Browser, query: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  browser.get(`${oidc}/logout?${new URLSearchParams(query)}`)

async function isAlive({ refreshToken }: LoggedIn, clientId = 'shop'): Promise<boolean> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
  return (await realm.token(form, { basic: as(clientId) })).status === 200
}

function expectBack({ status, headers }: Answer, location: string): void {
  assert.deepEqual([status, headers.location, headers['cache-control']], [302, location, 'no-cache'])
}

function expectPage({ status, text, headers }: Answer, expectedStatus: number, piece: string): void {
  assert.equal(status, expectedStatus)
  assert.ok(visibleText(text).includes(piece), visibleText(text))
  assert.deepEqual([headers['content-type'], headers['cache-control']], ['text/html;charset=utf-8', 'no-cache'])
}

const lineOf = (answer: Answer, name: string): string | undefined =>
  answer.headers['set-cookie']?.find((line) => line.startsWith(`${name}=`))

test('an ID token and a registered address: the session is over and the browser goes back with its state', async () => {
  const logged = await login()
  const answer = await leave(logged.browser, { id_token_hint: logged.idToken, post_logout_redirect_uri: bye, state: 'a b&é' })
  expectBack(answer, `${bye}?state=a+b%26%C3%A9`)
  assert.equal(await isAlive(logged), false)
  assert.equal((await realm.userinfo(logged.accessToken)).status, 401)
  const path = new URL(realm.url).pathname
  for (const name of ['KEYCLOAK_IDENTITY', 'KEYCLOAK_SESSION'])
    assert.match(lineOf(answer, name) ?? '', new RegExp(`^${name}=;Version=1;Path=${path}/;Max-Age=0`))
  assert.match(lineOf(answer, 'AUTH_SESSION_ID') ?? '', new RegExp(`;Version=1;Path=${path}/;Secure;HttpOnly;SameSite=None$`))
  const { cookies } = logged.browser
  assert.deepEqual([cookies.has('KEYCLOAK_IDENTITY'), cookies.has('KEYCLOAK_SESSION')], [false, false])
})

test('without an address a page says that it is done, and leads to the application', async () => {
  const { browser, idToken } = await login()
  const answer = await leave(browser, { id_token_hint: idToken })
  expectPage(answer, 200, 'You are logged out')
  assert.match(answer.text, /href="https:\/\/app\.example\/shop\/home"/)
})

test('the POST is the same as the GET', async () => {
  const logged = await login()
  const answer = await logged.browser.post(`${oidc}/logout`, {
    id_token_hint: logged.idToken,
    post_logout_redirect_uri: `${bye}?x=1`,
    state: 'z',
  })
  expectBack(answer, `${bye}?x=1&state=z`)
  assert.equal(await isAlive(logged), false)
})

test('without an ID token the person is asked, and nothing has happened until then', async () => {
  const logged = await login()
  const asked = await leave(logged.browser, { client_id: 'shop', post_logout_redirect_uri: bye, state: 'z' })
  expectPage(asked, 200, 'Do you want to log out?')
  assert.match(asked.text, /id="kc-logout"/)
  assert.equal(await isAlive(logged), true)
  expectBack(await logged.browser.submit(asked, 'confirmLogout', { confirmLogout: 'Logout' }), `${bye}?state=z`)
  assert.equal(await isAlive(logged), false)
})

test('without any parameter the person is asked as well', async () => {
  const logged = await login()
  const asked = await leave(logged.browser)
  expectPage(asked, 200, 'Do you want to log out?')
  expectPage(await logged.browser.submit(asked, 'confirmLogout', { confirmLogout: 'Logout' }), 200, 'You are logged out')
  assert.equal(await isAlive(logged), false)
})

test('the confirmation counts in the browser that was asked and in no other', async () => {
  const logged = await login()
  const other = await login()
  const asked = await leave(logged.browser, { client_id: 'shop' })
  const [form] = formsOf(asked.text, server.url).filter(({ names }) => names.includes('confirmLogout'))
  assert.ok(form)
  const stolen = await other.browser.post(form.action, { ...form.hidden, confirmLogout: 'Logout' })
  expectPage(stolen, 400, 'Logout failed')
  // The reference answers 500 to a form without its code, and shows the page again at a GET.
  if (!server.onReference) {
    expectPage(await logged.browser.post(form.action, { confirmLogout: 'Logout' }), 400, 'Logout failed')
    expectPage(await logged.browser.get(form.action), 400, 'Logout failed')
  }
  assert.deepEqual([await isAlive(logged), await isAlive(other)], [true, true])
})

test('the ID token of another session than the browser’s: the person is asked, and both live on', async () => {
  const taras = await login()
  const lesya = await login('shop', openBrowser(server.url), 'lesya')
  const query = { id_token_hint: lesya.idToken, post_logout_redirect_uri: bye }
  expectPage(await leave(taras.browser, query), 200, 'Do you want to log out?')
  assert.deepEqual([await isAlive(taras), await isAlive(lesya)], [true, true])
})

test('whoever says yes then leaves, and the session of the ID token ends with his own', async () => {
  const taras = await login()
  const lesya = await login('shop', openBrowser(server.url), 'lesya')
  const asked = await leave(taras.browser, { id_token_hint: lesya.idToken, post_logout_redirect_uri: bye })
  expectBack(await taras.browser.submit(asked, 'confirmLogout', { confirmLogout: 'Logout' }), bye)
  assert.equal(await isAlive(lesya), false)
  assert.equal(lineOf(await taras.browser.get(`${oidc}/logout`), 'KEYCLOAK_IDENTITY'), undefined)
  // The reference forgets the browser and leaves its session.
  if (!server.onReference) assert.equal(await isAlive(taras), false)
})

test('a client may have its users told that they have left: its address is then a link', async () => {
  const logged = await login('told')
  const query = { id_token_hint: logged.idToken, post_logout_redirect_uri: `${app}/told/bye`, state: 'z' }
  const page = await leave(logged.browser, query)
  expectPage(page, 200, 'You are logged out')
  assert.ok(page.text.includes(`href="${app}/told/bye?state=z"`))
  assert.equal(await isAlive(logged, 'told'), false)
})

test('in a browser without cookies the session of the ID token ends', async () => {
  const logged = await login()
  const answer = await leave(openBrowser(server.url), { id_token_hint: logged.idToken, post_logout_redirect_uri: bye })
  expectBack(answer, bye)
  assert.equal(await isAlive(logged), false)
})

test('the ID token of a session that is over leads back without a question', async () => {
  const { browser, idToken } = await login()
  await leave(browser, { id_token_hint: idToken })
  await realm.events()
  expectBack(await leave(browser, { id_token_hint: idToken, post_logout_redirect_uri: bye }), bye)
  expectPage(await leave(browser, { id_token_hint: idToken }), 200, 'You are logged out')
  const events = await realm.events()
  assert.deepEqual(
    events.map(({ type, clientId, error }) => ({ type, clientId, error })),
    Array(2).fill({ type: 'LOGOUT_ERROR', clientId: 'shop', error: 'session_expired' }),
  )
})

test('who is nobody is led back at once, or asked when there is no way back', async () => {
  const browser = openBrowser(server.url)
  expectBack(await leave(browser, { client_id: 'shop', post_logout_redirect_uri: bye, state: 's' }), `${bye}?state=s`)
  const asked = await leave(browser, { client_id: 'shop' })
  expectPage(asked, 200, 'Do you want to log out?')
  await realm.events()
  expectPage(await browser.submit(asked, 'confirmLogout', { confirmLogout: 'Logout' }), 200, 'You are logged out')
  assert.deepEqual(await realm.events(), [])
})

test('a cookie of a session that is over is taken out of the browser', async () => {
  const logged = await login()
  await realm.removeSession(logged.sessionId)
  expectBack(await leave(logged.browser, { client_id: 'shop', post_logout_redirect_uri: bye }), bye)
  assert.equal(logged.browser.cookies.has('KEYCLOAK_IDENTITY'), false)
})

test('an ID token that has expired is still proof', { skip: server.onReference }, async () => {
  const logged = await login()
  server.clock.advance(1_000)
  expectBack(await leave(logged.browser, { id_token_hint: logged.idToken, post_logout_redirect_uri: bye }), bye)
})

test('what is wrong is told on a page, and the session stays', async () => {
  const logged = await login()
  const { idToken, accessToken } = logged
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{ post_logout_redirect_uri: bye }, 'Missing parameters: id_token_hint'],
    [{ id_token_hint: 'abc', post_logout_redirect_uri: bye }, 'Invalid parameter: id_token_hint'],
    [{ id_token_hint: accessToken, post_logout_redirect_uri: bye }, 'Invalid parameter: id_token_hint'],
    [{ id_token_hint: idToken, client_id: 'plus', post_logout_redirect_uri: bye }, 'Invalid parameter: id_token_hint'],
    [{ id_token_hint: idToken, post_logout_redirect_uri: 'https://evil.example/' }, 'Invalid redirect uri'],
    [{ id_token_hint: idToken, post_logout_redirect_uri: `${app}/shop/cb` }, 'Invalid redirect uri'],
    [{ id_token_hint: idToken, post_logout_redirect_uri: `${bye}/` }, 'Invalid redirect uri'],
    [{ client_id: 'nobody', post_logout_redirect_uri: bye }, 'Invalid redirect uri'],
    [{ client_id: 'none', post_logout_redirect_uri: bye }, 'Invalid redirect uri'],
    [{ client_id: 'silent', post_logout_redirect_uri: 'javascript:alert(1)' }, 'Invalid redirect uri'],
  ]
  for (const [query, text] of cases) expectPage(await leave(logged.browser, query), 400, text)
  assert.equal(await isAlive(logged), true)
})

test('+ and silence stand for the addresses of the login', async () => {
  const browser = openBrowser(server.url)
  const allowed = { plus: [`${app}/plus/any`, `${app}/more`], silent: [`${app}/silent/any`] }
  for (const [client_id, uris] of Object.entries(allowed)) {
    for (const uri of uris) expectBack(await leave(browser, { client_id, post_logout_redirect_uri: uri }), uri)
  }
})

test('empty parameters count as absent', async () => {
  const query = { id_token_hint: '', client_id: 'shop', post_logout_redirect_uri: '', state: '' }
  expectPage(await leave(openBrowser(server.url), query), 200, 'Do you want to log out?')
})

test('events say who left, where from and where to, and why somebody could not', async () => {
  const logged = await login()
  await realm.events()
  await leave(logged.browser, { id_token_hint: 'abc' })
  await leave(logged.browser, { id_token_hint: logged.idToken, post_logout_redirect_uri: bye })
  const events = await realm.events()
  const plain = events.map(({ realmId: _realm, realmName: _name, ipAddress: _address, userId: _user, ...rest }) => rest)
  assert.deepEqual(plain, [
    { type: 'LOGOUT_ERROR', error: 'invalid_token', reason: 'Invalid IDToken' },
    { type: 'LOGOUT', clientId: 'shop', sessionId: logged.sessionId, redirect_uri: bye },
  ])
})

test('applications with front-channel logout are called by the browser, then it goes on', async () => {
  const logged = await login('framed')
  await login('framed-plainly', logged.browser)
  const answer = await leave(logged.browser, { id_token_hint: logged.idToken, post_logout_redirect_uri: `${app}/framed/x`, state: 'é' })
  expectPage(answer, 200, 'You are logging out from following apps')
  assert.ok(visibleText(answer.text).includes('Framed <app>'))
  const frames = Array.from(answer.text.matchAll(/<iframe src="([^"]*)"/g), ([, url = '']) => url.replaceAll('&amp;', '&')).sort()
  const session = new URLSearchParams({ sid: logged.sessionId, iss: realm.url })
  assert.deepEqual(frames, [`${app}/hook?a=1&${session}`, `${app}/plain`])
  assert.match(answer.text, /<a[^>]* id="continue"[^>]* href="https:\/\/app\.example\/framed\/x\?state=%C3%A9"/)
  assert.match(String(answer.headers['content-security-policy']), /^frame-src 'self'(?: (?:https:\/\/)?app\.example)+ ?;/)
  assert.equal(await isAlive(logged, 'framed'), false)
})

test('the page of the question speaks the language that was asked for', { skip: server.onReference }, async () => {
  const { browser } = await login()
  const answer = await leave(browser, { client_id: 'shop', ui_locales: 'uk' })
  assert.equal(answer.headers['content-language'], 'uk')
  assert.match((await leave(browser, { client_id: 'shop', kc_locale: 'uk' })).text, /lang="uk"/)
})

test('single sign-on is over for every application', async () => {
  const first = await login()
  const second = await login('plus', first.browser)
  assert.equal(second.sessionId, first.sessionId)
  await leave(first.browser, { id_token_hint: first.idToken })
  assert.deepEqual([await isAlive(first), await isAlive(second, 'plus')], [false, false])
})
