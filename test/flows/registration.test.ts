import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { answerTo, appClient, baseOf, entrance, fieldValue, signIn } from '../server/login.ts'
import type { TestRealm } from '../server/realm.ts'
import { serverOfFile } from '../server.ts'

const taken = {
  username: 'taken',
  enabled: true,
  email: 'taken@example.test',
  firstName: 'T',
  lastName: 'K',
  credentials: [{ type: 'password', value: 'first-password' }],
}
const termsFlow = [
  {
    alias: 'registration',
    providerId: 'basic-flow',
    topLevel: true,
    builtIn: true,
    authenticationExecutions: [
      {
        authenticator: 'registration-page-form',
        authenticatorFlow: true,
        requirement: 'REQUIRED',
        priority: 10,
        flowAlias: 'registration form',
      },
    ],
  },
  {
    alias: 'registration form',
    providerId: 'form-flow',
    topLevel: false,
    builtIn: true,
    authenticationExecutions: [
      { authenticator: 'registration-user-creation', requirement: 'REQUIRED', priority: 20 },
      { authenticator: 'registration-password-action', requirement: 'REQUIRED', priority: 50 },
      { authenticator: 'registration-terms-and-conditions', requirement: 'REQUIRED', priority: 70 },
    ],
  },
]
const server = await serverOfFile({
  realms: [
    {
      realm: 'acts-register',
      enabled: true,
      eventsEnabled: true,
      registrationAllowed: true,
      passwordPolicy: 'length(8) and notUsername',
      clients: [appClient],
      users: [taken],
    },
    {
      realm: 'acts-register-email',
      enabled: true,
      registrationAllowed: true,
      registrationEmailAsUsername: true,
      clients: [appClient],
      authenticationFlows: termsFlow,
      registrationFlow: 'registration',
    },
    { realm: 'acts-register-off', enabled: true, clients: [appClient] },
    { realm: 'acts-register-proving', enabled: true, registrationAllowed: true, verifyEmail: true, clients: [appClient] },
  ],
})
const realm = server.realm('acts-register')
const text = (page: Answer): string => visibleText(page.text)

async function open(at: TestRealm = realm) {
  const browser = openBrowser(baseOf(at))
  return { browser, page: await browser.follow(await browser.get(entrance(at, {}, 'registrations'))) }
}

const filled = {
  username: 'Fresh',
  password: 'first-password',
  'password-confirm': 'first-password',
  email: 'Fresh@example.test',
  firstName: 'Ann',
  lastName: 'Lee',
}

test('an empty form says of each field what is missing', async () => {
  const { browser, page } = await open()
  const empty = { username: '', password: '', 'password-confirm': '', email: '', firstName: '', lastName: '' }
  const refused = await browser.submit(page, 'password-confirm', empty)
  for (const words of [/Please specify username\./, /Please specify password\./, /Please specify email\./])
    assert.match(text(refused), words)
  assert.equal(text(refused).match(/Please specify this field\./g)?.length, 2)
})

