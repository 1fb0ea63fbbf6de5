import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { person } from '../server/samples.ts'
import { application, arrived, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const site = await siteOfFile((origin) => [
  {
    realm: 'ts',
    enabled: true,
    clients: [application(origin, 'ts', { attributes: { 'post.logout.redirect.uris': '+' } }), application(origin, 'shop')],
    users: [person('taras')],
  },
])
const visit = await visitsOfFile()
const realm = site.realm('ts')
const { origin } = site.applications

const settings = {
  authority: realm.url,
  client_id: 'ts',
  redirect_uri: `${origin}/ts/redirect`,
  popup_redirect_uri: `${origin}/ts/popup`,
  silent_redirect_uri: `${origin}/ts/silent`,
  post_logout_redirect_uri: `${origin}/ts/bye`,
  scope: 'openid profile email',
  loadUserInfo: true,
}

/** A page with `manager`; what `work` gives back is in `#page[data-done]`. */
const pageOf = (work: string): string => `<p id="page">Page</p><script src="/oidc-client-ts.js"></script><script type="module">
const manager = new oidc.UserManager(${JSON.stringify(settings)})
globalThis.manager = manager
const done = (text) => { document.getElementById('page').dataset.done = text }
Promise.resolve(${work}).then((value) => done(value?.profile?.preferred_username ?? 'nobody'), (error) => done('failed: ' + error.message))
</script>`

site.applications.serve('/ts/home', pageOf('undefined'))
site.applications.serve('/ts/redirect', pageOf('manager.signinCallback()'))
site.applications.serve('/ts/popup', pageOf('manager.signinPopupCallback()'))
site.applications.serve('/ts/silent', pageOf('manager.signinSilentCallback()'))

const done = async (page: Page, expected: string): Promise<void> => {
  await page.waitForSelector('#page[data-done]')
  assert.equal(await page.getAttribute('#page', 'data-done'), expected)
}

async function home(page: Page): Promise<void> {
  await page.goto(`${origin}/ts/home`)
  await done(page, 'nobody')
}

async function logIn(page: Page): Promise<void> {
  await home(page)
  await page.evaluate('void manager.signinRedirect()')
  await enterPassword(page, 'taras')
  await page.waitForURL(`${origin}/ts/redirect*`)
  await done(page, 'taras')
}

test('signinRedirect with PKCE ends with a user whose claims came from the ID token and userinfo', () =>
  visit(async ({ page }) => {
    await logIn(page)
    assert.equal(await page.evaluate('manager.getUser().then(({ profile }) => profile.email)'), 'taras@example.com')
  }))

test('signinSilent by refresh token gives new tokens', () =>
  visit(async ({ page }) => {
    await logIn(page)
    const before = await page.evaluate('manager.getUser().then((user) => user.access_token)')
    const after = await page.evaluate('manager.signinSilent().then((user) => user.access_token)')
    assert.notEqual(after, before)
  }))

test('signinSilent in a frame finds who logged in at another application', () =>
  visit(async ({ page }) => {
    await page.goto(realm.authUrl('shop'))
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    await home(page)
    assert.equal(await page.evaluate('manager.signinSilent().then(({ profile }) => profile.preferred_username)'), 'taras')
  }))

test('signinSilent in a frame tells login_required when nobody is logged in', () =>
  visit(async ({ page }) => {
    await home(page)
    assert.equal(await page.evaluate("manager.signinSilent().then(() => 'known', ({ error }) => error)"), 'login_required')
  }))

test('signinPopup logs in beside the page, which then knows the person', () =>
  visit(async ({ page }) => {
    await home(page)
    const opened = page.waitForEvent('popup')
    await page.evaluate('globalThis.signedIn = manager.signinPopup(), undefined')
    await enterPassword(await opened, 'taras')
    assert.equal(await page.evaluate('signedIn.then(({ profile }) => profile.preferred_username)'), 'taras')
  }))

test('signoutRedirect ends the session and comes back to the application', () =>
  visit(async ({ page }) => {
    await logIn(page)
    await page.evaluate('void manager.signoutRedirect()')
    await page.waitForURL(`${origin}/ts/bye*`)
    await page.goto(realm.authUrl('ts', { prompt: 'none' }))
    assert.equal(new URL(page.url()).searchParams.get('error'), 'login_required')
  }))

test('revokeTokens ends what a refresh token is good for', () =>
  visit(async ({ page }) => {
    await logIn(page)
    const token = await page.evaluate('manager.getUser().then((user) => user.refresh_token)')
    await page.evaluate("manager.revokeTokens(['refresh_token'])")
    assert.equal((await realm.refresh('ts', token)).status, 400)
  }))
