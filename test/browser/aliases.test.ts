import assert from 'node:assert/strict'
import { test } from 'node:test'
import { person } from '../server/samples.ts'
import { application, arrived, enterPassword, siteOfFile } from './site.ts'
import { visitsOfFile } from './visits.ts'

const site = await siteOfFile((origin) => [
  { realm: 'aliases', enabled: true, clients: [application(origin, 'shop'), application(origin, 'forum')], users: [person('taras')] },
])
const visit = await visitsOfFile()
const realm = site.realm('aliases')
const below = (alias: string, clientId: string, more: Readonly<Record<string, string>> = {}): string =>
  realm.authUrl(clientId, more).replace('/realms/', `${alias}/realms/`)

test('whoever has logged in below one base path is known below all of them, silently too', { skip: site.server.onReference }, () =>
  visit(async ({ page }) => {
    await page.goto(below('/api', 'shop'))
    assert.equal(new URL(page.url()).pathname, '/realms/aliases/protocol/openid-connect/auth')
    await enterPassword(page, 'taras')
    await arrived(page, 'shop')
    await page.goto(below('/auth', 'forum', { prompt: 'none' }))
    await arrived(page, 'forum')
    await page.goto(realm.authUrl('shop', { prompt: 'none' }))
    await arrived(page, 'shop')
    assert.equal((await realm.refresh('shop', (await realm.tokens(page, 'shop'))['refresh_token'])).status, 200)
  }),
)
