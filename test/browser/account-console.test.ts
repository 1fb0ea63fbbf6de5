import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { person } from '../server/samples.ts'
import { enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const everybody = { realmRoles: ['default-roles-accounts'] }
const site = await siteOfFile(() => [
  {
    realm: 'accounts',
    enabled: true,
    internationalizationEnabled: true,
    supportedLocales: ['en', 'uk'],
    defaultLocale: 'en',
    organizationsEnabled: true,
    groups: [{ name: 'doctors' }],
    users: [
      person('taras', { ...everybody, firstName: 'Taras', groups: ['/doctors'] }),
      person('lesya', everybody),
      person('olha', { ...everybody, attributes: { locale: ['uk'] } }),
      person('stranger', { realmRoles: [] }),
    ],
  },
])
const visit = await visitsOfFile()
const realm = site.realm('accounts')

async function open(page: Page, path: string, username: string): Promise<void> {
  await page.goto(`${realm.url}/account/${path}`)
  await enterPassword(page, username)
}

/** Fails when a page of the console has an error or a request that was refused. */
function watch(page: Page): string[] {
  const heard: string[] = []
  page.on('console', (message) => message.type() === 'error' && heard.push(message.text()))
  page.on('response', (answer) => answer.status() >= 400 && heard.push(`${answer.status()} ${answer.url()}`))
  return heard
}

const pages: readonly (readonly [path: string, text: RegExp])[] = [
  ['', /Personal info/],
  ['account-security/signing-in', /Configure ways to sign in/],
  ['account-security/device-activity', /Current session/],
  ['applications', /Account Console/],
  ['groups', /doctors/],
  ['organizations', /No organizations/],
]

test('every page of the Account Console shows what it is about, without an error', () =>
  visit(async ({ page }) => {
    const heard = watch(page)
    await open(page, '', 'taras')
    for (const [path, text] of pages) {
      await page.goto(`${realm.url}/account/${path}`)
      await page.locator('main', { hasText: text }).waitFor()
    }
    assert.deepEqual(heard, [])
  }))

test('a person changes his name, and it is stored', () =>
  visit(async ({ page }) => {
    await open(page, '', 'lesya')
    await page.fill('#firstName', 'Larysa')
    await page.click('button[type=submit]')
    await page.getByText('Your account has been updated.').waitFor()
    const { json } = await site.server.admin('GET', '/realms/accounts/users?username=lesya')
    assert.equal((json as unknown as { firstName: string }[])[0]?.firstName, 'Larysa')
  }))

test('an address below the console that is none leads to its first page; on a phone the menu opens by its button', () =>
  visit(
    async ({ page }) => {
      await open(page, 'nowhere', 'taras')
      await page.locator('main', { hasText: /Personal info/ }).waitFor()
      assert.equal(new URL(page.url()).pathname, `${new URL(realm.url).pathname}/account/`)
      const menu = page.locator('.pf-v5-c-page__sidebar')
      await page.locator('.pf-v5-c-page__sidebar.pf-m-collapsed').waitFor({ state: 'attached' })
      await page.click('#nav-toggle')
      await page.locator('.pf-v5-c-page__sidebar.pf-m-expanded').waitFor()
      await menu.getByText('Applications').click()
      await page.locator('main', { hasText: /Account Console/ }).waitFor()
    },
    { viewport: { width: 360, height: 740 } },
  ))

test('the console speaks the language that the person has chosen', () =>
  visit(async ({ page }) => {
    await open(page, '', 'olha')
    await page.locator('main', { hasText: /Особиста інформація/ }).waitFor()
    await page.locator('nav', { hasText: /Застосунки/ }).waitFor()
  }))

test('who lacks the roles of the account is told that something is wrong, once', () =>
  visit(
    async ({ page }) => {
      await open(page, '', 'stranger')
      await page.getByRole('alert').getByText('Something went wrong').waitFor()
    },
    { complaints: ['401'] },
  ))
