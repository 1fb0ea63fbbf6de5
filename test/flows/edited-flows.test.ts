import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { formsOf, openBrowser, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { answerTo, appClient, baseOf, callback, entrance, signIn } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const otpSecret = 'shared-otp-secret-12'
const otpCredential = {
  type: 'otp',
  userLabel: 'phone',
  secretData: JSON.stringify({ value: otpSecret }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, counter: 0, algorithm: 'HmacSHA1' }),
}
const passwordCredential = { type: 'password', value: password }

const flow = (alias: string, executions: object[], topLevel = true) => ({
  alias,
  providerId: 'basic-flow',
  topLevel,
  builtIn: false,
  authenticationExecutions: executions.map((execution, index) => ({ priority: index, ...execution })),
})
const step = (authenticator: string, requirement: string, authenticatorConfig?: string) => ({
  authenticator,
  requirement,
  ...(authenticatorConfig === undefined ? {} : { authenticatorConfig }),
})
const sub = (flowAlias: string, requirement: string) => ({ flowAlias, requirement, authenticatorFlow: true })

const levels = {
  authenticationFlows: [
    flow('steps', [step('auth-cookie', 'ALTERNATIVE'), sub('forms', 'ALTERNATIVE')]),
    flow('forms', [sub('first', 'CONDITIONAL'), sub('second', 'CONDITIONAL')], false),
    flow(
      'first',
      [step('conditional-level-of-authentication', 'REQUIRED', 'one'), step('auth-username-password-form', 'REQUIRED', 'pwd')],
      false,
    ),
    flow('second', [step('conditional-level-of-authentication', 'REQUIRED', 'two'), step('auth-otp-form', 'REQUIRED', 'otp')], false),
  ],
  authenticatorConfig: [
    { alias: 'one', config: { 'loa-condition-level': '1', 'loa-max-age': '3600' } },
    { alias: 'two', config: { 'loa-condition-level': '2', 'loa-max-age': '3600' } },
    { alias: 'pwd', config: { 'default.reference.value': 'pwd', 'default.reference.maxAge': '3600' } },
    { alias: 'otp', config: { 'default.reference.value': 'otp', 'default.reference.maxAge': '3600' } },
  ],
}

const owing = { username: 'owing', requiredActions: ['UPDATE_PASSWORD'], credentials: [passwordCredential, otpCredential] }
const users = [person('owing', owing), person('taras'), person('otp', { credentials: [passwordCredential, otpCredential] })]
const amrMapper = {
  name: 'amr',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-amr-mapper',
  config: { 'id.token.claim': 'true', 'access.token.claim': 'true' },
}
const clients = [{ ...appClient, attributes: { 'acr.loa.map': '{"silver":"1","gold":"2"}' }, protocolMappers: [amrMapper] }]

const server = await serverOfFile({
  realms: [
    { realm: 'flows-levels', enabled: true, browserFlow: 'steps', ...levels, clients, users },
    {
      realm: 'flows-two-pages',
      enabled: true,
      browserFlow: 'two pages',
      authenticationFlows: [
        flow('two pages', [step('auth-username-form', 'REQUIRED'), step('auth-password-form', 'REQUIRED'), sub('code', 'CONDITIONAL')]),
        flow('code', [step('conditional-user-configured', 'REQUIRED'), step('auth-otp-form', 'REQUIRED')], false),
      ],
      clients: [appClient],
      users,
    },
    {
      realm: 'flows-unknown',
      enabled: true,
      browserFlow: 'unknown second factor',
      directGrantFlow: 'unknown grant',
      authenticationFlows: [
        flow('unknown second factor', [step('auth-username-password-form', 'REQUIRED'), sub('factor', 'CONDITIONAL')]),
        flow('factor', [step('condition-of-somebody', 'REQUIRED'), step('allow-access-authenticator', 'REQUIRED')], false),
        flow('unknown grant', [step('direct-grant-validate-username', 'REQUIRED'), step('grant-of-somebody', 'REQUIRED')]),
      ],
      clients: [appClient],
      users,
    },
    {
      realm: 'flows-nobody',
      enabled: true,
      browserFlow: 'nobody asked',
      authenticationFlows: [flow('nobody asked', [step('allow-access-authenticator', 'REQUIRED')])],
      clients: [appClient],
    },
    {
      realm: 'flows-no-code',
      enabled: true,
      directGrantFlow: 'password alone',
      authenticationFlows: [
        flow('password alone', [step('direct-grant-validate-username', 'REQUIRED'), step('direct-grant-validate-password', 'REQUIRED')]),
      ],
      clients: [appClient],
      users,
    },
    {
      realm: 'flows-guarded',
      enabled: true,
      bruteForceProtected: true,
      failureFactor: 2,
      clients: [appClient],
      users: [...users, person('second')],
    },
  ],
})

const code = (): string => {
  const now = server.onReference ? Date.now() : server.clock.now()
  return hotp(Buffer.from(otpSecret), totpCounter(now, 30), { algorithm: 'HmacSHA1', digits: 6 })
}

async function idTokenOf(name: string, page: Answer): Promise<Record<string, unknown>> {
  const answer = answerTo(page)
  assert.ok(answer?.['code'], visibleText(page.text))
  const body = { grant_type: 'authorization_code', client_id: 'app', redirect_uri: callback, code: answer['code'] }
  return jwtClaims(expectToken(await server.realm(name).token(body))['id_token'])
}

