import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminConsoleOfFile } from './admin-console.ts'

const realm = 'browser-roles'
const at = await adminConsoleOfFile({
  realms: [
    {
      realm,
      enabled: true,
      clients: [{ clientId: 'shop', publicClient: true }],
      roles: { realm: [{ name: 'employee' }], client: { shop: [{ name: 'buy' }] } },
    },
  ],
})

const scope = async (name: string) => (await at.list(realm, '/client-scopes')).find((one) => one['name'] === name) ?? assert.fail(name)
const names = (list: readonly Record<string, unknown>[]): unknown[] => list.map(({ name }) => name).sort()

test(
  'a client scope is made, and changed to one that every new client has',
  at.try(async () => {
    await at.open(realm, 'client-scopes/new')
    await at.fill('name', 'delivery')
    await at.fill('description', 'Where to bring it')
    await at.click('save')
    await at.told('Client scope created')
    assert.equal((await scope('delivery'))['description'], 'Where to bring it')
    await at.open(realm, 'client-scopes')
    await at.search('delivery')
    await at.choose(at.row('delivery').getByTestId('cell-dropdown'), 'Default')
    await at.told('Scope mapping updated')
    assert.ok(names(await at.list(realm, '/default-default-client-scopes')).includes('delivery'))
  }),
)

test(
  'mappers are put into a client scope, from the list of ready ones and by configuration',
  at.try(async () => {
    const { id } = await scope('delivery')
    const mappers = async () => names(await at.list(realm, `/client-scopes/${id}/protocol-mappers/models`))
    await at.open(realm, `client-scopes/${id}/mappers`)
    await at.button('Add predefined mapper').click()
    await at.search('birthdate', at.dialog())
    await at.tick('birthdate', at.dialog())
    await at.confirm()
    await at.told('Mapping successfully created')
    assert.deepEqual(await mappers(), ['birthdate'])
    await at.choose(at.button('Add mapper'), 'By configuration')
    await at.dialog().getByText('Hardcoded claim', { exact: true }).click()
    await at.fill('name', 'country')
    await at.fill('claim.name', 'country')
    await at.fill('claim.value', 'Ukraine')
    await at.click('save')
    await at.told('Mapping successfully created')
    assert.deepEqual(await mappers(), ['birthdate', 'country'])
    await at.open(realm, `client-scopes/${id}/mappers`)
    await at.rowAction('birthdate', 'Delete')
    await at.told('Mapping successfully deleted')
    assert.deepEqual(await mappers(), ['country'])
  }),
)

test(
  'a client scope is taken for the holders of a role alone',
  at.try(async () => {
    const { id } = await scope('delivery')
    await at.open(realm, `client-scopes/${id}/scope`)
    await at.assignRoles('realm', ['employee'])
    await at.told('Role mapping updated')
    await at.row('employee').waitFor()
    assert.deepEqual(names(await at.list(realm, `/client-scopes/${id}/scope-mappings/realm`)), ['employee'])
  }),
)

test(
  'a role is made, gets roles that come with it and an attribute',
  at.try(async () => {
    await at.open(realm, 'roles')
    await at.click('create-role')
    await at.fill('name', 'manager')
    await at.fill('description', 'Sees more')
    await at.click('save')
    await at.told('Role created')
    const { id } = await at.read(realm, '/roles/manager')
    await at.click('associatedRolesTab')
    await at.assignRoles('realm', ['employee'])
    await at.told('Associated roles have been added')
    await at.assignRoles('client', ['buy'])
    await at.told('Associated roles have been added')
    await at.row('shopbuy').waitFor()
    assert.deepEqual(names(await at.list(realm, `/roles-by-id/${id}/composites`)), ['buy', 'employee'])
    await at.click('attributesTab')
    await at.click('attributes-add-row')
    await at.fill('attributes-key', 'level')
    await at.fill('attributes-value', '3')
    await at.button('Save').click()
    await at.told('The role has been saved')
    assert.deepEqual((await at.read(realm, '/roles/manager'))['attributes'], { level: ['3'] })
    await at.click('usersInRoleTab')
    await at.page.getByText('No direct users').waitFor()
  }),
)

test(
  'a role of a client is made',
  at.try(async () => {
    const [shop] = await at.list(realm, '/clients?clientId=shop')
    await at.open(realm, `clients/${shop?.['id']}/roles`)
    await at.click('create-role')
    await at.fill('name', 'sell')
    await at.click('save')
    await at.told('Role created')
    assert.deepEqual(names(await at.list(realm, `/clients/${shop?.['id']}/roles`)), ['buy', 'sell'])
  }),
)

test(
  'a role is deleted after a question',
  at.try(async () => {
    await at.open(realm, 'roles')
    await at.rowAction('manager', 'Delete')
    await at.confirm()
    await at.told('The role has been deleted')
    assert.ok(!names(await at.list(realm, '/roles')).includes('manager'))
  }),
)
