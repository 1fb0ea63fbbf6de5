import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { person } from '../server/samples.ts'
import { application, arrived, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const site = await siteOfFile((origin) => [
  {
    realm: 'spa',
    enabled: true,
    accessTokenLifespan: 60,
    clients: [
      application(origin, 'spa', { implicitFlowEnabled: true, attributes: { 'post.logout.redirect.uris': '+' } }),
      application(origin, 'shop', { attributes: { 'post.logout.redirect.uris': '+' } }),
    ],
    users: [person('taras')],
  },
])
const visit = await visitsOfFile()
const realm = site.realm('spa')
const { origin } = site.applications

/** A page that starts keycloak-js: `#page` has `data-state`, whether it knows the person, and `data-events`, what it was told. */
const pageOf = (settings: Readonly<Record<string, unknown>>): string => `<p id="page">Page</p><script type="module">
import Keycloak from '/keycloak.js'
const { dataset } = document.getElementById('page')
const told = (name) => { dataset.events = (dataset.events ?? '') + name + ' ' }
const keycloak = new Keycloak(${JSON.stringify({ url: new URL('../..', `${realm.url}/`).href, realm: 'spa', clientId: 'spa' })})
for (const name of ['onAuthSuccess', 'onAuthLogout', 'onAuthRefreshSuccess', 'onAuthRefreshError', 'onTokenExpired']) keycloak[name] = () => told(name)
globalThis.keycloak = keycloak
keycloak.init(${JSON.stringify(settings)}).then(
  (authenticated) => { dataset.state = authenticated ? 'known' : 'unknown' },
  (error) => { dataset.state = 'failed: ' + JSON.stringify(error) },
)
</script>`

const silent = { onLoad: 'check-sso', silentCheckSsoRedirectUri: `${origin}/spa/silent-check-sso.html` }
site.applications.serve('/spa/silent-check-sso.html', '<script>parent.postMessage(location.href, location.origin)</script>')
site.applications.serve('/spa/silent', pageOf({ ...silent, silentCheckSsoFallback: false }))
site.applications.serve('/spa/redirecting', pageOf({ onLoad: 'check-sso' }))
site.applications.serve('/spa/required', pageOf({ onLoad: 'login-required' }))
site.applications.serve('/spa/watching', pageOf({ ...silent, checkLoginIframe: true, checkLoginIframeInterval: 1 }))
site.applications.serve('/spa/implicit', pageOf({ onLoad: 'login-required', flow: 'implicit', checkLoginIframe: false }))
site.applications.serve('/spa/hybrid', pageOf({ onLoad: 'login-required', flow: 'hybrid', checkLoginIframe: false }))

const state = async (page: Page, expected: string): Promise<void> => {
  await page.waitForSelector('#page[data-state]')
  assert.equal(await page.getAttribute('#page', 'data-state'), expected)
}

const event = (page: Page, name: string): Promise<unknown> => page.waitForSelector(`#page[data-events~=${name}]`)

async function logInElsewhere(page: Page): Promise<void> {
  await page.goto(realm.authUrl('shop'))
  await enterPassword(page, 'taras')
  await arrived(page, 'shop')
}

test('login-required leads to the login page and back to a page that knows the person', () =>
  visit(async ({ page }) => {
    await page.goto(`${origin}/spa/required`)
    await enterPassword(page, 'taras')
    await page.waitForURL(`${origin}/spa/required*`)
    await state(page, 'known')
    assert.equal(await page.evaluate('keycloak.tokenParsed.preferred_username'), 'taras')
    assert.equal(await page.evaluate('keycloak.idTokenParsed.iss'), realm.url)
    assert.equal(page.url(), `${origin}/spa/required`)
  }))

test('the silent check finds nobody without leaving the page, and login() then asks for the password', () =>
  visit(async ({ page }) => {
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'unknown')
    await page.evaluate('void keycloak.login()')
    await enterPassword(page, 'taras')
    await page.waitForURL(`${origin}/spa/silent*`)
    await state(page, 'known')
  }))

