import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { appClient, callback, entrance, signIn } from '../server/login.ts'
import { serverOfFile } from '../server.ts'

const password = 'first-password'
const person = (username: string, more: object = {}) => ({
  username,
  enabled: true,
  email: `${username}@example.test`,
  emailVerified: true,
  firstName: 'Ann',
  lastName: 'Lee',
  credentials: [{ type: 'password', value: password }],
  ...more,
})

const server = await serverOfFile({
  realms: [
    {
      realm: 'login-cookies',
      enabled: true,
      eventsEnabled: true,
      registrationAllowed: true,
      resetPasswordAllowed: true,
      rememberMe: true,
      internationalizationEnabled: true,
      supportedLocales: ['en', 'uk'],
      defaultLocale: 'uk',
      accessCodeLifespanLogin: 120,
      accessCodeLifespanUserAction: 60,
      clients: [appClient],
      users: [person('ann'), person('tom', { requiredActions: ['UPDATE_PASSWORD'] }), person('eve', { attributes: { locale: ['en'] } })],
    },
  ],
})
const realm = server.realm('login-cookies')

const cookie = ({ headers }: Answer, name: string): string | undefined =>
  (headers['set-cookie'] ?? []).find((line) => line.startsWith(`${name}=`))
const own = (answer: Answer): string => String(answer.headers.location).replace(realm.url, '')
const errors = async (): Promise<readonly unknown[]> =>
  (await realm.events()).filter(({ error }) => error !== undefined).map(({ type, clientId, error }) => [type, clientId, error])

test('a request that may show no page leaves alone what the browser remembers of a login in a tab', async () => {
  const browser = openBrowser(server.url)
  const silent = await browser.get(entrance(realm, { prompt: 'none' }))
  assert.ok(cookie(silent, 'AUTH_SESSION_ID'))
  assert.equal(cookie(silent, 'KC_RESTART'), undefined)
  assert.match(cookie(await browser.get(entrance(realm)), 'KC_RESTART') ?? '', /^KC_RESTART=ey/)
})

test('the browser keeps the language of a user who has set one, and no other', async () => {
  const ann = await signIn(realm, { username: 'ann', password, params: { ui_locales: 'en' } })
  assert.equal(ann.browser.cookies.get('KEYCLOAK_LOCALE'), undefined)
  const eve = await signIn(realm, { username: 'eve', password })
  assert.equal(eve.browser.cookies.get('KEYCLOAK_LOCALE'), 'en')
})

test('a name is forgotten by a login that does not remember one, where one was remembered', { skip: server.onReference }, async () => {
  const browser = openBrowser(server.url)
  const done = await browser.submit(await browser.get(entrance(realm)), 'password', { username: 'ann', password })
  assert.equal(cookie(done, 'KEYCLOAK_REMEMBER_ME'), undefined)
  const other = openBrowser(server.url)
  const first = await other.submit(await other.get(entrance(realm)), 'password', { username: 'ann', password, rememberMe: 'on' })
  assert.match(cookie(first, 'KEYCLOAK_REMEMBER_ME') ?? '', /username:ann/)
  await other.submit(await other.get(`${realm.url}/protocol/openid-connect/logout`), 'confirmLogout', { confirmLogout: 'yes' })
  const second = await other.submit(await other.get(entrance(realm)), 'password', { username: 'ann', password })
  assert.match(cookie(second, 'KEYCLOAK_REMEMBER_ME') ?? '', /Max-Age=0/i)
})

test('a max_age below zero asks for the password again', async () => {
  const { browser } = await signIn(realm, { username: 'ann', password })
  const page = await browser.get(entrance(realm, { max_age: '-1' }))
  assert.equal(page.status, 200)
  assert.match(page.text, /id="kc-attempted-username" value="ann"/)
  const fresh = await browser.get(entrance(realm, { max_age: '+1000' }))
  assert.ok(String(fresh.headers.location).startsWith(callback))
})

test('a refused request is audited by what its entrance would have begun', async () => {
  await realm.events()
  for (const endpoint of ['auth', 'registrations', 'forgot-credentials'])
    await openBrowser(server.url).get(entrance(realm, { client_id: 'nobody' }, endpoint))
  assert.deepEqual(await errors(), [
    ['LOGIN_ERROR', 'nobody', 'client_not_found'],
    ['REGISTER_ERROR', 'nobody', 'client_not_found'],
    ['RESET_PASSWORD_ERROR', 'nobody', 'client_not_found'],
  ])
})

test('whoever takes longer for a page than the realm allows begins again', { skip: server.onReference }, async () => {
  const browser = openBrowser(server.url)
  const late = await browser.get(entrance(realm))
  server.clock.advance(120)
  await realm.events()
  const answer = await browser.submit(late, 'password', { username: 'ann', password })
  assert.match(own(answer), /^\/login-actions\/authenticate\?client_id=app&/)
  assert.deepEqual(await errors(), [['LOGIN_ERROR', 'app', 'expired_code']])
  const page = await browser.follow(answer)
  assert.match(visibleText(page.text), /Час на вхід вичерпано\. Вхід розпочнеться спочатку\./)
  const acts = await browser.follow(await browser.submit(page, 'password', { username: 'tom', password }))
  server.clock.advance(60)
  const tooLate = await browser.submit(acts, 'password-new', { 'password-new': 'x', 'password-confirm': 'x' })
  assert.match(own(tooLate), /^\/login-actions\/authenticate\?/)
  assert.deepEqual(await errors(), [['CUSTOM_REQUIRED_ACTION_ERROR', 'app', 'expired_code']])
})
