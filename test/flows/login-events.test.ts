import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser } from '../server/browser.ts'
import { answerTo, appClient, baseOf, callback, entrance, signIn } from '../server/login.ts'
import { password, person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'login-events',
      enabled: true,
      eventsEnabled: true,
      rememberMe: true,
      clients: [appClient, { ...appClient, clientId: 'asking', consentRequired: true }],
      users: [
        person('taras'),
        person('off', { enabled: false }),
        person('owing', { requiredActions: ['UPDATE_PASSWORD'] }),
        person('bare', { credentials: [] }),
      ],
    },
    {
      realm: 'login-two-pages',
      enabled: true,
      browserFlow: 'two pages',
      authenticationFlows: [
        {
          alias: 'two pages',
          providerId: 'basic-flow',
          topLevel: true,
          builtIn: false,
          authenticationExecutions: ['auth-username-form', 'auth-password-form'].map((authenticator, priority) => ({
            authenticator,
            priority,
            requirement: 'REQUIRED',
          })),
        },
      ],
      clients: [appClient],
      users: [person('bare', { credentials: [] })],
    },
  ],
})
const realm = server.realm('login-events')

interface Told {
  readonly type: string
  readonly user: boolean
  readonly error: unknown
  readonly details: Readonly<Record<string, unknown>>
}

/** What was told since the last time, the oldest first, without what is different each time. */
async function told(): Promise<readonly Told[]> {
  const events = await realm.events()
  return events.map(({ type, userId, error, code_id, ...others }) => {
    assert.ok(code_id, String(type))
    const { clientId: _client, realmId: _id, realmName: _realm, ipAddress: _ip, sessionId: _session, ...details } = others
    return { type: String(type), user: userId !== undefined, error, details }
  })
}

const flow = { auth_method: 'openid-connect', auth_type: 'code', redirect_uri: callback }
const login = { ...flow, consent: 'no_consent_required', response_type: 'code', response_mode: 'query' }

test('LOGIN_ERROR names whom a wrong password was for, and the name as it was typed', async () => {
  const error = (user: boolean, error: string, username?: string): Told => ({
    type: 'LOGIN_ERROR',
    user,
    error,
    details: { ...flow, ...(username === undefined ? {} : { username }) },
  })
  const tried = [
    ['TARAS', 'wrong', error(true, 'invalid_user_credentials', 'TARAS')],
    ['off', password, error(true, 'user_disabled', 'off')],
    ['nobody', 'wrong', error(false, 'user_not_found', 'nobody')],
    ['', 'wrong', error(false, 'user_not_found')],
  ] as const
  for (const [username, word, expected] of tried) {
    await signIn(realm, { username, password: word })
    assert.deepEqual(await told(), [expected])
  }
})

test('blanks around a name are not part of it, and LOGIN tells the name as it was typed', async () => {
  const { page } = await signIn(realm, { username: ' Taras ', password })
  assert.ok(answerTo(page)?.['code'])
  assert.deepEqual(await told(), [{ type: 'LOGIN', user: true, error: undefined, details: { ...login, username: 'Taras' } }])
})

test('LOGIN tells that somebody is to be remembered, and in what way the application is answered', async () => {
  const browser = openBrowser(baseOf(realm))
  const form = await browser.follow(await browser.get(entrance(realm, { response_mode: 'fragment' })))
  await browser.submit(form, 'password', { username: 'taras', password, rememberMe: 'on' })
  const [event] = await told()
  assert.deepEqual(event?.details, { ...login, response_mode: 'fragment', remember_me: 'true', username: 'taras' })
})

test('a required action tells of the login that it belongs to, and the login of the action', async () => {
  const { browser, page } = await signIn(realm, { username: 'owing', password })
  const values = { 'password-new': 'another-password', 'password-confirm': 'another-password' }
  assert.ok(answerTo(await browser.follow(await browser.submit(page, 'password-new', values)))?.['code'])
  const { auth_type: _begun, consent, ...around } = login
  const action = {
    ...around,
    username: 'owing',
    remember_me: 'false',
    custom_required_action: 'UPDATE_PASSWORD',
    credential_type: 'password',
  }
  const events = (await told()).toSorted((a, b) => (a.type < b.type ? -1 : 1))
  assert.deepEqual(
    events.map(({ type, details }) => [type, details]),
    [
      ['LOGIN', { ...action, consent }],
      ['UPDATE_CREDENTIAL', action],
      ['UPDATE_PASSWORD', action],
    ],
  )
})

test('an action that the application asked for and the user declined is told', async () => {
  const { browser, page } = await signIn(realm, { username: 'taras', password, params: { kc_action: 'CONFIGURE_TOTP' } })
  const answer = answerTo(await browser.follow(await browser.submit(page, 'totp', { 'cancel-aia': 'true' })))
  assert.equal(answer?.['kc_action_status'], 'cancelled')
  const events = await told()
  const rejected = events.find(({ type }) => type === 'CUSTOM_REQUIRED_ACTION_ERROR')
  assert.deepEqual([rejected?.error, rejected?.details['custom_required_action']], ['rejected_by_user', 'CONFIGURE_TOTP'])
})

test('LOGIN tells whether the user consented now or before', async () => {
  const { browser, page } = await signIn(realm, { username: 'taras', password, params: { client_id: 'asking' } })
  assert.ok(answerTo(await browser.follow(await browser.submit(page, 'accept', { accept: 'Yes' })))?.['code'])
  assert.equal((await told()).at(-1)?.details['consent'], 'consent_granted')
  assert.ok(answerTo(await browser.follow(await browser.get(entrance(realm, { client_id: 'asking' }))))?.['code'])
  assert.equal((await told()).at(-1)?.details['consent'], 'persistent_consent')
})

test('an application that only asks whether somebody is logged in is no event when nobody is', async () => {
  const browser = openBrowser(baseOf(realm))
  const answer = answerTo(await browser.get(entrance(realm, { prompt: 'none' })))
  assert.equal(answer?.['error'], 'login_required')
  assert.deepEqual(await told(), [])
})

test('who has no password cannot make one by knowing the name alone', async () => {
  const pages = server.realm('login-two-pages')
  const browser = openBrowser(baseOf(pages))
  const name = await browser.follow(await browser.get(entrance(pages)))
  const page = await browser.follow(await browser.submit(name, 'username', { username: 'bare' }))
  assert.equal(page.status, 400)
  assert.match(page.text, /Cannot login, credential setup required\./)
})
