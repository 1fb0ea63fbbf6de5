import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { hotp, totpCounter } from '../../src/crypto/totp.ts'
import { password, person } from '../server/samples.ts'
import { application, arrived, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const newPassword = 'another-password-2'

const action = (alias: string, priority: number) => ({ alias, name: alias, providerId: alias, enabled: true, priority, config: {} })
const codeApp = {
  id: '3f0f3f0e-93c0-4f2b-8d0b-0c6c3c1c9a11',
  type: 'otp',
  userLabel: 'old phone',
  secretData: JSON.stringify({ value: 'a secret of an app' }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }),
}

const site = await siteOfFile((origin) => [
  {
    realm: 'actions',
    enabled: true,
    internationalizationEnabled: true,
    supportedLocales: ['en', 'uk'],
    defaultLocale: 'en',
    clients: [application(origin, 'shop')],
    requiredActions: [
      action('TERMS_AND_CONDITIONS', 20),
      action('UPDATE_PASSWORD', 30),
      action('UPDATE_PROFILE', 40),
      action('VERIFY_PROFILE', 90),
      action('delete_credential', 100),
      action('delete_account', 60),
      action('update_user_locale', 1000),
    ],
    users: [
      person('new-password', { requiredActions: ['UPDATE_PASSWORD'] }),
      person('asked-password'),
      person('profile', { requiredActions: ['UPDATE_PROFILE'] }),
      { username: 'incomplete', enabled: true, credentials: [{ type: 'password', value: password }] },
      person('terms', { requiredActions: ['TERMS_AND_CONDITIONS'] }),
      person('leaver', { clientRoles: { account: ['delete-account'] } }),
      person('no-leaver'),
      person('polyglot'),
      person('coder', { credentials: [{ type: 'password', value: password }, codeApp] }),
      person('many', { requiredActions: ['UPDATE_PASSWORD', 'TERMS_AND_CONDITIONS', 'UPDATE_PROFILE'] }),
    ],
  },
])
const visit = await visitsOfFile()
const realm = site.realm('actions')

async function begin(page: Page, username: string, parameters: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.goto(realm.authUrl('shop', parameters))
  await enterPassword(page, username)
}

async function setPassword(page: Page, first: string, second: string): Promise<void> {
  await page.fill('#password-new', first)
  await page.fill('#password-confirm', second)
  await page.click('#kc-submit')
}

const actionStatus = (page: Page): string | null => new URL(page.url()).searchParams.get('kc_action_status')

async function claimsOf(page: Page): Promise<Record<string, unknown>> {
  const { access_token } = await realm.tokens(page, 'shop')
  const response = await fetch(`${realm.oidc}/userinfo`, { headers: { authorization: `Bearer ${String(access_token)}` } })
  return (await response.json()) as Record<string, unknown>
}

test('UPDATE_PASSWORD: both inputs must be the same, and from then on only the new password logs in', () =>
  visit(async ({ page, another }) => {
    await begin(page, 'new-password')
    await setPassword(page, newPassword, 'something else')
    await page.getByText("Passwords don't match").waitFor()
    await setPassword(page, newPassword, newPassword)
    await arrived(page, 'shop')
    const { page: elsewhere } = await another()
    await begin(elsewhere, 'new-password')
    await elsewhere.waitForSelector('#input-error-username')
    await enterPassword(elsewhere, 'new-password', newPassword)
    await arrived(elsewhere, 'shop')
  }))

test('UPDATE_PASSWORD asked for by the application can be cancelled, or done; other sessions end when the person wishes so', () =>
  visit(async ({ page, another }) => {
    const { page: elsewhere } = await another()
    await begin(elsewhere, 'asked-password')
    await arrived(elsewhere, 'shop')
    const other = await realm.tokens(elsewhere, 'shop')

    await begin(page, 'asked-password', { kc_action: 'UPDATE_PASSWORD' })
    await page.click('#kc-cancel')
    await arrived(page, 'shop')
    assert.equal(actionStatus(page), 'cancelled')
    const refreshed = await realm.refresh('shop', other['refresh_token'])
    assert.equal(refreshed.status, 200)

    await page.goto(realm.authUrl('shop', { kc_action: 'UPDATE_PASSWORD' }))
    await page.check('#logout-sessions')
    await setPassword(page, newPassword, newPassword)
    await arrived(page, 'shop')
    assert.equal(actionStatus(page), 'success')
    assert.equal((await realm.refresh('shop', refreshed.json['refresh_token'])).status, 400)
    assert.equal((await realm.refresh('shop', (await realm.tokens(page, 'shop'))['refresh_token'])).status, 200)
  }))

