import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { mailActions, mailVerification } from '../../src/login/action-mails.ts'
import { formsOf, openBrowser, visibleText } from '../server/browser.ts'
import { type Answer, call } from '../server/call.ts'
import { jwtClaims, jwtHeader } from '../server/jwt.ts'
import { answerTo, appClient, baseOf, entrance, fieldValue, signIn } from '../server/login.ts'
import { serverOfFile } from '../server.ts'
import { openSmtpSink, type ReceivedMail } from '../smtp.ts'

const password = 'first-password'
const person = (username: string, more: object = {}) => ({
  username,
  enabled: true,
  email: `${username}@example.test`,
  emailVerified: false,
  firstName: 'Ann',
  lastName: 'Lee',
  credentials: [{ type: 'password', value: password }],
  ...more,
})

const sink = await openSmtpSink()
after(() => sink.close())
const smtpServer = { host: '127.0.0.1', port: String(sink.port), from: 'id@shop.example' }
const updateEmail = {
  alias: 'UPDATE_EMAIL',
  name: 'Update Email',
  providerId: 'UPDATE_EMAIL',
  enabled: true,
  defaultAction: false,
  priority: 70,
}
const actions = ['UPDATE_PROFILE', 'VERIFY_EMAIL', 'UPDATE_PASSWORD'].map((alias, index) => ({
  ...updateEmail,
  alias,
  name: alias,
  providerId: alias,
  priority: 10 + index,
}))
const server = await serverOfFile({
  realms: [
    {
      realm: 'acts-mails',
      displayName: 'The Shop',
      enabled: true,
      eventsEnabled: true,
      resetPasswordAllowed: true,
      smtpServer,
      clients: [appClient],
      requiredActions: [...actions, updateEmail],
      users: [
        person('same', { requiredActions: ['VERIFY_EMAIL'] }),
        person('other', { requiredActions: ['VERIFY_EMAIL'] }),
        person('asks'),
        person('lost'),
        person('twice'),
        person('moves', { requiredActions: ['UPDATE_EMAIL'], emailVerified: true }),
        person('switched', { enabled: false }),
        person('nomail', { email: '' }),
        person('late'),
        person('stale'),
        person('guest'),
        person('called'),
        person('unproved', { emailVerified: false }),
        person('checked'),
      ],
    },
    {
      realm: 'acts-silent',
      enabled: true,
      resetPasswordAllowed: true,
      clients: [appClient],
      users: [person('ann', { requiredActions: ['VERIFY_EMAIL'] })],
    },
    {
      realm: 'acts-proving',
      enabled: true,
      verifyEmail: true,
      smtpServer,
      clients: [appClient],
      requiredActions: [...actions, updateEmail],
      users: [person('ann'), person('moves', { requiredActions: ['UPDATE_EMAIL'], emailVerified: true })],
    },
  ],
})
const realm = server.realm('acts-mails')
const text = (page: Answer): string => visibleText(page.text)
const linkIn = (mail: ReceivedMail): string => /http:\/\/\S*action-token\S*/.exec(mail.text)?.[0] ?? assert.fail(`no link: ${mail.text}`)
const keyOf = (link: string) => {
  const key = new URL(link).searchParams.get('key')
  return { header: jwtHeader(key), claims: jwtClaims(key) }
}
const proceed = (page: Answer): string =>
  /href="([^"]*action-token[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail(`no link: ${text(page)}`)
const newBrowser = () => openBrowser(baseOf(realm))

/** Asks for a reset link by name, in a browser of its own. */
async function forget(username: string, at = realm) {
  const browser = newBrowser()
  const form = await browser.follow(await browser.get(entrance(at, {}, 'forgot-credentials')))
  const page = await browser.follow(await browser.submit(form, 'username', { username }))
  return { browser, page }
}

test('VERIFY_EMAIL: the link goes on with the login in the browser that asked for it, and says next time that it is done', async () => {
  const { browser, page } = await signIn(realm, { username: 'same', password })
  assert.match(text(page), /An email with instructions to verify your email address has been sent to your address same@example\.test\./)
  const mail = await sink.next()
  assert.deepEqual(mail.to, ['same@example.test'])
  assert.equal(mail.headers.get('subject'), 'Verify email')
  assert.match(mail.text, /The Shop/)
  assert.match(mail.text, /5 minutes/)
  const link = linkIn(mail)
  const { header, claims } = keyOf(link)
  assert.equal(header['alg'], 'HS512')
  assert.equal(claims['typ'], 'verify-email')
  assert.equal(claims['eml'], 'same@example.test')
  assert.equal(claims['azp'], 'app')
  assert.equal(Number(claims['exp']) - Number(claims['iat']), 300)
  assert.ok(answerTo(await browser.follow(await browser.get(link)))?.['code'])
  assert.match(text(await newBrowser().get(link)), /Your email address has been verified already\./)
  assert.ok(answerTo((await signIn(realm, { username: 'same', password })).page)?.['code'])
})

test('VERIFY_EMAIL: in another browser the user is asked first, and the link alone changes nothing', async () => {
  await signIn(realm, { username: 'other', password })
  const link = linkIn(await sink.next())
  const browser = newBrowser()
  const asked = await browser.get(link)
  assert.match(text(asked), /Confirm validity of e-mail address other@example\.test\./)
  const elsewhere = await newBrowser().get(proceed(asked))
  assert.doesNotMatch(text(elsewhere), /has been verified/, 'the second step belongs to the browser that was asked')
  const done = await browser.get(proceed(asked))
  assert.match(text(done), /Your email address has been verified\./)
  assert.ok(answerTo((await signIn(realm, { username: 'other', password })).page)?.['code'])
})

test('VERIFY_EMAIL: it is sent again only after a while', { skip: server.onReference }, async () => {
  const proving = server.realm('acts-proving')
  const { browser, page } = await signIn(proving, { username: 'ann', password })
  await sink.next()
  const again = /href="([^"]*session_code[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail()
  const early = await browser.get(again)
  assert.match(text(early), /You must wait 30 seconds before resending the verification email\./)
  server.clock.advance(31)
  const before = sink.received.length
  const link = /href="([^"]*session_code[^"]*)"/.exec(early.text)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail()
  await browser.get(link)
  assert.equal(sink.received.length, before + 1)
  await sink.next()
})

test('VERIFY_EMAIL: a server that takes no mail is told on the page', async () => {
  const { page } = await signIn(server.realm('acts-silent'), { username: 'ann', password })
  assert.equal(page.status, 500)
  assert.match(text(page), /Failed to send email, please try again later\./)
})

test('VERIFY_EMAIL by kc_action asks before it sends', async () => {
  const { browser, page } = await signIn(realm, { username: 'asks', password, params: { kc_action: 'VERIFY_EMAIL' } })
  assert.match(text(page), /we are about to send you email with instructions to the address asks@example\.test\./)
  const form = formsOf(page.text, server.url)[0]
  const sent = await browser.follow(await browser.post(form?.action ?? '', {}))
  assert.match(text(sent), /has been sent to your address asks@example\.test\./)
  const done = answerTo(await browser.follow(await browser.get(linkIn(await sink.next()))))
  assert.ok(done?.['code'])
})

test('the answer to a forgotten password is the same whoever is named, and only who can read the mail is written to', async () => {
  await realm.events()
  const before = sink.received.length
  const pages: string[] = []
  for (const username of ['guest', 'nobody', 'switched', 'nomail']) {
    const { page } = await forget(username)
    assert.equal(page.status, 200)
    assert.match(page.text, /name="password"/)
    pages.push(text(page).replaceAll(username, 'NAME'))
  }
  assert.equal(new Set(pages).size, 1)
  assert.match(pages[0] ?? '', /You should receive an email shortly with further instructions\./)
  await sink.next()
  assert.equal(sink.received.length, before + 1)
  const errors = (await realm.events()).flatMap(({ type, error }) => (type === 'RESET_PASSWORD_ERROR' ? [error] : []))
  assert.deepEqual(errors, ['user_not_found', 'user_disabled', 'invalid_email'])
  const browser = newBrowser()
  const form = await browser.follow(await browser.get(entrance(realm, {}, 'forgot-credentials')))
  assert.match(text(await browser.submit(form, 'username', { username: '' })), /Please specify username\./)
})

test('reset: in the browser that asked the user is logged in with the new password; the link works once', async () => {
  const { browser } = await forget('lost')
  const link = linkIn(await sink.next())
  assert.equal(keyOf(link).claims['typ'], 'reset-credentials')
  const page = await browser.follow(await browser.get(link))
  assert.match(text(page), /You need to change your password\./)
  const fields = { 'password-new': 'second-password', 'password-confirm': 'second-password' }
  assert.ok(answerTo(await browser.follow(await browser.submit(page, 'password-new', fields)))?.['code'])
  const used = await browser.follow(await browser.get(link))
  assert.equal(used.status, 400)
  assert.match(text(used), /Action expired\. Please continue with login now\./)
  assert.ok(answerTo((await signIn(realm, { username: 'lost', password: 'second-password' })).page)?.['code'])
})

test('reset: in another browser the password is set and nobody is logged in; of two browsers with one link one sets it', async () => {
  await forget('twice@example.test')
  const link = linkIn(await sink.next())
  const [first, second] = [newBrowser(), newBrowser()]
  const one = await first.follow(await first.get(link))
  const two = await second.follow(await second.get(link))
  const done = await first.follow(
    await first.submit(one, 'password-new', { 'password-new': 'second-password', 'password-confirm': 'second-password' }),
  )
  assert.match(text(done), /Your account has been updated\./)
  assert.equal(first.cookies.get('KEYCLOAK_IDENTITY'), undefined)
  const late = await second.follow(
    await second.submit(two, 'password-new', { 'password-new': 'third-password', 'password-confirm': 'third-password' }),
  )
  assert.match(text(late), /Action expired\. Please continue with login now\./)
  // The reference sets the password of the second browser all the same.
  if (server.onReference) return
  assert.ok(answerTo((await signIn(realm, { username: 'twice', password: 'second-password' })).page)?.['code'])
})

test('reset: a link is void for a user who was switched off, and where somebody else is logged in', {
  skip: server.onReference,
}, async () => {
  await forget('guest')
  const link = linkIn(await sink.next())
  const { browser } = await signIn(realm, { username: 'same', password })
  const other = await browser.follow(await browser.get(link))
  assert.equal(other.status, 400)
  assert.match(text(other), /You are already authenticated as different user 'same' in this session\. Please sign out first\./)
  await realm.changeUser('guest', { enabled: false })
  assert.match(text(await newBrowser().get(link)), /Account is disabled, contact your administrator\./)
  await realm.changeUser('guest', { enabled: true, notBefore: Math.floor(server.clock.now() / 1_000) + 60 })
  assert.match(text(await newBrowser().get(link)), /Action expired\. Please continue with login now\./)
})

test('reset: a link is void where passwords may not be recovered any more', { skip: server.onReference }, async () => {
  await forget('stale')
  const link = linkIn(await sink.next())
  await realm.change({ resetPasswordAllowed: false })
  const page = await newBrowser().get(link)
  await realm.change({ resetPasswordAllowed: true })
  assert.equal(page.status, 400)
  assert.match(text(page), /Reset Credential not allowed/)
})

test('reset: a link dies with a password that was changed otherwise meanwhile', { skip: server.onReference }, async () => {
  await forget('stale')
  const link = linkIn(await sink.next())
  const { browser, page } = await signIn(realm, { username: 'stale', password, params: { kc_action: 'UPDATE_PASSWORD' } })
  await browser.submit(page, 'password-new', { 'password-new': 'second-password', 'password-confirm': 'second-password' })
  assert.match(text(await newBrowser().get(link)), /Action expired\. Please continue with login now\./)
})

test('a link that is late begins the login again in its browser, and says so elsewhere', { skip: server.onReference }, async () => {
  const { browser } = await forget('late')
  const link = linkIn(await sink.next())
  server.clock.advance(301)
  const again = await browser.follow(await browser.get(link))
  assert.match(text(again), /Action expired\. Please start again\./)
  assert.match(again.text, /name="password"/)
  const elsewhere = await newBrowser().get(link)
  assert.equal(elsewhere.status, 400)
  assert.match(text(elsewhere), /Action expired\./)
})

test('what is no token of the realm opens nothing', async () => {
  const base = `${realm.url}/login-actions/action-token`
  const missing = await newBrowser().get(base)
  assert.equal(missing.status, 400)
  assert.match(text(missing), /Invalid Request/)
  await forget('lost')
  const link = new URL(linkIn(await sink.next()))
  const [head, payload, signature] = (link.searchParams.get('key') ?? '').split('.') as [string, string, string]
  const foreign = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const forged = Buffer.from(JSON.stringify({ ...foreign, sub: 'x' })).toString('base64url')
  const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  for (const key of ['abc', `${head}.${forged}.${signature}`, `${head}.${payload}.${changed}`]) {
    const page = await newBrowser().get(`${base}?key=${key}`)
    assert.equal(page.status, 400)
    // The reference tells of some what they would have been for.
    if (!server.onReference) assert.match(text(page), /An error occurred, please login again through your application\./)
  }
  const token = await realm.token({ grant_type: 'password', client_id: 'admin-cli', username: 'same', password })
  const page = await newBrowser().get(`${base}?key=${String(token.json['access_token'])}`)
  assert.equal(page.status, 400)
})

test('UPDATE_EMAIL: the new address becomes the user’s when its link is opened, not before', async () => {
  const proving = server.realm('acts-proving')
  const { browser, page } = await signIn(proving, { username: 'moves', password })
  assert.equal(fieldValue(page, 'email'), 'moves@example.test')
  const bad = await browser.submit(page, 'email', { email: 'bad' })
  assert.match(text(bad), /Invalid email address\./)
  const taken = await browser.submit(bad, 'email', { email: 'ann@example.test' })
  assert.match(text(taken), /Email already exists\./)
  const sent = await browser.submit(taken, 'email', { email: 'new@example.test' })
  assert.match(text(sent), /A confirmation email has been sent to new@example\.test\./)
  const mail = await sink.next()
  assert.deepEqual(mail.to, ['new@example.test'])
  const link = linkIn(mail)
  assert.equal(keyOf(link).claims['newEmail'], 'new@example.test')
  const before = await signIn(proving, { username: 'new@example.test', password })
  assert.match(text(before.page), /Invalid username or password\./)
  assert.match(text(await newBrowser().get(link)), /The account email has been successfully updated to new@example\.test\./)
  assert.match(text(await newBrowser().get(link)), /The link you clicked is an old stale link/)
  assert.ok(answerTo((await signIn(proving, { username: 'new@example.test', password })).page)?.['code'])
})

test('UPDATE_EMAIL: where e-mails are not verified the address changes at once', async () => {
  const { browser, page } = await signIn(realm, { username: 'moves', password })
  assert.match(text(page), /You need to update your email address to activate your account\./)
  assert.ok(answerTo(await browser.submit(page, 'email', { email: 'Moved@example.test' }))?.['code'])
  assert.ok(answerTo((await signIn(realm, { username: 'moved@example.test', password })).page)?.['code'])
})

/** Sends an administrator's link. */
async function adminLink(username: string, actions: readonly string[], redirectUri?: string): Promise<string> {
  const { services } = server
  const snapshot = (await services.realms.find(realm.name)) ?? assert.fail()
  const user = (await services.users.findForLogin(snapshot, username)) ?? assert.fail()
  const client = (await snapshot.client('app')) ?? assert.fail()
  const mail = { realm: snapshot, user, client, baseUrl: server.url, ...(redirectUri === undefined ? {} : { redirectUri }) }
  const result = actions.length === 0 ? await mailVerification(services, mail) : await mailActions(services, mail, actions)
  assert.deepEqual(result, { kind: 'sent' })
  return linkIn(await sink.next())
}

test('execute-actions: what is asked for is listed first, then done action by action, and the link works once', {
  skip: server.onReference,
}, async () => {
  const link = await adminLink('called', ['UPDATE_PASSWORD', 'VERIFY_EMAIL', 'UPDATE_PROFILE'], 'http://localhost:9999/after')
  assert.equal(keyOf(link).claims['typ'], 'execute-actions')
  assert.deepEqual(keyOf(link).claims['rqac'], ['UPDATE_PASSWORD', 'VERIFY_EMAIL', 'UPDATE_PROFILE'])
  assert.equal(Number(keyOf(link).claims['exp']) - Number(keyOf(link).claims['iat']), 43_200)
  const browser = newBrowser()
  const asked = await browser.get(link)
  assert.match(text(asked), /Perform the following action\(s\).*Update Password.*Verify Email.*Update Profile/)
  const profile = await browser.follow(await browser.get(proceed(asked)))
  const filled = await browser.submit(profile, 'firstName', { email: 'called@example.test', firstName: 'Zed', lastName: 'Lee' })
  const next = await browser.follow(filled)
  const fields = { 'password-new': 'second-password', 'password-confirm': 'second-password' }
  const done = await browser.follow(await browser.submit(next, 'password-new', fields))
  assert.match(text(done), /Your account has been updated\./)
  assert.ok(done.text.includes('href="http://localhost:9999/after"'))
  assert.equal(browser.cookies.get('KEYCLOAK_IDENTITY'), undefined)
  const used = await newBrowser().get(link)
  assert.match(text(used), /Action expired\. Please continue with login now\./)
  assert.ok(answerTo((await signIn(realm, { username: 'called', password: 'second-password' })).page)?.['code'])
})

test('execute-actions: who opens the link has proved the address, whatever is asked for', { skip: server.onReference }, async () => {
  const link = await adminLink('unproved', ['UPDATE_PROFILE'])
  const browser = newBrowser()
  await browser.follow(await browser.get(proceed(await browser.get(link))))
  const snapshot = (await server.services.realms.find('acts-mails')) ?? assert.fail()
  assert.equal((await server.services.users.findForLogin(snapshot, 'unproved'))?.email_verified, 1)
})

test('send-verify-email: an administrator’s link is confirmed in the browser that opens it', { skip: server.onReference }, async () => {
  const link = await adminLink('checked', [])
  const browser = newBrowser()
  const done = await browser.get(proceed(await browser.get(link)))
  assert.match(text(done), /Your email address has been verified\./)
})

test('asking whether a link is there opens nothing', { skip: server.onReference }, async () => {
  const link = await adminLink('checked', ['UPDATE_PASSWORD'])
  assert.equal((await call('HEAD', link)).status, 200)
  assert.equal((await newBrowser().get(link)).status, 200)
})
