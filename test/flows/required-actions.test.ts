import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeBase32 } from '../../src/crypto/base32.ts'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { formsOf, visibleText } from '../server/browser.ts'
import type { Answer } from '../server/call.ts'
import { answerTo, appClient, entrance, fieldValue, signIn } from '../server/login.ts'
import { serverOfFile } from '../server.ts'

const password = 'first-password'
const person = (username: string, ...requiredActions: string[]) => ({
  username,
  enabled: true,
  email: `${username}@example.test`,
  emailVerified: true,
  firstName: 'Ann',
  lastName: 'Lee',
  requiredActions,
  credentials: [{ type: 'password', value: password }],
})

const off = ['TERMS_AND_CONDITIONS', 'delete_account']
const server = await serverOfFile({
  realms: [
    {
      realm: 'acts-login',
      enabled: true,
      eventsEnabled: true,
      internationalizationEnabled: true,
      supportedLocales: ['en', 'uk'],
      defaultLocale: 'en',
      passwordPolicy: 'length(8) and passwordHistory(3)',
      clients: [appClient],
      requiredActions: [
        ...['UPDATE_PROFILE', 'CONFIGURE_TOTP', 'UPDATE_PASSWORD', 'VERIFY_PROFILE', 'delete_credential'].map((alias) => alias),
        ...['CONFIGURE_RECOVERY_AUTHN_CODES', 'update_user_locale', ...off],
      ].map((alias, index) => ({
        alias,
        name: alias,
        providerId: alias,
        enabled: true,
        defaultAction: false,
        priority: 10 + index,
        config: {},
      })),
      users: [
        person('pat', 'UPDATE_PASSWORD'),
        person('asker'),
        person('prof', 'UPDATE_PROFILE'),
        { ...person('partial'), lastName: '' },
        person('otto', 'CONFIGURE_TOTP'),
        person('reco', 'CONFIGURE_RECOVERY_AUTHN_CODES'),
        person('terry', 'TERMS_AND_CONDITIONS'),
        { ...person('gone'), clientRoles: { account: ['delete-account'] } },
        person('stays'),
        person('several', 'UPDATE_PASSWORD', 'UPDATE_PROFILE'),
        person('lang'),
        person('waiting'),
        person('crossed', 'UPDATE_PASSWORD'),
      ],
    },
  ],
})
const realm = server.realm('acts-login')
const text = (page: Answer): string => visibleText(page.text)
const now = (): number => (server.onReference ? Date.now() : server.clock.now())
const codeOf = (secret: string): string => hotp(Buffer.from(secret), totpCounter(now(), 30), { algorithm: 'HmacSHA1', digits: 6 })
const types = async (): Promise<unknown[]> => (await realm.events()).map(({ type }) => type)