test('levels of authentication: a password gives the first, a code the second, and a later request steps up', async () => {
  const realm = server.realm('flows-levels')
  const { browser, page } = await signIn(realm, { username: 'otp', password, params: { acr_values: 'silver' } })
  const first = await idTokenOf('flows-levels', page)
  assert.deepEqual([first['acr'], first['amr']], ['silver', ['pwd']])

  const again = await browser.follow(await browser.get(entrance(realm, { acr_values: 'silver' })))
  assert.equal((await idTokenOf('flows-levels', again))['acr'], 'silver')

  const otpForm = await browser.follow(await browser.get(entrance(realm, { acr_values: 'gold' })))
  assert.match(otpForm.text, /id="kc-otp-login-form"/)
  const second = await idTokenOf('flows-levels', await browser.follow(await browser.submit(otpForm, 'otp', { otp: code() })))
  assert.deepEqual([second['acr'], second['amr'], second['sid']], ['gold', ['pwd', 'otp'], first['sid']])
})

test('a level that is insisted on and cannot be reached ends the login', async () => {
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['3'] } } })
  const { page } = await signIn(server.realm('flows-levels'), { username: 'taras', password, params: { claims } })
  assert.equal(answerTo(page), undefined)
  assert.equal(page.status, 400)
})

test('what one person proved does not count for the next one who begins the login again', async () => {
  const realm = server.realm('flows-levels')
  const { browser, page: form } = await signIn(realm, { username: 'owing', password, params: { acr_values: 'gold' } })
  const owed = await browser.follow(await browser.submit(form, 'otp', { otp: code() }))
  assert.match(owed.text, /id="kc-passwd-update-form"/)
  const again = new URL(formsOf(owed.text, realm.url)[0]?.action ?? '')
  again.pathname = again.pathname.replace('required-action', 'restart')
  const login = await browser.follow(await browser.get(again.href))
  const page = await browser.follow(await browser.submit(login, 'password', { username: 'taras', password }))
  assert.equal(answerTo(page), undefined)
  assert.match(page.text, /id="kc-totp-settings-form"/)
})

test('who begins the login again leaves the session that the browser has', async () => {
  const realm = server.realm('flows-guarded')
  const { browser, page } = await signIn(realm, { username: 'second', password })
  const body = { grant_type: 'authorization_code', client_id: 'app', redirect_uri: callback, code: String(answerTo(page)?.['code']) }
  const { refresh_token } = expectToken(await realm.token(body))
  const form = await browser.follow(await browser.get(entrance(realm, { prompt: 'login' })))
  const action = formsOf(form.text, realm.url).find(({ names }) => names.includes('password'))?.action ?? ''
  const again = new URL(action)
  again.pathname = again.pathname.replace('authenticate', 'restart')
  const fresh = await browser.follow(await browser.get(again.href))
  assert.match(fresh.text, /name="username"/)
  const refresh = await realm.token({ grant_type: 'refresh_token', client_id: 'app', refresh_token: String(refresh_token) })
  expectError(refresh, 400, 'invalid_grant', 'Session not active')
})

test('name and password on two pages, then a code for who has set it up', async () => {
  const realm = server.realm('flows-two-pages')
  for (const username of ['taras', 'otp']) {
    const browser = openBrowser(baseOf(realm))
    const name = await browser.follow(await browser.get(entrance(realm)))
    assert.doesNotMatch(name.text, /name="password"/)
    const second = await browser.follow(await browser.submit(name, 'username', { username }))
    assert.doesNotMatch(second.text, /id="kc-username-form"/)
    let page = await browser.follow(await browser.submit(second, 'password', { password }))
    if (username === 'otp') {
      assert.equal(answerTo(page), undefined)
      page = await browser.follow(await browser.submit(page, 'otp', { otp: code() }))
    }
    assert.ok(answerTo(page)?.['code'], visibleText(page.text))
  }
})

test('a flow that names what this server does not have lets nobody in', async () => {
  const realm = server.realm('flows-unknown')
  const { page } = await signIn(realm, { username: 'taras', password })
  assert.equal(answerTo(page), undefined)
  assert.equal(page.status, 400)
  const answer = await realm.token({ grant_type: 'password', client_id: 'app', username: 'taras', password })
  expectError(answer, 400, 'invalid_grant', 'Invalid user credentials')
})

test('a flow that asks nobody who he is lets nobody in', async () => {
  const realm = server.realm('flows-nobody')
  const browser = openBrowser(baseOf(realm))
  const page = await browser.follow(await browser.get(entrance(realm)))
  assert.equal(page.status, 400)
  assert.match(visibleText(page.text), /Invalid username or password\./)
})

test('a realm’s own flow for the password grant: without its code execution a password is enough', async () => {
  const body = { grant_type: 'password', client_id: 'app', username: 'otp', password }
  expectToken(await server.realm('flows-no-code').token(body))
  expectError(await server.realm('flows-levels').token(body), 400, 'invalid_grant', 'Invalid user credentials')
})

test('wrong passwords in the browser lock the user, who is told the same with the right one', async () => {
  const realm = server.realm('flows-guarded')
  const attempt = async (word: string): Promise<Answer> => (await signIn(realm, { username: 'taras', password: word })).page
  const wrong = visibleText((await attempt('wrong')).text)
  await attempt('wrong')
  const locked = await attempt(password)
  assert.equal(answerTo(locked), undefined)
  assert.equal(visibleText(locked.text), wrong)
  const other = await signIn(realm, { username: 'otp', password })
  assert.match(other.page.text, /id="kc-otp-login-form"/)
})
