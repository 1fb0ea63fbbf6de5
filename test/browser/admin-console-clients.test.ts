import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { person } from '../server/samples.ts'
import { adminConsoleOfFile } from './admin-console.ts'

const realm = 'browser-clients'
const at = await adminConsoleOfFile({
  realms: [
    {
      realm,
      enabled: true,
      clients: [{ clientId: 'app', publicClient: true, redirectUris: ['https://app.example/*'] }],
      users: [person('taras')],
    },
  ],
})

const orders = { name: 'orders', protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'true' } }
await at.server.admin('POST', `/realms/${realm}/client-scopes`, orders)

async function client(clientId: string): Promise<Json> {
  const [found] = await at.list(realm, `/clients?clientId=${clientId}`)
  return found ?? assert.fail(`no client ${clientId}`)
}

const openClient = async (clientId: string, tab: string): Promise<void> =>
  at.open(realm, `clients/${(await client(clientId))['id']}/${tab}`)

async function startClient(clientId: string): Promise<void> {
  await at.open(realm, 'clients/add-client')
  await at.fill('clientId', clientId)
  await at.button('Next').click()
}

async function finishClient(): Promise<void> {
  await at.button('Next').click()
  await at.fill('redirectUris0', 'https://shop.example/*')
  await at.button('Save').click()
  await at.told('Client created successfully')
}

test(
  'a public client is made with the pages that it may come back to',
  at.try(async () => {
    await startClient('shop')
    await finishClient()
    const { publicClient, redirectUris, secret } = await client('shop')
    assert.deepEqual([publicClient, redirectUris, secret], [true, ['https://shop.example/*'], undefined])
  }),
)

test(
  'a confidential client shows its secret, and a new one is the secret from then on',
  at.try(async () => {
    await startClient('office')
    await at.flip('authentication')
    await finishClient()
    const made = await client('office')
    assert.equal(made['publicClient'], false)
    await openClient('office', 'credentials')
    const shown = at.page.locator('#kc-client-secret')
    await shown.waitFor()
    assert.equal(await shown.inputValue(), made['secret'])
    await at.button('Regenerate').first().click()
    await at.confirm()
    await at.told('Client secret regenerated')
    const { secret } = await client('office')
    assert.notEqual(secret, made['secret'])
    await at.page.locator(`#kc-client-secret[value="${secret}"]`).waitFor()
  }),
)

test(
  'settings of a client are saved, and its name is in the list',
  at.try(async () => {
    await openClient('app', 'settings')
    await at.holds('clientId', 'app')
    await at.fill('name', 'The application')
    await at.flip('consentRequired')
    await at.click('settings-save')
    await at.told('Client successfully updated')
    const { name, consentRequired } = await client('app')
    assert.deepEqual([name, consentRequired], ['The application', true])
    await at.open(realm, 'clients')
    await at.row('The application').waitFor()
  }),
)

test(
  'the lifespan of a client’s tokens is set among its advanced settings',
  at.try(async () => {
    await openClient('app', 'advanced')
    const lifespan = at.named('token-lifespan-accessTokenLifespan')
    await at.choose(at.button('Inherits from realm settings', lifespan), 'Expires in')
    await lifespan.getByLabel('kc-time').fill('7')
    await at.click('OIDCAdvancedSave')
    await at.told('Client successfully updated')
    assert.equal(((await client('app'))['attributes'] as Json)['access.token.lifespan'], '420')
  }),
)

test(
  'a client scope is given to a client, and evaluating shows what a token of a person holds',
  at.try(async () => {
    await openClient('app', 'clientScopes/setup')
    await at.button('Add client scope').click()
    await at.tick('orders', at.dialog())
    await at.click('add-dropdown')
    await at.page.getByRole('menuitem', { name: 'Optional' }).click()
    await at.told('Scope mapping updated')
    assert.ok(((await client('app'))['optionalClientScopes'] as string[]).includes('orders'))
    await at.row('orders').waitFor()
    await openClient('app', 'clientScopes/evaluateScopes')
    await at.button('Menu toggle', at.page.locator('#scopeParameter')).click()
    await at.page.getByRole('option', { name: 'orders' }).click()
    await at.page.keyboard.press('Escape')
    await at.named('user').getByRole('combobox').fill('tar')
    await at.page.getByRole('option', { name: /taras/ }).click()
    await at.click('generated-access-token-tab')
    const token = at.page.locator('#text-area-generatedAccessToken')
    await token.filter({ hasText: 'taras' }).waitFor()
    const { preferred_username, scope } = JSON.parse(await token.inputValue()) as Json
    assert.equal(preferred_username, 'taras')
    assert.match(String(scope), /orders/)
  }),
)
