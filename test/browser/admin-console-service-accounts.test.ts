import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { adminConsoleOfFile } from './admin-console.ts'

const realm = 'browser-service'
const at = await adminConsoleOfFile({
  realms: [
    {
      realm,
      enabled: true,
      clients: [{ clientId: 'warehouse', publicClient: true, redirectUris: ['https://warehouse.example/*'] }, { clientId: 'orders' }],
      roles: {
        realm: [{ name: 'stock-keeper' }, { name: 'auditor' }],
        client: { orders: [{ name: 'read-orders' }, { name: 'write-orders' }] },
      },
    },
  ],
})

const client = async (): Promise<Json> => (await at.list(realm, '/clients?clientId=warehouse'))[0] ?? assert.fail()
const openClient = async (tab: string): Promise<void> => at.open(realm, `clients/${(await client())['id']}/${tab}`)

/** What the client gets with its id, and its secret when it has one. */
async function ask() {
  const { secret } = await client()
  return at.server.realm(realm).token({
    grant_type: 'client_credentials',
    client_id: 'warehouse',
    ...(secret === undefined ? {} : { client_secret: String(secret) }),
  })
}

/** The roles in its next token, except those that everybody has. */
async function roles(): Promise<string[]> {
  const claims = jwtClaims(expectToken(await ask())['access_token'])
  const { roles: ofRealm = [] } = (claims['realm_access'] ?? {}) as { roles?: string[] }
  const { orders } = (claims['resource_access'] ?? {}) as { orders?: { roles: string[] } }
  const usual = ['offline_access', 'uma_authorization', `default-roles-${realm}`]
  return [...ofRealm.filter((role) => !usual.includes(role)), ...(orders?.roles ?? [])].sort()
}

test(
  'Client authentication and the capability Service account roles give a client a secret and an account of its own',
  at.try(async () => {
    assert.equal((await ask()).status, 401)
    await openClient('settings')
    await at.flip('authentication')
    await at.named('service-account').check()
    await at.click('settings-save')
    await at.told('Client successfully updated')
    const { publicClient, serviceAccountsEnabled } = await client()
    assert.deepEqual([publicClient, serviceAccountsEnabled], [false, true])
    assert.deepEqual(await roles(), [])
    assert.equal((await at.read(realm, `/clients/${(await client())['id']}/service-account-user`))['username'], 'service-account-warehouse')
  }),
)

test(
  'roles that are assigned on the tab Service account roles are in its next token',
  at.try(async () => {
    await openClient('serviceAccount')
    await at.assignRoles('realm', ['stock-keeper'])
    await at.told('Role mapping updated')
    await at.row('stock-keeper').waitFor()
    assert.deepEqual(await roles(), ['stock-keeper'])
    await at.assignRoles('client', ['read-orders'])
    await at.told('Role mapping updated')
    await at.row('ordersread-orders').waitFor()
    assert.deepEqual(await roles(), ['read-orders', 'stock-keeper'])
  }),
)

test(
  'with Full scope allowed off only those roles are in the token that are in its scope',
  at.try(async () => {
    await openClient('clientScopes/dedicated')
    await at.click('scopeTab')
    assert.equal(await at.isOn('fullScopeAllowed'), true)
    await at.flip('fullScopeAllowed')
    await at.told('Scope mapping updated')
    assert.equal((await client())['fullScopeAllowed'], false)
    assert.deepEqual(await roles(), [])
    await at.assignRoles('realm', ['stock-keeper', 'auditor'])
    await at.told('Scope mapping updated')
    await at.row('auditor').waitFor()
    assert.deepEqual(await roles(), ['stock-keeper'])
    await at.assignRoles('client', ['read-orders', 'write-orders'])
    await at.told('Scope mapping updated')
    await at.row('orderswrite-orders').waitFor()
    assert.deepEqual(await roles(), ['read-orders', 'stock-keeper'])
  }),
)

test(
  'a role that is taken away is not in the next token',
  at.try(async () => {
    await openClient('serviceAccount')
    await at.rowAction('stock-keeper', 'Unassign')
    await at.confirm()
    await at.told('Role mapping updated')
    assert.deepEqual(await roles(), ['read-orders'])
  }),
)

test(
  'without the capability, and without Client authentication, the client gets no token for itself',
  at.try(async () => {
    await openClient('settings')
    await at.named('service-account').uncheck()
    await at.click('settings-save')
    await at.told('Client successfully updated')
    const refused = await ask()
    assert.deepEqual([refused.status, refused.json['error']], [401, 'unauthorized_client'])
    await openClient('settings')
    await at.flip('authentication')
    await at.click('settings-save')
    await at.told('Client successfully updated')
    assert.equal((await client())['publicClient'], true)
    assert.equal((await ask()).status, 401)
  }),
)
