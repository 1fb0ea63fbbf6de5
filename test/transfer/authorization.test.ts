import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { applyAuthorization, withoutAuthorizationSettings } from '../../src/authorization/client-settings.ts'
import { findResourceServer } from '../../src/authorization/resource-server.ts'
import { exportSettings } from '../../src/authorization/settings.ts'
import type { ClientRepresentation } from '../../src/representations/client.ts'
import { clients } from '../../src/storage/clients.ts'
import { roles } from '../../src/storage/roles.ts'
import type { Json } from '../server/call.ts'
import { person, service } from '../server/samples.ts'
import { bring, exported, openMemory, temporaryFolder } from './transfers.ts'

const folder = temporaryFolder()
const services = await openMemory()

const settings = {
  allowRemoteResourceManagement: false,
  policyEnforcementMode: 'PERMISSIVE',
  resources: [
    {
      name: 'report',
      type: 'urn:doc',
      ownerManagedAccess: false,
      displayName: 'Report',
      attributes: { a: ['1', '2'] },
      uris: ['/r/2', '/r/1'],
      scopes: [{ name: 'view' }, { name: 'edit' }],
      icon_uri: 'http://i',
    },
    { name: 'report', owner: { name: 'alice' }, ownerManagedAccess: true, attributes: {}, uris: [], scopes: [{ name: 'view' }] },
  ],
  policies: [
    { name: 'editors', ...policy('role', { roles: '[{"id":"editor","required":true},{"id":"files/owner","required":false}]' }) },
    { name: 'alice', description: 'D', ...policy('user', { users: '["alice"]' }) },
    { name: 'staff', ...policy('group', { groups: '[{"path":"/staff/night","extendChildren":true}]', groupsClaim: 'groups' }) },
    { name: 'apps', ...policy('client', { clients: '["files"]' }) },
    { name: 'mail', ...policy('client-scope', { clientScopes: '[{"id":"email","required":true}]' }) },
    { name: 'day', ...policy('time', { hour: '8', hourEnd: '18' }) },
    { name: 'some', ...policy('aggregate', { applyPolicies: '["editors","alice"]' }), logic: 'NEGATIVE', decisionStrategy: 'AFFIRMATIVE' },
    { name: 'on report', ...policy('resource', { resources: '["report"]', applyPolicies: '["some"]' }) },
    { name: 'on docs', ...policy('resource', { defaultResourceType: 'urn:doc', applyPolicies: '["alice"]' }) },
    { name: 'on edit', ...policy('scope', { scopes: '["edit"]', applyPolicies: '["day"]' }) },
  ],
  scopes: [{ name: 'view', iconUri: 'http://v', displayName: 'View' }, { name: 'edit' }, { name: 'unused' }],
  decisionStrategy: 'AFFIRMATIVE',
}

function policy(type: string, config: Json): Json {
  return { type, logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', config }
}

const realmOf = (realm: string, authorizationSettings: unknown): Json => ({
  realm,
  enabled: true,
  roles: { realm: [{ name: 'editor' }], client: { files: [{ name: 'owner' }] } },
  groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }],
  users: [person('alice')],
  clients: [service('files', { enabled: true, authorizationServicesEnabled: true }), service('plain', { enabled: true })].map((client) =>
    client.clientId === 'files' ? { ...client, authorizationSettings } : client,
  ),
})

const write = (name: string, content: unknown): string => {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(content))
  return file
}

const clientOf = (realm: Json, clientId: string): Json =>
  (realm['clients'] as Json[]).find((client) => client['clientId'] === clientId) ?? {}

test('authorization settings come out of a realm as they went in', async () => {
  await bring(services, write('given.json', realmOf('atz-round', settings)))
  const first = await exported(services, 'atz-round', folder)
  assert.deepEqual(clientOf(first, 'files')['authorizationSettings'], settings)
  assert.equal(clientOf(first, 'plain')['authorizationSettings'], undefined)
  await bring(services, write('again.json', first), true)
  assert.deepEqual(clientOf(await exported(services, 'atz-round', folder), 'files')['authorizationSettings'], settings)
})

test('settings are kept in rows, not in the document of the client', async () => {
  const realm = await services.realms.find('atz-round')
  const row = await clients(services.database).find(realm?.id ?? '', 'files')
  const doc = JSON.parse(row?.doc ?? '{}') as ClientRepresentation
  assert.deepEqual([doc.authorizationSettings, doc.authorizationServicesEnabled], [undefined, true])
})

test('a client becomes a resource server with its service account, takes the settings it came with, and stops being one', async () => {
  const realm = await services.realms.find('atz-round')
  const realmId = realm?.id ?? ''
  const row = await clients(services.database).find(realmId, 'plain')
  const id = row?.id ?? ''
  const on: ClientRepresentation & { id: string } = {
    id,
    serviceAccountsEnabled: true,
    authorizationServicesEnabled: true,
    authorizationSettings: { scopes: [{ name: 'view' }], decisionStrategy: 'UNANIMOUS' },
  }
  const apply = (client: ClientRepresentation & { id: string }) =>
    services.database.transaction((tx) => applyAuthorization(tx, realmId, client, services.random))
  assert.deepEqual(await apply(on), { kind: 'enabled', imported: true })
  const server = await findResourceServer(services.database, realmId, id)
  assert.ok(server)
  assert.deepEqual((await exportSettings(services.database, realmId, server)).scopes, [{ name: 'view' }])
  assert.notEqual(await roles(services.database).find(id, 'uma_protection'), undefined)
  assert.deepEqual(await apply({ ...on, authorizationSettings: { scopes: [{ name: 'late' }] } }), { kind: 'none', imported: false })
  assert.deepEqual(await apply({ ...on, publicClient: true }), { kind: 'disabled', imported: false })
  assert.equal(await findResourceServer(services.database, realmId, id), undefined)
  assert.deepEqual(await apply({ ...on, authorizationServicesEnabled: false }), { kind: 'none', imported: false })
})

test('what cannot have authorization services does not say that it has', () => {
  const client = { authorizationServicesEnabled: true, serviceAccountsEnabled: true, authorizationSettings: {} }
  assert.deepEqual(withoutAuthorizationSettings(client), { authorizationServicesEnabled: true, serviceAccountsEnabled: true })
  assert.deepEqual(withoutAuthorizationSettings({ ...client, bearerOnly: true }), { serviceAccountsEnabled: true, bearerOnly: true })
})

test('settings that do not fit together are refused, and nothing of the realm is made', async () => {
  const wrong = [
    { policies: [{ name: 'p', ...policy('user', { users: '["nobody"]' }) }] },
    { policies: [{ name: 'p', ...policy('js', { code: '1' }) }] },
    { policies: [{ name: 'p', ...policy('resource', { resources: '["nothing"]' }) }] },
    { policies: [{ name: 'p', ...policy('aggregate', { applyPolicies: '["p"]' }) }] },
    { resources: [{ name: 'r', owner: { name: 'nobody' } }] },
  ]
  for (const [index, given] of wrong.entries()) {
    const name = `atz-wrong-${index}`
    await assert.rejects(bring(services, write(`${name}.json`, realmOf(name, { decisionStrategy: 'UNANIMOUS', ...given }))), name)
    assert.equal(await services.realms.find(name), undefined)
  }
})
