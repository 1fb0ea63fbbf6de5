import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext } from 'playwright-core'
import { person } from '../server/samples.ts'
import { application, arrived, callback, enterPassword, errorOf, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const site = await siteOfFile((origin) => {
  const clients = [
    application(origin, 'shop'),
    application(origin, 'forum'),
    application(origin, 'careful', { name: 'Careful shop', consentRequired: true }),
  ]
  const users = [person('taras', { attributes: { locale: ['en'] } }), person('lesya')]
  const settings = { enabled: true, clients, users, internationalizationEnabled: true, supportedLocales: ['en', 'uk'], defaultLocale: 'en' }
  return [
    { realm: 'browser', ...settings },
    { realm: 'remembering', ...settings, rememberMe: true },
  ]
})
const visit = await visitsOfFile()
const realm = site.realm('browser')
const remembering = site.realm('remembering')
const { origin } = site.applications

/** What is left of a browser that was closed and opened again: the cookies that have an end. */
const reopened = async (context: BrowserContext) => {
  const { cookies } = await context.storageState()
  return { storageState: { cookies: cookies.filter(({ expires }) => expires > 0), origins: [] } }
}

test('a person types a name and a password and is back at the application with a code for tokens', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    assert.equal(await page.title(), 'Sign in to browser')
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    assert.equal(new URL(page.url()).searchParams.get('state'), 's')
    const tokens = await realm.tokens(page, 'shop')
    assert.equal((await realm.refresh('shop', tokens['refresh_token'])).status, 200)
  }))

test('a wrong password is told on the page, the name stays, and the right one still logs in', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras', 'wrong')
    await page.waitForSelector('#input-error-username')
    assert.equal(await page.innerText('#input-error-username'), 'Invalid username or password.')
    assert.equal(await page.inputValue('#username'), 'taras')
    assert.equal(await page.inputValue('#password'), '')
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
  }))

test('somebody who reloads and goes back and forth on the login page can still log in', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras', 'wrong')
    await page.waitForSelector('#input-error-username')
    assert.equal(new URL(page.url()).searchParams.has('session_code'), false)
    await page.reload()
    await page.waitForSelector('#kc-form-login')
    await page.goBack()
    await page.goForward()
    await page.waitForSelector('#kc-form-login')
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
  }))

test('the login works without JavaScript', () =>
  visit(
    async ({ page }) => {
      await page.goto(realm.authUrl('shop'))
      await enterPassword(page, 'taras')
      await arrived(page, 'shop')
    },
    { javaScriptEnabled: false },
  ))

test('the eye beside the password shows and hides it', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    const eye = page.locator('[data-password-toggle]')
    await eye.click()
    assert.equal(await page.getAttribute('#password', 'type'), 'text')
    await eye.click()
    assert.equal(await page.getAttribute('#password', 'type'), 'password')
  }))

test('a language chosen on the page is used on it and on the next ones', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await page.click('#kc-current-locale-link')
    await page.click('#kc-locale a[lang=uk]')
    await page.waitForSelector('html[lang=uk]')
    await enterPassword(page, 'taras', 'wrong')
    await page.waitForSelector('#input-error-username')
    assert.equal(await page.getAttribute('html', 'lang'), 'uk')
  }))

test('the browser’s own language is used where the realm speaks it', () =>
  visit(
    async ({ page }) => {
      await page.goto(realm.authUrl('shop'))
      assert.equal(await page.getAttribute('html', 'lang'), 'uk')
    },
    { locale: 'uk-UA' },
  ))

test('who is logged in at one application is logged in at the next without a page, in the same session', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    const first = await realm.tokens(page, 'shop')
    await page.goto(realm.authUrl('forum'))
    await arrived(page, 'forum')
    const second = await realm.tokens(page, 'forum')
    assert.equal(second['session_state'], first['session_state'])
  }))

test('another computer is not logged in', () =>
  visit(async ({ page, another }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    const { page: elsewhere } = await another()
    await elsewhere.goto(realm.authUrl('forum', { prompt: 'none' }))
    assert.equal(errorOf(elsewhere), 'login_required')
  }))

test('prompt=login asks who is logged in for the password again and keeps the session', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    const first = await realm.tokens(page, 'shop')
    await page.goto(realm.authUrl('shop', { prompt: 'login' }))
    assert.equal(await page.inputValue('#kc-attempted-username'), 'taras')
    await page.fill('#password', 'sample-password-1')
    await page.click('#kc-login')
    await arrived(page, 'shop')
    assert.equal((await realm.tokens(page, 'shop'))['session_state'], first['session_state'])
  }))

test('an application that needs consent asks until the person agrees, and not again after that', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('careful'))
    await enterPassword(page, 'lesya')
    await page.waitForSelector('#kc-oauth')
    assert.equal(await page.innerText('#kc-page-title'), 'Grant Access to Careful shop')
    assert.match(await page.innerText('#kc-oauth'), /User profile/)
    await page.click('#kc-cancel')
    await arrived(page, 'careful')
    assert.equal(errorOf(page), 'access_denied')
    await page.goto(realm.authUrl('careful'))
    await enterPassword(page, 'lesya')
    await page.waitForSelector('#kc-oauth')
    await page.click('#kc-oauth-grant-form #kc-login')
    await arrived(page, 'careful')
    await realm.tokens(page, 'careful')
    await page.goto(realm.authUrl('careful'))
    await arrived(page, 'careful')
    assert.ok(new URL(page.url()).searchParams.has('code'))
    await page.goto(realm.authUrl('careful', { prompt: 'consent' }))
    await page.waitForSelector('#kc-oauth')
  }))

test('“Remember me” survives the end of the browser', () =>
  visit(async ({ page, context, another }) => {
    await page.goto(remembering.authUrl('shop'))
    await page.check('#rememberMe')
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    const { page: later } = await another(await reopened(context))
    await later.goto(remembering.authUrl('forum'))
    await arrived(later, 'forum')
    assert.ok(new URL(later.url()).searchParams.has('code'))
  }))

test('without “Remember me” the end of the browser is the end of the login', () =>
  visit(async ({ page, context, another }) => {
    await page.goto(remembering.authUrl('shop'))
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    const { page: later } = await another(await reopened(context))
    await later.goto(remembering.authUrl('forum', { prompt: 'none' }))
    assert.equal(errorOf(later), 'login_required')
  }))

test('who was remembered and left finds the own name in the login page', () =>
  visit(async ({ page }) => {
    await page.goto(remembering.authUrl('shop'))
    await page.check('#rememberMe')
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    const { id_token } = await remembering.tokens(page, 'shop')
    const query = { id_token_hint: String(id_token), post_logout_redirect_uri: callback(origin, 'shop') }
    await page.goto(`${remembering.oidc}/logout?${new URLSearchParams(query)}`)
    await page.goto(remembering.authUrl('shop'))
    assert.equal(await page.inputValue('#username'), 'taras')
    assert.equal(await page.isChecked('#rememberMe'), true)
  }))

test('a page of an unknown client or a foreign address is an error page that leads nowhere', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('nobody'))
    assert.equal(await page.innerText('#kc-error-message'), 'Client not found.')
    await page.goto(realm.authUrl('shop', { redirect_uri: 'https://evil.example/' }))
    assert.match(await page.innerText('#kc-error-message'), /Invalid parameter: redirect_uri/)
    assert.equal(new URL(page.url()).origin, new URL(realm.url).origin)
  }))