test('what is wrong is told together: a taken name and address, a password that is too weak or typed differently', async () => {
  const { browser, page } = await open()
  await realm.events()
  const both = await browser.submit(page, 'password-confirm', {
    ...filled,
    username: 'taken',
    email: 'taken@example.test',
    'password-confirm': 'x',
  })
  assert.match(text(both), /Username already exists\./)
  assert.match(text(both), /Email already exists\./)
  assert.match(text(both), /Password confirmation doesn't match\./)
  assert.doesNotMatch(both.text, /first-password/)
  const weak = await browser.submit(both, 'password-confirm', { ...filled, password: 'short', 'password-confirm': 'short', email: 'bad' })
  assert.match(text(weak), /Invalid password: minimum length 8\./)
  assert.match(text(weak), /Invalid email address\./)
  const errors = (await realm.events()).filter(({ type }) => type === 'REGISTER_ERROR').map(({ error }) => error)
  assert.deepEqual(errors, server.onReference ? ['email_in_use', 'invalid_registration'] : ['username_in_use', 'invalid_registration'])
})

test('the hint of the application is the name, or the address where that is the name', async () => {
  for (const [name, field] of [
    ['acts-register', 'username'],
    ['acts-register-email', 'email'],
  ] as const) {
    const at = server.realm(name)
    const url = entrance(at, { login_hint: 'new@example.test' }, 'registrations')
    const browser = openBrowser(baseOf(at))
    const page = await browser.follow(await browser.get(url))
    assert.equal(fieldValue(page, field), 'new@example.test')
  }
})

test('a right form makes the user and logs him in; the name and address are in lower case', async () => {
  const { browser, page } = await open()
  await realm.events()
  const done = await browser.follow(await browser.submit(page, 'password-confirm', filled))
  assert.ok(answerTo(done)?.['code'], text(done))
  const events = await realm.events()
  const registered = events.find(({ type }) => type === 'REGISTER')
  assert.equal(registered?.['register_method'], 'form')
  assert.equal(registered?.['email'], 'Fresh@example.test')
  assert.ok(registered?.['userId'])
  assert.ok(events.some(({ type }) => type === 'LOGIN'))
  const token = await realm.token({
    grant_type: 'password',
    client_id: 'app',
    username: 'fresh',
    password: 'first-password',
    scope: 'openid',
  })
  const { json } = await realm.userinfo(String(token.json['access_token']))
  assert.equal(json['preferred_username'], 'fresh')
  assert.equal(json['email'], 'fresh@example.test')
  assert.equal(json['email_verified'], false)
})

test('two forms with one name at once make one user', { skip: server.onReference }, async () => {
  const forms = await Promise.all(Array.from({ length: 6 }, () => open()))
  const answers = await Promise.all(
    forms.map(({ browser, page }, index) =>
      browser.submit(page, 'password-confirm', { ...filled, username: 'racer', email: `racer${index}@example.test` }),
    ),
  )
  assert.equal(answers.filter((answer) => answerTo(answer)?.['code'] !== undefined).length, 1)
  assert.equal(answers.filter((answer) => /Username already exists\./.test(answer.text)).length, 5)
})

test('a new user in the browser of another one does not get that one’s session', async () => {
  const { browser } = await signIn(realm, { username: 'taken', password: 'first-password' })
  const page = await browser.follow(await browser.get(entrance(realm, {}, 'registrations')))
  const done = await browser.follow(
    await browser.submit(page, 'password-confirm', { ...filled, username: 'second', email: 'second@example.test' }),
  )
  assert.equal(answerTo(done), undefined)
  assert.match(text(done), /You are already authenticated as different user 'taken' in this session\./)
})

test('fields that the profile does not have, and roles, groups or attributes, cannot be slipped in', async () => {
  const { browser, page } = await open()
  const extra = { emailVerified: 'true', enabled: 'false', 'kc.email.pending': 'x@example.test', groups: '/admin', requiredActions: '' }
  await browser.submit(page, 'password-confirm', { ...filled, ...extra, username: 'plain', email: 'plain@example.test' })
  const token = await realm.token({
    grant_type: 'password',
    client_id: 'app',
    username: 'plain',
    password: 'first-password',
    scope: 'openid',
  })
  assert.equal(token.status, 200, token.text)
  assert.equal((await realm.userinfo(String(token.json['access_token']))).json['email_verified'], false)
})

test('with the e-mail as the name there is no field for a name, and terms have to be agreed to', async () => {
  const at = server.realm('acts-register-email')
  const { browser, page } = await open(at)
  assert.doesNotMatch(page.text, /name="username"/)
  const { username: _none, ...fields } = filled
  const refused = await browser.submit(page, 'password-confirm', fields)
  assert.match(text(refused), /You must agree to our terms and conditions\./)
  assert.ok(answerTo(await browser.submit(refused, 'password-confirm', { ...fields, termsAccepted: 'on' }))?.['code'])
  assert.ok(answerTo((await signIn(at, { username: 'fresh@example.test', password: 'first-password' })).page)?.['code'])
})

test('where e-mails are verified the form does not ask for a password', async () => {
  const { page } = await open(server.realm('acts-register-proving'))
  assert.match(page.text, /name="email"/)
  assert.doesNotMatch(page.text, /name="password"/)
})

test('a realm without registration says so', async () => {
  const { page } = await open(server.realm('acts-register-off'))
  assert.equal(page.status, 400)
  assert.match(text(page), /Registration not allowed/)
})
