import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, formsOf, openBrowser, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { answerTo, appClient, baseOf, callback, entrance } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'lost-logins',
      enabled: true,
      eventsEnabled: true,
      registrationAllowed: true,
      resetPasswordAllowed: true,
      clients: [appClient, { ...appClient, clientId: 'off', enabled: false }],
      users: [person('taras'), person('owing', { requiredActions: ['UPDATE_PROFILE'] })],
    },
    { realm: 'lost-closed', enabled: true, eventsEnabled: true, clients: [appClient], users: [person('taras')] },
  ],
})
const realm = server.realm('lost-logins')

async function form(browser: Browser = openBrowser(baseOf(realm))): Promise<{ browser: Browser; page: Answer; action: string }> {
  const page = await browser.follow(await browser.get(entrance(realm, { state: 'st' })))
  return { browser, page, action: formsOf(page.text, realm.url)[0]?.action ?? '' }
}

const changed = (url: string, changes: Readonly<Record<string, string | undefined>>, path = 'authenticate'): string => {
  const address = new URL(url)
  address.pathname = address.pathname.replace(/[^/]+$/, path)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) address.searchParams.delete(name)
    else address.searchParams.set(name, value)
  }
  return address.href
}

const told = async (): Promise<unknown[]> => (await realm.events()).map(({ type, error, clientId }) => [type, error, clientId])

test('a login whose session is gone begins again, says so, and is told to the log', async () => {
  const { browser, action } = await form()
  for (const [path, type] of [
    ['authenticate', 'LOGIN_ERROR'],
    ['required-action', 'CUSTOM_REQUIRED_ACTION_ERROR'],
  ] as const) {
    const lost = await browser.get(changed(action, { tab_id: 'gone' }, path))
    assert.match(lost.headers.location ?? '', /\/login-actions\/authenticate\?/)
    assert.match(visibleText((await browser.follow(lost)).text), /Your login attempt timed out\. Login will start from the beginning\./)
    assert.deepEqual(await told(), [[type, 'expired_code', 'app']])
  }
})

test('without cookies there is nothing to begin again, and a link to the application', async () => {
  const { action } = await form()
  const page = await openBrowser(baseOf(realm)).get(action)
  assert.equal(page.status, 400)
  assert.match(visibleText(page.text), /Restart login cookie not found\./)
  assert.match(page.text, /id="backToApplication" href="http:\/\/localhost:9999\/base"/)
  assert.deepEqual(await told(), [['LOGIN_ERROR', 'cookie_not_found', 'app']])
})

test('a client that is not there, or switched off, ends a login', async () => {
  const { browser, action } = await form()
  const unknown = await browser.get(changed(action, { client_id: 'nobody' }))
  assert.equal(unknown.status, 400)
  assert.match(visibleText(unknown.text), /An error occurred, please login again through your application\./)
  await told()
  const off = await browser.get(changed(action, { client_id: 'off' }))
  assert.equal(off.status, 400)
  assert.match(visibleText(off.text), /Login requester not enabled/)
  assert.deepEqual(await told(), [['LOGIN_ERROR', 'client_disabled', 'off']])
})

test('a form of a login that has ended sends the browser back to the application, if it is the client’s', async () => {
  const { browser, page, action } = await form()
  assert.ok(answerTo(await browser.submit(page, 'password', { username: 'taras', password }))?.['code'])
  await told()
  const { error, error_description, state } = answerTo(await browser.post(action, { username: 'taras', password })) ?? {}
  assert.deepEqual([error, error_description, state], ['temporarily_unavailable', 'authentication_expired', 'st'])
  assert.deepEqual(await told(), [['LOGIN_ERROR', 'already_logged_in', 'app']])

  const foreign = Buffer.from(JSON.stringify({ ru: 'https://evil.example/', rt: 'code' })).toString('base64url')
  const evil = await browser.get(changed(action, { client_data: foreign }))
  assert.equal(evil.status, 400)
  assert.equal(evil.headers.location, undefined)
  for (const data of [undefined, '', 'not base64 JSON', Buffer.from('[1]').toString('base64url')]) {
    const page = await browser.get(changed(action, { client_data: data }))
    assert.equal(page.status, 400)
    assert.match(visibleText(page.text), /You are already logged in\./)
  }
})