test('UPDATE_PASSWORD: empty, different and too weak passwords are refused, a right one is set and lets in', async () => {
  const { browser, page } = await signIn(realm, { username: 'pat', password })
  assert.match(text(page), /You need to change your password to activate your account\./)
  const empty = await browser.submit(page, 'password-new', { 'password-new': '', 'password-confirm': '' })
  assert.match(text(empty), /Please specify password\./)
  const different = await browser.submit(empty, 'password-new', { 'password-new': 'other-password', 'password-confirm': 'x' })
  assert.match(text(different), /Passwords don't match\./)
  const weak = await browser.submit(different, 'password-new', { 'password-new': 'short', 'password-confirm': 'short' })
  assert.match(text(weak), /Invalid password: minimum length 8\./)
  const old = await browser.submit(weak, 'password-new', { 'password-new': password, 'password-confirm': password })
  assert.match(text(old), /Invalid password: must not be equal to any of last 3 passwords\./)
  const done = await browser.follow(
    await browser.submit(old, 'password-new', { 'password-new': 'second-password', 'password-confirm': 'second-password' }),
  )
  assert.ok(answerTo(done)?.['code'])
  assert.ok(answerTo((await signIn(realm, { username: 'pat', password: 'second-password' })).page)?.['code'])
  const told = await types()
  assert.deepEqual([...new Set(told)].sort(), [
    'LOGIN',
    'UPDATE_CREDENTIAL',
    'UPDATE_CREDENTIAL_ERROR',
    'UPDATE_PASSWORD',
    'UPDATE_PASSWORD_ERROR',
  ])
})

test('kc_action: an action that the application asks for can be cancelled, and can be done', async () => {
  const { browser, page } = await signIn(realm, { username: 'asker', password, params: { kc_action: 'UPDATE_PASSWORD' } })
  assert.doesNotMatch(text(page), /activate your account/)
  const cancelled = answerTo(await browser.submit(page, 'cancel-aia', { 'cancel-aia': 'true' }))
  assert.equal(cancelled?.['kc_action'], 'UPDATE_PASSWORD')
  assert.equal(cancelled?.['kc_action_status'], 'cancelled')
  assert.ok(cancelled?.['code'])
  const again = await browser.follow(await browser.get(entrance(realm, { kc_action: 'UPDATE_PASSWORD' })))
  const done = await browser.submit(again, 'password-new', { 'password-new': 'third-password', 'password-confirm': 'third-password' })
  assert.equal(answerTo(done)?.['kc_action_status'], 'success')
  const refused = await browser.get(entrance(realm, { kc_action: 'TERMS_AND_CONDITIONS' }))
  assert.equal(answerTo(await browser.follow(refused))?.['kc_action_status'], 'error')
})

test('an action that was not asked for by the application cannot be cancelled', async () => {
  const { browser, page } = await signIn(realm, { username: 'crossed', password })
  const again = await browser.follow(await browser.submit(page, 'password-new', { 'cancel-aia': 'true', 'password-new': '' }))
  assert.match(again.text, /name="password-new"/)
})

test('logout-sessions ends the other sessions of the user, and only those', async () => {
  const first = await realm.token({ grant_type: 'password', client_id: 'admin-cli', username: 'stays', password })
  assert.equal(first.status, 200, first.text)
  const { browser, page } = await signIn(realm, { username: 'stays', password, params: { kc_action: 'UPDATE_PASSWORD' } })
  const fields = { 'password-new': 'fourth-password', 'password-confirm': 'fourth-password', 'logout-sessions': 'on' }
  assert.equal(answerTo(await browser.submit(page, 'password-new', fields))?.['kc_action_status'], 'success')
  const refresh = { grant_type: 'refresh_token', client_id: 'admin-cli', refresh_token: String(first.json['refresh_token']) }
  assert.equal((await realm.token(refresh)).status, 400)
  assert.ok(answerTo(await browser.follow(await browser.get(entrance(realm))))?.['code'])
})

test('UPDATE_PROFILE: each field says what is wrong with it, and the profile is kept', async () => {
  const { browser, page } = await signIn(realm, { username: 'prof', password })
  assert.match(text(page), /Update Account Information/)
  assert.match(text(page), /You need to update your user profile to activate your account\./)
  assert.doesNotMatch(page.text, /name="username"/)
  const wrong = await browser.submit(page, 'firstName', { email: 'bad', firstName: '', lastName: 'L<x>' })
  assert.match(text(wrong), /Invalid email address\./)
  assert.match(text(wrong), /Please specify this field\./)
  assert.match(text(wrong), /Value contains invalid character\./)
  assert.equal(fieldValue(wrong, 'email'), 'bad')
  const taken = await browser.submit(wrong, 'firstName', { email: 'pat@example.test', firstName: 'A', lastName: 'B' })
  assert.match(text(taken), /Email already exists\./)
  const done = await browser.submit(taken, 'firstName', { email: 'NEW-prof@example.test', firstName: 'A', lastName: 'B' })
  assert.ok(answerTo(done)?.['code'])
  const again = await signIn(realm, { username: 'new-prof@example.test', password, params: { kc_action: 'UPDATE_PROFILE' } })
  assert.equal(fieldValue(again.page, 'email'), 'new-prof@example.test')
  assert.equal(fieldValue(again.page, 'lastName'), 'B')
})

test('VERIFY_PROFILE: a profile that does not fit the rules is asked for at the login, and says what is missing', async () => {
  await realm.events()
  const { browser, page } = await signIn(realm, { username: 'partial', password })
  assert.match(text(page), /Please specify this field\./)
  const done = await browser.submit(page, 'lastName', { email: 'partial@example.test', firstName: 'Ann', lastName: 'Zed' })
  assert.ok(answerTo(done)?.['code'])
  const events = await realm.events()
  assert.equal(events.find(({ type }) => type === 'VERIFY_PROFILE')?.['fields_to_update'], 'lastName')
  assert.equal(events.find(({ type }) => type === 'UPDATE_PROFILE')?.['updated_last_name'], 'Zed')
})

test('CONFIGURE_TOTP: the key is shown as a barcode and as text, a wrong code is refused, the device is asked for at the next login', async () => {
  const { browser, page } = await signIn(realm, { username: 'otto', password })
  const secret = fieldValue(page, 'totpSecret')
  assert.match(page.text, /id="kc-totp-secret-qr-code"[^>]*src="data:image\//)
  const link = /href="([^"]*mode=manual[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const manual = await browser.get(link)
  assert.equal(fieldValue(manual, 'totpSecret'), secret)
  const key = /id="kc-totp-secret-key">([^<]*)/.exec(manual.text)?.[1] ?? ''
  assert.equal(decodeBase32(key)?.toString(), secret)
  assert.match(text(manual), /Type: Time-based/)
  const empty = await browser.submit(manual, 'totp', { totp: '', userLabel: 'phone' })
  assert.match(text(empty), /Please specify authenticator code\./)
  const wrong = await browser.submit(empty, 'totp', { totp: '000000', userLabel: 'phone' })
  assert.match(text(wrong), /Invalid authenticator code\./)
  assert.equal(fieldValue(wrong, 'totpSecret'), secret)
  const done = await browser.submit(wrong, 'totp', { totp: codeOf(secret), userLabel: 'phone' })
  assert.ok(answerTo(done)?.['code'])
  const login = await signIn(realm, { username: 'otto', password })
  assert.match(login.page.text, /name="otp"/)
  const replayed = await login.browser.submit(login.page, 'otp', { otp: codeOf(secret) })
  assert.match(text(replayed), /Invalid authenticator code\./, 'the code of the set-up is used up')
})

test('CONFIGURE_TOTP: the form cannot bring a secret of its own', { skip: server.onReference }, async () => {
  const { browser, page } = await signIn(realm, { username: 'asker', password: 'third-password', params: { kc_action: 'CONFIGURE_TOTP' } })
  const mine = 'aaaaaaaaaaaaaaaaaaaa'
  const refused = await browser.submit(page, 'totp', { totp: codeOf(mine), totpSecret: mine, userLabel: 'x' })
  assert.match(text(refused), /Invalid authenticator code\./)
})

test('CONFIGURE_TOTP: a second device needs a name of its own', { skip: server.onReference }, async () => {
  const { browser, page } = await signIn(realm, { username: 'asker', password: 'third-password', params: { kc_action: 'CONFIGURE_TOTP' } })
  const first = await browser.submit(page, 'totp', { totp: codeOf(fieldValue(page, 'totpSecret')), userLabel: 'phone' })
  assert.equal(answerTo(first)?.['kc_action_status'], 'success')
  const again = await browser.follow(await browser.get(entrance(realm, { kc_action: 'CONFIGURE_TOTP' })))
  const secret = fieldValue(again, 'totpSecret')
  const nameless = await browser.submit(again, 'totp', { totp: codeOf(secret), userLabel: '' })
  assert.match(text(nameless), /Please specify device name\./)
  const same = await browser.submit(nameless, 'totp', { totp: codeOf(secret), userLabel: 'phone' })
  assert.match(text(same), /Device already exists with the same name/)
  const other = await browser.submit(same, 'totp', { totp: codeOf(secret), userLabel: 'tablet' })
  assert.equal(answerTo(other)?.['kc_action_status'], 'success')
})

test('CONFIGURE_RECOVERY_AUTHN_CODES: what is stored is what was shown, and nothing else', async () => {
  const { browser, page } = await signIn(realm, { username: 'reco', password })
  const codes = fieldValue(page, 'generatedRecoveryAuthnCodes').split(',')
  assert.equal(new Set(codes).size, 12)
  assert.ok(text(page).includes(codes[0]?.match(/.{4}/g)?.join('-') ?? '-'))
  const tampered = await browser.submit(page, 'generatedRecoveryAuthnCodes', { generatedRecoveryAuthnCodes: 'AAAABBBBCCCC' })
  assert.match(tampered.text, /id="kc-recovery-codes-list"/)
  assert.notEqual(fieldValue(tampered, 'generatedRecoveryAuthnCodes'), codes.join(','))
  await realm.events()
  const done = await browser.submit(tampered, 'generatedRecoveryAuthnCodes', {})
  assert.ok(answerTo(done)?.['code'])
  const told = (await realm.events()).find(({ type }) => type === 'UPDATE_CREDENTIAL')
  assert.equal(told?.['credential_type'], 'recovery-authn-codes')
})

test('TERMS_AND_CONDITIONS: who declines is sent back with access_denied and asked again, who accepts is not', async () => {
  const declined = await signIn(realm, { username: 'terry', password })
  assert.match(text(declined.page), /Terms and Conditions/)
  const answer = answerTo(await declined.browser.submit(declined.page, 'cancel', { cancel: '' }))
  assert.deepEqual([answer?.['error'], answer?.['error_description']], ['access_denied', 'termsAndConditionsDeclined'])
  const { browser, page } = await signIn(realm, { username: 'terry', password })
  assert.ok(answerTo(await browser.submit(page, 'accept', { accept: '' }))?.['code'])
  assert.ok(answerTo((await signIn(realm, { username: 'terry', password })).page)?.['code'])
})

test('delete_account: needs the role, and takes the user away', async () => {
  const forbidden = await signIn(realm, { username: 'pat', password: 'second-password', params: { kc_action: 'delete_account' } })
  assert.match(text(forbidden.page), /You do not have enough permissions to delete your own account, contact admin\./)
  const { browser, page } = await signIn(realm, { username: 'gone', password, params: { kc_action: 'delete_account' } })
  const cancelled = await browser.submit(page, 'cancel-aia', { 'cancel-aia': 'true' })
  if (!server.onReference) assert.equal(answerTo(cancelled)?.['kc_action_status'], 'cancelled')
  const again = await signIn(realm, { username: 'gone', password, params: { kc_action: 'delete_account' } })
  if (server.onReference) return
  const form = formsOf(again.page.text, server.url).find(({ names }) => names.includes('cancel-aia'))
  const done = await again.browser.post(form?.action ?? '', {})
  assert.match(text(done), /User deleted successfully/)
  assert.match(text((await signIn(realm, { username: 'gone', password })).page), /Invalid username or password\./)
})

test('delete_credential: a credential that the user does not have is an error, one that he has is removed', {
  skip: server.onReference,
}, async () => {
  const options = { username: 'asker', password: 'third-password' }
  const { browser, page: otpPage } = await signIn(realm, options)
  assert.match(otpPage.text, /name="otp"/)
  await browser.get(entrance(realm))
  const { database, realms } = server.services
  const snapshot = await realms.find('acts-login')
  const user = await server.services.users.findForLogin(snapshot ?? assert.fail(), 'asker')
  const { credentials } = await import('../../src/storage/credentials.ts')
  const devices = (await credentials(database).listOf(user?.id ?? '')).filter(({ type }) => type === 'otp')
  server.clock.advance(120)
  const otp = hotp(Buffer.from(JSON.parse(devices[0]?.secret_data ?? '{}').value), totpCounter(now(), 30), {
    algorithm: 'HmacSHA1',
    digits: 6,
  })
  const unknown = await signIn(realm, { ...options, params: { kc_action: 'delete_credential:nothing' } })
  const refused = await unknown.browser.follow(
    await unknown.browser.submit(unknown.page, 'otp', { otp, selectedCredentialId: devices[0]?.id ?? '' }),
  )
  assert.equal(answerTo(refused)?.['kc_action_status'], 'error')
  await realm.events()
  await unknown.browser.follow(await unknown.browser.get(entrance(realm, { kc_action: 'delete_credential' })))
  assert.ok((await realm.events()).some(({ error }) => error === 'missing_credential_id'))
  for (const device of devices) {
    const page = await unknown.browser.follow(await unknown.browser.get(entrance(realm, { kc_action: `delete_credential:${device.id}` })))
    assert.match(text(page), new RegExp(`Delete ${device.user_label}`))
    const { kc_action, kc_action_status } = answerTo(await unknown.browser.submit(page, 'accept', { accept: '' })) ?? {}
    assert.deepEqual([kc_action, kc_action_status], ['delete_credential', 'success'])
  }
  assert.ok(answerTo((await signIn(realm, options)).page)?.['code'])
})

test('several actions come in the order of the realm, and a form of one is not taken by the next', async () => {
  const { browser, page } = await signIn(realm, { username: 'several', password })
  assert.match(page.text, /name="firstName"/)
  const next = await browser.follow(
    await browser.submit(page, 'firstName', { email: 'several@example.test', firstName: 'Ann', lastName: 'Lee' }),
  )
  assert.match(next.text, /name="password-new"/)
  const replayed = await browser.follow(await browser.submit(page, 'firstName', { email: 'x@example.test', firstName: 'X', lastName: 'Y' }))
  assert.equal(answerTo(replayed), undefined)
  const last = await browser.follow(
    await browser.get(
      /href="([^"]*)" *[^>]*id="loginContinueLink"|id="loginContinueLink" href="([^"]*)"/
        .exec(replayed.text)
        ?.slice(1)
        .find(Boolean)
        ?.replaceAll('&amp;', '&') ?? assert.fail(text(replayed)),
    ),
  )
  const fields = { 'password-new': 'fifth-password', 'password-confirm': 'fifth-password' }
  assert.ok(answerTo(await browser.follow(await browser.submit(last, 'password-new', fields)))?.['code'])
})

test('a language chosen on a page of the login is kept with the user', { skip: server.onReference }, async () => {
  const { openBrowser } = await import('../server/browser.ts')
  const browser = openBrowser(server.url)
  const page = await browser.get(entrance(realm))
  const toUkrainian =
    /"([^"]*kc_locale=uk[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail('no link to another language')
  const ukrainian = await browser.follow(await browser.get(new URL(toUkrainian, server.url).href))
  assert.match(ukrainian.text, /<html[^>]* lang="uk"/)
  assert.ok(answerTo(await browser.follow(await browser.submit(ukrainian, 'password', { username: 'lang', password })))?.['code'])
  const fresh = await signIn(realm, { username: 'lang', password, params: { kc_action: 'UPDATE_PASSWORD' } })
  assert.match(fresh.page.text, /<html[^>]* lang="uk"/)
})

test('an action that an application asks for wants a fresh login: after five minutes the password comes first', {
  skip: server.onReference,
}, async () => {
  const realm = server.realm('acts-login')
  const { browser } = await signIn(realm, { username: 'waiting', password })
  const ask = async (): Promise<Answer> => browser.follow(await browser.get(entrance(realm, { kc_action: 'UPDATE_PASSWORD' })))
  server.clock.advance(300)
  assert.match((await ask()).text, /name="password-new"/)
  server.clock.advance(1)
  const login = await ask()
  assert.doesNotMatch(login.text, /name="password-new"/)
  const page = await browser.follow(await browser.submit(login, 'password', { password }))
  assert.match(page.text, /name="password-new"/)
})

test('taking an account away wants a login of that very moment', { skip: server.onReference }, async () => {
  const { browser } = await signIn(realm, { username: 'waiting', password })
  server.clock.advance(1)
  const page = await browser.follow(await browser.get(entrance(realm, { kc_action: 'delete_account' })))
  assert.match(text(page), /Please re-authenticate to continue/)
})
