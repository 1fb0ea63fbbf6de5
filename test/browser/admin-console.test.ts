import assert from 'node:assert/strict'
import { test } from 'node:test'
import { administrator } from '../admin/administrators.ts'
import { password } from '../server/samples.ts'
import { adminConsoleOfFile } from './admin-console.ts'
import { enterPassword } from './site.ts'

const realm = 'browser-console'
const at = await adminConsoleOfFile({
  realms: [{ realm, enabled: true, organizationsEnabled: true, users: [administrator('viewer', ['view-users', 'view-clients'])] }],
})

test(
  'every section opens from the navigation',
  at.try(async () => {
    await at.open(realm, 'clients')
    const sections = ['Organizations', 'Clients', 'Client scopes', 'Realm roles', 'Users', 'Groups', 'Sessions', 'Events', 'Realm settings']
    for (const name of [...sections, 'Authentication', 'Identity providers', 'User federation']) {
      await at.page.getByRole('link', { name, exact: true }).click()
      const title = at.named('view-header')
      await title.filter({ hasText: name === 'Realm settings' ? realm : name }).waitFor()
    }
  }),
)

test(
  'the navigation offers nothing that the server has not',
  at.try(async () => {
    await at.open(realm, 'clients')
    assert.equal(await at.page.getByRole('link', { name: 'Workflows' }).count(), at.server.onReference ? 1 : 0)
  }),
)

test(
  'the console of a realm shows its administrator what his roles let him see',
  at.try(async () => {
    const context = await at.page.context().browser()?.newContext()
    assert.ok(context)
    const page = await context.newPage()
    await page.goto(`${at.base.replace('/master/', `/${realm}/`)}`)
    await enterPassword(page, 'viewer', password)
    await page.getByRole('link', { name: 'Users', exact: true }).click()
    await page.getByText('viewer@example.com').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Realm settings' }).count(), 0)
    await context.close()
  }),
)

test(
  'who signs out is asked for the password again',
  at.try(async () => {
    await at.open('master', 'clients')
    await at.button('Options').or(at.named('options-toggle')).first().click()
    await at.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await at.page.locator('#kc-login').waitFor()
  }),
)
