import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { person } from '../server/samples.ts'
import { adminConsoleOfFile } from './admin-console.ts'

const realm = 'browser-providers'
const at = await adminConsoleOfFile({
  realms: [{ realm, enabled: true, organizationsEnabled: true, users: [person('taras')], roles: { realm: [{ name: 'employee' }] } }],
})

const provider = (alias: string): Promise<Json> => at.read(realm, `/identity-provider/instances/${alias}`)

test(
  'an identity provider is made from its addresses, and its settings are changed',
  at.try(async () => {
    await at.open(realm, 'identity-providers')
    await at.click('oidc-card')
    await at.fill('alias', 'company')
    await at.fill('displayName', 'Our company')
    await at.flip('kc-discovery-endpoint-switch')
    await at.fill('config.authorizationUrl', 'https://company.example/auth')
    await at.fill('config.tokenUrl', 'https://company.example/token')
    await at.fill('config.clientId', 'us')
    await at.fill('config.clientSecret', 'a secret between us')
    await at.click('createProvider')
    await at.told('Identity provider successfully created')
    const made = await provider('company')
    assert.deepEqual([made['displayName'], (made['config'] as Json)['tokenUrl']], ['Our company', 'https://company.example/token'])
    await at.open(realm, 'identity-providers/oidc/company/settings')
    await at.fill('displayName', 'The company')
    await at.flip('trustEmail')
    await at.button('Save').click()
    await at.told('Provider successfully updated')
    const changed = await provider('company')
    assert.deepEqual([changed['displayName'], changed['trustEmail']], ['The company', true])
  }),
)

const fieldWithoutName = ['Text input requires either an id or aria-label']

test(
  'a mapper of an identity provider is made',
  at.try(async () => {
    await at.open(realm, 'identity-providers/oidc/company/mappers')
    await at.button('Add mapper').click()
    await at.fill('name', 'everybody')
    await at.choose(at.page.locator('#identityProviderMapper, [data-testid=idp-mapper-select]').first(), 'Hardcoded Role')
    await at.click('add-role-mapping-button')
    await at.click('roles-role')
    await at.tick('employee', at.dialog())
    await at.click('assign')
    await at.click('new-mapper-save-button')
    await at.told('Mapper created successfully')
    const [mapper] = await at.list(realm, '/identity-provider/instances/company/mappers')
    assert.deepEqual([mapper?.['name'], (mapper?.['config'] as Json | undefined)?.['role']], ['everybody', 'employee'])
  }, fieldWithoutName),
)

test(
  'providers of a network are made with an id and a secret, and put into an order',
  at.try(async () => {
    await at.open(realm, 'identity-providers')
    await at.button('Add provider').click()
    await at.page.getByRole('menuitem', { name: 'GitHub', exact: true }).click()
    await at.fill('config.clientId', 'us')
    await at.fill('config.clientSecret', 'a secret of ours')
    await at.click('createProvider')
    await at.told('Identity provider successfully created')
    assert.equal((await provider('github'))['providerId'], 'github')
    await at.open(realm, 'identity-providers')
    await at.row('github').waitFor()
    await at.click('manageDisplayOrder')
    await at.dialog().getByText('company').waitFor()
    await at.confirm()
    await at.told('Successfully changed display order of identity providers')
  }),
)

test(
  'an identity provider is deleted after a question',
  at.try(async () => {
    await at.open(realm, 'identity-providers')
    await at.rowAction('github', 'Delete')
    await at.confirm()
    await at.told('Provider successfully deleted')
    assert.equal((await at.server.admin('GET', `/realms/${realm}/identity-provider/instances/github`)).status, 404)
  }),
)

test(
  'the page of user federation offers what there is, and a provider is put down',
  at.try(async () => {
    await at.open(realm, 'user-federation')
    await at.named('ldap-card').waitFor()
    await at.named('kerberos-card').waitFor()
    await at.click('ldap-card')
    await at.fill('name', 'people')
    await at.fill('config.connectionUrl.0', 'ldap://ldap.example')
    await at.fill('config.bindDn.0', 'cn=reader')
    await at.fill('config.bindCredential.0', 'a secret of theirs')
    await at.choose(at.page.locator('#editMode'), 'READ_ONLY')
    await at.fill('config.usersDn.0', 'ou=people,dc=example')
    await at.click('ldap-save')
    await at.told('User federation provider successfully created')
    const [federation] = await at.list(realm, '/components?type=org.keycloak.storage.UserStorageProvider')
    assert.deepEqual([federation?.['name'], federation?.['providerId']], ['people', 'ldap'])
    await at.page.getByText('people').first().waitFor()
  }),
)

test(
  'an organization is made with a domain, and a member',
  at.try(async () => {
    await at.open(realm, 'organizations')
    await at.button('Create organization').click()
    await at.fill('name', 'Acme')
    await at.fill('domains0', 'acme.example')
    await at.click('save')
    await at.told('Organization successfully saved')
    const [organization] = await at.list(realm, '/organizations')
    assert.equal(organization?.['name'], 'Acme')
    await at.open(realm, `organizations/${organization?.['id']}/members`)
    await at.page.getByText('Add realm user').or(at.button('Add member')).first().click()
    await at.tick('taras', at.dialog())
    await at.button('Add', at.dialog()).click()
    await at.told('1 user added to the organization')
    const members = await at.list(realm, `/organizations/${organization?.['id']}/members`)
    assert.deepEqual(
      members.map(({ username }) => username),
      ['taras'],
    )
  }),
)

test(
  'an identity provider is linked to an organization',
  at.try(async () => {
    const [organization] = await at.list(realm, '/organizations')
    await at.open(realm, `organizations/${organization?.['id']}/identityProviders`)
    await at.button('Link identity provider').click()
    await at.page.getByRole('combobox').last().click()
    await at.page.getByRole('option', { name: /company/ }).click()
    await at.confirm()
    await at.told('Identity provider successfully linked to organization')
    const linked = await at.list(realm, `/organizations/${organization?.['id']}/identity-providers`)
    assert.deepEqual(
      linked.map(({ alias }) => alias),
      ['company'],
    )
  }),
)