test('the silent check finds who logged in at another application, in a frame and without leaving the page', () =>
  visit(async ({ page }) => {
    await logInElsewhere(page)
    const left: string[] = []
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) left.push(frame.url())
    })
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'known')
    assert.deepEqual(left, [`${origin}/spa/silent`])
    assert.equal(await page.evaluate('keycloak.tokenParsed.preferred_username'), 'taras')
  }))

test('without a page for the silent check the whole page goes to the server and back, for somebody and for nobody', () =>
  visit(async ({ page }) => {
    await page.goto(`${origin}/spa/redirecting`)
    await state(page, 'unknown')
    await logInElsewhere(page)
    await page.goto(`${origin}/spa/redirecting`)
    await state(page, 'known')
  }))

test('updateToken fetches new tokens from the page’s own origin, and none while the old ones are good', () =>
  visit(async ({ page }) => {
    await logInElsewhere(page)
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'known')
    const before = await page.evaluate('keycloak.token')
    assert.equal(await page.evaluate('keycloak.updateToken(5)'), false)
    assert.equal(await page.evaluate('keycloak.updateToken(-1)'), true)
    assert.notEqual(await page.evaluate('keycloak.token'), before)
    await event(page, 'onAuthRefreshSuccess')
  }))

test('the user’s profile and claims are read with the token', () =>
  visit(async ({ page }) => {
    await logInElsewhere(page)
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'known')
    assert.equal(await page.evaluate('keycloak.loadUserInfo().then(({ email }) => email)'), 'taras@example.com')
  }))

test('a page that watches the login is told when the person leaves in another tab', () =>
  visit(async ({ page, context }) => {
    await logInElsewhere(page)
    await page.goto(`${origin}/spa/watching`)
    await state(page, 'known')
    const tab = await context.newPage()
    await tab.goto(`${realm.oidc}/logout`)
    await tab.click('#kc-logout')
    await tab.waitForSelector('#kc-info-message')
    await event(page, 'onAuthLogout')
    assert.equal(await page.evaluate('keycloak.authenticated'), false)
  }))

test('a refresh after the session was ended fails and the page forgets the person', () =>
  visit(async ({ page }) => {
    await logInElsewhere(page)
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'known')
    await site.server.admin('POST', '/realms/spa/logout-all')
    assert.equal(await page.evaluate("keycloak.updateToken(-1).then(() => 'refreshed', () => 'refused')"), 'refused')
    await event(page, 'onAuthRefreshError')
  }))

test('logout() ends the session everywhere and comes back to the application', () =>
  visit(async ({ page }) => {
    await logInElsewhere(page)
    const elsewhere = await realm.tokens(page, 'shop')
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'known')
    await page.evaluate(`void keycloak.logout({ redirectUri: '${origin}/spa/bye' })`)
    await page.waitForURL(`${origin}/spa/bye`)
    assert.equal((await realm.refresh('shop', elsewhere['refresh_token'])).status, 400)
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'unknown')
  }))

for (const flow of ['implicit', 'hybrid']) {
  test(`the ${flow} flow gives the page its tokens in the fragment, which is gone when the page has read it`, () =>
    visit(async ({ page }) => {
      await page.goto(`${origin}/spa/${flow}`)
      await enterPassword(page, 'taras')
      await page.waitForURL(`${origin}/spa/${flow}*`)
      await state(page, 'known')
      assert.equal(await page.evaluate('keycloak.tokenParsed.preferred_username'), 'taras')
      assert.equal(await page.evaluate('keycloak.refreshToken !== undefined'), flow === 'hybrid')
      assert.equal(page.url(), `${origin}/spa/${flow}`)
    }))
}

test('register() opens the form for a new account, or tells that there is none', () =>
  visit(async ({ page }) => {
    await page.goto(`${origin}/spa/silent`)
    await state(page, 'unknown')
    await page.evaluate('void keycloak.register()')
    await page.waitForURL(`${realm.oidc}/registrations*`)
    assert.equal(await page.innerText('#kc-error-message .instruction'), 'Registration not allowed')
  }))
