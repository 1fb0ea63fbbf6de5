import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { jwtClaims } from '../server/jwt.ts'
import { person } from '../server/samples.ts'
import { application, arrived, enterPassword, errorOf, type SiteRealm, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const site = await siteOfFile((origin) => [
  {
    realm: 'leaving',
    enabled: true,
    clients: [
      application(origin, 'shop', { attributes: { 'post.logout.redirect.uris': '+' } }),
      application(origin, 'forum'),
      application(origin, 'framed', {
        frontchannelLogout: true,
        attributes: { 'frontchannel.logout.url': `${origin}/framed/leave`, 'frontchannel.logout.session.required': 'true' },
      }),
      application(origin, 'told', {
        attributes: { 'backchannel.logout.url': `${origin}/told/leave`, 'backchannel.logout.session.required': 'true' },
      }),
    ],
    users: [person('taras')],
    browserSecurityHeaders: { contentSecurityPolicy: `frame-src 'self' ${origin}; frame-ancestors 'self'; object-src 'none';` },
  },
])
const visit = await visitsOfFile()
const realm = site.realm('leaving')
const { origin } = site.applications

async function logIn(page: Page, clientId: string) {
  await page.goto(realm.authUrl(clientId))
  if (new URL(page.url()).pathname !== `/${clientId}/callback`) await enterPassword(page, 'taras')
  await arrived(page, clientId)
  return realm.tokens(page, clientId)
}

const leave = (page: Page, query: Readonly<Record<string, string>> = {}): Promise<unknown> =>
  page.goto(`${realm.oidc}/logout?${new URLSearchParams(query)}`)

async function expectNobody(page: Page, at: SiteRealm = realm): Promise<void> {
  await page.goto(at.authUrl('forum', { prompt: 'none' }))
  assert.equal(errorOf(page), 'login_required')
}

test('an application that knows the person ends the session of all applications and gets the person back', () =>
  visit(async ({ page }) => {
    const shop = await logIn(page, 'shop')
    const forum = await logIn(page, 'forum')
    await leave(page, { id_token_hint: String(shop['id_token']), post_logout_redirect_uri: `${origin}/shop/bye`, state: 'x' })
    assert.equal(page.url(), `${origin}/shop/bye?state=x`)
    for (const [clientId, tokens] of [['shop', shop] as const, ['forum', forum] as const])
      assert.equal((await realm.refresh(clientId, tokens['refresh_token'])).status, 400)
    await expectNobody(page)
  }))

test('a person who came by a link is asked before the session ends', () =>
  visit(async ({ page }) => {
    await logIn(page, 'shop')
    await leave(page)
    assert.equal(await page.innerText('#kc-page-title'), 'Logging out')
    await page.click('#kc-logout')
    await page.waitForSelector('#kc-info-message')
    await expectNobody(page)
  }))

test('who does not answer the question stays logged in', () =>
  visit(async ({ page }) => {
    await logIn(page, 'shop')
    await leave(page)
    await page.waitForSelector('#kc-logout')
    await page.goto(realm.authUrl('forum', { prompt: 'none' }))
    assert.equal(errorOf(page), null)
  }))

test('applications that log out in a frame are framed with the issuer and the session, and then the person goes on', () =>
  visit(async ({ page }) => {
    await logIn(page, 'framed')
    const shop = await logIn(page, 'shop')
    await leave(page, { id_token_hint: String(shop['id_token']), post_logout_redirect_uri: `${origin}/shop/bye` })
    const { url } = await site.applications.next('/framed/leave')
    assert.deepEqual(Object.fromEntries(url.searchParams), { iss: realm.url, sid: String(shop['session_state']) })
    await page.waitForURL(`${origin}/shop/bye*`)
    await expectNobody(page)
  }))

test('applications that are told by the server get a logout token of the session', () =>
  visit(async ({ page }) => {
    const told = await logIn(page, 'told')
    const shop = await logIn(page, 'shop')
    await leave(page, { id_token_hint: String(shop['id_token']), post_logout_redirect_uri: `${origin}/shop/bye` })
    const { body } = await site.applications.next('/told/leave')
    const claims = jwtClaims(new URLSearchParams(body).get('logout_token') ?? '')
    assert.deepEqual([claims['iss'], claims['aud'], claims['sid']], [realm.url, 'told', told['session_state']])
    await expectNobody(page)
  }))

test('a logout by an administrator is everywhere: no application, no browser is left', () =>
  visit(async ({ page, another }) => {
    const shop = await logIn(page, 'shop')
    const { page: elsewhere } = await another()
    const forum = await logIn(elsewhere, 'forum')
    await site.server.admin('POST', '/realms/leaving/logout-all')
    assert.equal((await realm.refresh('shop', shop['refresh_token'])).status, 400)
    assert.equal((await realm.refresh('forum', forum['refresh_token'])).status, 400)
    await expectNobody(page)
    await expectNobody(elsewhere)
  }))