test('UPDATE_PROFILE: what is wrong is told at its field, what is right is in the tokens', () =>
  visit(async ({ page }) => {
    await begin(page, 'profile')
    assert.equal(await page.inputValue('#firstName'), 'Тарас')
    await page.fill('#email', 'no address')
    await page.click('#kc-submit')
    assert.equal(await page.innerText('#input-error-email'), 'Invalid email address.')
    await page.fill('#email', 'profile@new.example')
    await page.fill('#firstName', 'Іван')
    await page.click('#kc-submit')
    await arrived(page, 'shop')
    const claims = await claimsOf(page)
    assert.deepEqual([claims['given_name'], claims['email']], ['Іван', 'profile@new.example'])
  }))

test('VERIFY_PROFILE: who lacks a name or an address is asked for it at the login', () =>
  visit(async ({ page }) => {
    await begin(page, 'incomplete')
    await page.waitForSelector('#kc-update-profile-form')
    for (const [name, value] of Object.entries({ email: 'whole@example.com', firstName: 'Ліна', lastName: 'Костенко' }))
      await page.fill(`#${name}`, value)
    await page.click('#kc-submit')
    await arrived(page, 'shop')
    assert.equal((await claimsOf(page))['name'], 'Ліна Костенко')
  }))

test('TERMS_AND_CONDITIONS: who declines is not logged in, who accepts is not asked again', () =>
  visit(async ({ page, context }) => {
    await begin(page, 'terms')
    await page.click('#kc-decline')
    await arrived(page, 'shop')
    assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied')
    await context.clearCookies()
    await begin(page, 'terms')
    await page.click('#kc-accept')
    await arrived(page, 'shop')
    await context.clearCookies()
    await begin(page, 'terms')
    await arrived(page, 'shop')
  }))

test('several actions come one after the other, and the login ends after the last', () =>
  visit(async ({ page }) => {
    await begin(page, 'many')
    await page.click('#kc-accept')
    await setPassword(page, newPassword, newPassword)
    await page.waitForSelector('#kc-update-profile-form')
    await page.click('#kc-submit')
    await arrived(page, 'shop')
    assert.ok((await realm.tokens(page, 'shop'))['access_token'])
  }))

test('delete_account: after the last question the person is gone, sessions and all', () =>
  visit(async ({ page, context }) => {
    await begin(page, 'leaver', { kc_action: 'delete_account' })
    await page.click('#kc-submit')
    assert.match(await page.innerText('#kc-info-message'), /User deleted successfully/)
    await context.clearCookies()
    await begin(page, 'leaver')
    await page.waitForSelector('#input-error-username')
  }))

test('delete_account is refused to who has not the role for it', () =>
  visit(async ({ page }) => {
    await begin(page, 'no-leaver', { kc_action: 'delete_account' })
    assert.match(await page.innerText('#kc-error-message'), /do not have enough permissions/i)
  }))

test('delete_credential: the named one is shown by its name, and is asked for no more when the person agrees', () =>
  visit(async ({ page, another }) => {
    await begin(page, 'coder', { kc_action: `delete_credential:${codeApp.id}` })
    const counter = totpCounter(site.server.clock.now(), 30)
    await page.fill('#otp', hotp(Buffer.from('a secret of an app'), counter, { algorithm: 'HmacSHA1', digits: 6 }))
    await page.click('#kc-login')
    await page.waitForSelector('#kc-delete-text')
    assert.equal(await page.innerText('#kc-page-title'), 'Delete old phone')
    await page.click('#kc-accept')
    await arrived(page, 'shop')
    assert.equal(actionStatus(page), 'success')
    const { page: elsewhere } = await another()
    await begin(elsewhere, 'coder')
    await arrived(elsewhere, 'shop')
  }))

test('update_user_locale: the language chosen at a login is the person’s on every computer', () =>
  visit(async ({ page, another }) => {
    await page.goto(realm.authUrl('shop'))
    await page.click('#kc-current-locale-link')
    await page.click('#kc-locale a[lang=uk]')
    await page.waitForSelector('html[lang=uk]')
    await enterPassword(page, 'polyglot')
    await arrived(page, 'shop')
    const { page: elsewhere } = await another({ locale: 'en-US' })
    await elsewhere.goto(realm.authUrl('shop', { kc_action: 'UPDATE_PASSWORD' }))
    assert.equal(await elsewhere.getAttribute('html', 'lang'), 'en')
    await enterPassword(elsewhere, 'polyglot')
    await elsewhere.waitForSelector('#kc-passwd-update-form')
    assert.equal(await elsewhere.getAttribute('html', 'lang'), 'uk')
  }))
