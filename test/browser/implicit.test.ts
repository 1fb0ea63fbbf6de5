import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { jwtClaims } from '../server/jwt.ts'
import { person } from '../server/samples.ts'
import { application, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const site = await siteOfFile((origin) => {
  const settings = {
    enabled: true,
    clients: [application(origin, 'page', { implicitFlowEnabled: true })],
    users: [person('taras')],
  }
  return [
    { realm: 'unframed', ...settings },
    {
      realm: 'framed',
      ...settings,
      browserSecurityHeaders: {
        contentSecurityPolicy: `frame-src 'self'; frame-ancestors 'self' ${origin}; object-src 'none';`,
        xFrameOptions: '',
      },
    },
  ]
})
const visit = await visitsOfFile()
const { origin } = site.applications

/** The page that people are sent back to tells the page that opened or framed it what the fragment says. */
site.applications.serve('/page/callback', '<script>(opener ?? parent).postMessage(location.hash.slice(1), location.origin)</script>')
site.applications.serve(
  '/page/home',
  `<p id="page">Page</p><iframe id="frame" width="500" height="600"></iframe><script>
addEventListener('message', ({ data }) => { document.getElementById('page').dataset.told = data })
</script>`,
)

const asks = (realm: string, more: Readonly<Record<string, string>> = {}): string =>
  site.realm(realm).authUrl('page', { response_type: 'id_token token', nonce: 'n', ...more })

async function told(page: Page): Promise<Readonly<Record<string, string>>> {
  await page.waitForSelector('#page[data-told]')
  return Object.fromEntries(new URLSearchParams((await page.getAttribute('#page', 'data-told')) ?? ''))
}

function expectTokens(answer: Readonly<Record<string, string>>, realm: string): void {
  const { iss, nonce, preferred_username } = jwtClaims(answer['id_token'] ?? '')
  assert.deepEqual([iss, nonce, preferred_username], [site.realm(realm).url, 'n', 'taras'])
  assert.equal(jwtClaims(answer['access_token'] ?? '')['azp'], 'page')
}

const frameTo = (page: Page, url: string): Promise<unknown> =>
  page.evaluate(`document.getElementById('frame').src = ${JSON.stringify(url)}`)

async function openPopup(page: Page, url: string): Promise<Page> {
  const opened = page.waitForEvent('popup')
  await page.evaluate(`void open(${JSON.stringify(url)}, 'login', 'width=500,height=600')`)
  return opened
}

test('implicit in a popup: the person logs in there, and the page that opened it is told the tokens', () =>
  visit(async ({ page }) => {
    await page.goto(`${origin}/page/home`)
    await enterPassword(await openPopup(page, asks('unframed')), 'taras')
    expectTokens(await told(page), 'unframed')
  }))

test('implicit in a frame with prompt=none: nobody is logged in, and after a popup somebody is', () =>
  visit(async ({ page }) => {
    await page.goto(`${origin}/page/home`)
    await frameTo(page, asks('unframed', { prompt: 'none' }))
    assert.equal((await told(page))['error'], 'login_required')
    await page.goto(`${origin}/page/home`)
    await enterPassword(await openPopup(page, asks('unframed')), 'taras')
    await told(page)
    await page.goto(`${origin}/page/home`)
    await frameTo(page, asks('unframed', { prompt: 'none' }))
    expectTokens(await told(page), 'unframed')
  }))

test('the whole login happens in a frame where the realm lets the application frame it', () =>
  visit(async ({ page }) => {
    await page.goto(`${origin}/page/home`)
    await frameTo(page, asks('framed'))
    const frame = page.frameLocator('#frame')
    await frame.locator('#username').fill('taras')
    await frame.locator('#password').fill('sample-password-1')
    await frame.locator('#kc-login').click()
    expectTokens(await told(page), 'framed')
  }))

test('a login page in the frame of a stranger is not shown', () =>
  visit(
    async ({ page }) => {
      await page.goto(`${origin}/page/home`)
      const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
      await frameTo(page, asks('unframed'))
      await refused
      assert.equal(await page.frameLocator('#frame').locator('#username').count(), 0)
    },
    { complaints: ['frame-ancestors', 'X-Frame-Options'] },
  ))
