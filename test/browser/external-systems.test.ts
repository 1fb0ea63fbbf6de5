import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { administrator } from '../admin/administrators.ts'
import { registryOf } from '../registry/registry.ts'
import { enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const name = 'site-registry'
const site = await siteOfFile(() => [
  {
    realm: name,
    enabled: true,
    internationalizationEnabled: true,
    supportedLocales: ['en', 'uk'],
    defaultLocale: 'en',
    users: [administrator('oksana', ['manage-clients'])],
  },
])
const visit = await visitsOfFile()
const registry = registryOf(site.server, name)
const list = `${site.realm(name).url.replace(`/realms/${name}`, '')}/admin/${name}/console/external-systems`

async function signIn(page: Page): Promise<void> {
  await page.goto(list)
  await enterPassword(page, 'oksana')
  await page.waitForURL(list)
}

async function make(page: Page, system: string): Promise<string> {
  await page.click('#kc-new-system')
  await page.fill('#name', system)
  await page.click('#kc-create')
  await page.waitForSelector('#secret')
  return page.inputValue('#secret')
}

for (const javaScriptEnabled of [true, false]) {
  const words = javaScriptEnabled ? 'with' : 'without'
  test(`${words} JavaScript a person signs in, makes a system, gives it access, changes its password, blocks and deletes it`, () =>
    visit(
      async ({ page }) => {
        const system = `${words}-script`
        await signIn(page)
        const secret = await make(page, system)
        assert.equal((await registry.token(system, secret)).status, 200)
        await page.click('#kc-to-system')
        await page.fill('#searchConditions', 'one\ntwo')
        await page.click('#kc-save-access')
        await page.waitForSelector('.alert-success')
        await page.selectOption('#graceSeconds', '3600')
        await page.click('#kc-rotate')
        const second = await page.inputValue('#secret')
        assert.notEqual(second, secret)
        await page.click('#kc-to-system')
        await page.click('#kc-block-button')
        await page.waitForSelector('.kc-badge-blocked')
        assert.equal((await registry.token(system, second)).status, 401)
        await page.click('#kc-block-button')
        await page.waitForSelector('.kc-badge-active')
        await page.click('#kc-delete-link')
        await page.click('#kc-delete-button')
        await page.waitForSelector('.alert-success')
        assert.equal((await registry.call('GET', `/${system}`)).status, 404)
      },
      { javaScriptEnabled },
    ))
}

test('the password can be copied, and a reload neither shows it again nor makes another system', () =>
  visit(
    async ({ page }) => {
      await signIn(page)
      const secret = await make(page, 'copied')
      await page.click('.kc-copy')
      // The browser copies in its own time.
      await page.locator('.kc-copy', { hasText: 'Copied' }).waitFor()
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), secret)
      await page.reload()
      assert.equal(new URL(page.url()).pathname.endsWith('/systems/copied'), true)
      assert.equal(await page.locator('#secret').count(), 0)
      assert.doesNotMatch(await page.content(), new RegExp(secret))
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ))

test('the page speaks Ukrainian, fits a phone, and ends with the logout', () =>
  visit(
    async ({ page }) => {
      await signIn(page)
      assert.equal(await page.innerText('#kc-page-title'), 'Зовнішні системи')
      await make(page, 'for-a-phone-with-a-long-name-123')
      for (const address of [list, `${list}/new`, `${list}/systems/for-a-phone-with-a-long-name-123`]) {
        await page.goto(address)
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, address)
      }
      await page.click('#kc-sign-out button')
      await page.click('#kc-logout')
      await page.waitForSelector('#username')
      await page.goto(list)
      await page.waitForSelector('#username')
    },
    { locale: 'uk-UA', viewport: { width: 360, height: 640 } },
  ))

test('a link from another site leads to the page of somebody who is signed in', () =>
  visit(async ({ page }) => {
    await signIn(page)
    site.applications.serve('/wiki', `<a id="link" href="${list}">Systems</a>`)
    await page.goto(`${site.applications.origin.replace('localhost', '127.0.0.1')}/wiki`)
    await page.click('#link')
    await page.waitForURL(list)
    assert.equal(await page.innerText('#kc-page-title'), 'External systems')
  }))