test('a form that was sent before is shown again; an address of another step has expired', async () => {
  const { browser, page, action } = await form()
  await browser.submit(page, 'password', { username: 'taras', password: 'wrong' })
  const again = await browser.post(action, { username: 'taras', password })
  assert.equal(again.status, 302)
  const shown = await browser.follow(again)
  assert.match(shown.text, /id="kc-form-login"/)
  assert.match(visibleText(shown.text), /Action expired\./)

  const old = await browser.get(changed(action, { session_code: undefined, execution: 'of-another-step' }))
  assert.match(old.text, /id="loginContinueLink"/)
  const registration = await browser.get(changed(action, { session_code: undefined, execution: undefined }, 'registration'))
  assert.match(registration.text, /id="kc-register-form"/)
  const back = await browser.get(changed(action, { session_code: undefined }))
  assert.match(back.text, /id="kc-form-login"/)
})

test('an address of another required action has expired', async () => {
  const { browser, page } = await form()
  const action = await browser.follow(await browser.submit(page, 'password', { username: 'owing', password }))
  const url = formsOf(action.text, realm.url)[0]?.action ?? ''
  const other = await browser.get(changed(url, { session_code: undefined, execution: 'UPDATE_PASSWORD' }, 'required-action'))
  assert.match(other.text, /id="loginRestartLink"/)
})

test('beginning again forgets the name that was tried, and is told', async () => {
  const { browser, page, action } = await form()
  const tried = await browser.submit(page, 'password', { username: 'taras', password: 'wrong' })
  assert.match(tried.text, /value="taras"/)
  await told()
  const fresh = await browser.follow(await browser.get(changed(action, {}, 'restart')))
  assert.doesNotMatch(fresh.text, /value="taras"/)
  assert.deepEqual(await told(), [['RESTART_AUTHENTICATION', undefined, 'app']])
})

test('a link to the recovery of a password needs no request of an application', async () => {
  for (const query of ['?client_id=app', '']) {
    const browser = openBrowser(baseOf(realm))
    const page = await browser.get(`${realm.url}/login-actions/reset-credentials${query}`)
    assert.match(page.text, /id="kc-reset-password-form"/)
    const sent = await browser.follow(await browser.submit(page, 'username', { username: 'nobody' }))
    assert.match(visibleText(sent.text), /You should receive an email shortly with further instructions\./)
  }
  const closed = server.realm('lost-closed')
  const refused = await openBrowser(baseOf(closed)).get(`${closed.url}/login-actions/reset-credentials?client_id=app`)
  assert.equal(refused.status, 400)
  assert.match(visibleText(refused.text), /Reset Credential not allowed/)
  assert.deepEqual(
    (await closed.events()).map(({ type, error }) => [type, error]),
    [['RESET_PASSWORD_ERROR', 'not_allowed']],
  )
})

test('a link to the recovery of a password may name where it ends, among the addresses of its client', async () => {
  const at = (uri: string): string =>
    `${realm.url}/login-actions/reset-credentials?${new URLSearchParams({ client_id: 'app', redirect_uri: uri })}`
  const page = await openBrowser(baseOf(realm)).get(at(callback))
  assert.match(page.text, /id="kc-reset-password-form"/)
  const foreign = await openBrowser(baseOf(realm)).get(at('https://evil.example/'))
  assert.equal(foreign.status, 400)
  assert.match(visibleText(foreign.text), /Invalid parameter: redirect_uri/)
})

test('what a realm does not allow is not shown within a login either', async () => {
  const closed = server.realm('lost-closed')
  const browser = openBrowser(baseOf(closed))
  const page = await browser.follow(await browser.get(entrance(closed)))
  const url = changed(formsOf(page.text, closed.url)[0]?.action ?? '', { session_code: undefined, execution: undefined }, 'registration')
  const refused = await browser.get(url)
  assert.equal(refused.status, 400)
  assert.match(refused.text, /id="backToApplication"/)
  assert.deepEqual(
    (await closed.events()).map(({ type, error }) => [type, error]),
    [['REGISTER_ERROR', 'registration_disabled']],
  )
})
