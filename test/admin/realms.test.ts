import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { clientIds, modulo, recorded } from './administrators.ts'

const server = await serverOfFile({ realms: [{ realm: 'x', enabled: true }] })
const { admin } = server
const list = async (path: string): Promise<Json[]> => (await admin('GET', path)).json as unknown as Json[]

const adminJson = 'application/json;charset=UTF-8'

test('a realm made of its name alone reads as the reference’s, all members', async () => {
  const { status, json, headers } = await admin('GET', '/realms/x')
  assert.equal(status, 200)
  assert.equal(headers['content-type'], adminJson)
  assert.equal(headers['cache-control'], 'no-cache')
  assert.deepEqual(modulo(json), modulo(recorded('realm')))
})

test('its clients read as the reference’s, all members', async () => {
  assert.deepEqual(modulo(await list('/realms/x/clients')), modulo(recorded('clients')))
})

test('creation answers 201 with the realm’s address and no body, deletion 204', async () => {
  const made = await admin('POST', '/realms', { realm: 'adm-made', enabled: true })
  assert.deepEqual([made.status, made.headers.location, made.text], [201, `${server.url}/admin/realms/adm-made`, ''])
  const removed = await admin('DELETE', '/realms/adm-made')
  assert.deepEqual([removed.status, removed.text], [204, ''])
  assert.deepEqual((await admin('GET', '/realms/adm-made')).json, { error: 'Realm not found.' })
  assert.equal((await server.call('GET', '/realms/adm-made')).status, 404)
})

test('a realm brings its client to master and takes it away', async () => {
  await admin('POST', '/realms', { realm: 'adm-guest', enabled: true })
  const { client } = recorded('master-realm-client-of-x') as { client: unknown }
  const [found] = await list('/realms/master/clients?clientId=adm-guest-realm')
  assert.deepEqual(modulo(JSON.parse(JSON.stringify(found).replaceAll('adm-guest', 'x'))), modulo(client))
  await admin('DELETE', '/realms/adm-guest')
  assert.deepEqual(await list('/realms/master/clients?clientId=adm-guest-realm'), [])
})

test('a renamed realm answers under the new name alone, its built-in clients and master’s client for it follow', async () => {
  await admin('POST', '/realms', { realm: 'adm-old', enabled: true })
  assert.equal((await admin('PUT', '/realms/adm-old', { realm: 'adm-new' })).status, 204)
  assert.equal((await admin('GET', '/realms/adm-old')).status, 404)
  assert.equal((await admin('GET', '/realms/adm-new')).json['realm'], 'adm-new')
  assert.equal((await server.call('GET', '/realms/adm-new')).json['realm'], 'adm-new')
  const [account] = await list('/realms/adm-new/clients?clientId=account')
  assert.deepEqual([account?.['baseUrl'], account?.['redirectUris']], ['/realms/adm-new/account/', ['/realms/adm-new/account/*']])
  assert.deepEqual(await list('/realms/master/clients?clientId=adm-old-realm'), [])
  // The client keeps its display name, as on the reference.
  assert.equal((await list('/realms/master/clients?clientId=adm-new-realm'))[0]?.['name'], 'adm-old Realm')
  await admin('DELETE', '/realms/adm-new')
  assert.deepEqual(await list('/realms/master/clients?clientId=adm-new-realm'), [])
})

test('the list of realms holds each of them as GET does, and briefly the names', async () => {
  const [master, x] = ['master', 'x'].map(async (name) => (await admin('GET', `/realms/${name}`)).json)
  const all = (await list('/realms')).filter((realm) => ['master', 'x'].includes(String(realm['realm'])))
  assert.deepEqual(modulo(all), modulo([await master, await x]))
  const brief = (await list('/realms?briefRepresentation=true')).find((realm) => realm['realm'] === 'x')
  assert.deepEqual(Object.keys(brief ?? {}).sort(), ['enabled', 'id', 'realm'])
})

test('names with spaces and letters of any script, and ids of the caller’s choice, are accepted', async () => {
  for (const name of ['adm реєстр', "adm-o'neil", 'adm"<%|{']) {
    const { status, headers } = await admin('POST', '/realms', { realm: name })
    assert.equal(status, 201, name)
    assert.equal(headers.location, `${server.url}/admin/realms/${encodeURIComponent(name)}`)
    assert.equal((await admin('GET', `/realms/${encodeURIComponent(name)}`)).json['realm'], name)
    assert.equal((await admin('DELETE', `/realms/${encodeURIComponent(name)}`)).status, 204)
  }
  await admin('POST', '/realms', { realm: 'adm-id', id: 'adm-own-id' })
  assert.equal((await admin('GET', '/realms/adm-id')).json['id'], 'adm-own-id')
  assert.equal((await admin('POST', '/realms', { realm: 'adm-id2', id: 'adm-own-id' })).status, 409)
  await admin('DELETE', '/realms/adm-id')
})

test('a disabled realm is still administered', async () => {
  await admin('POST', '/realms', { realm: 'adm-off' })
  assert.equal((await admin('GET', '/realms/adm-off')).json['enabled'], false)
  assert.ok((await clientIds(server, 'adm-off'))['account'])
  await admin('DELETE', '/realms/adm-off')
})

test('what a realm costs to make, read and remove does not depend on how many there are', { skip: server.onReference }, async () => {
  const costs = async (): Promise<Record<string, number>> => {
    const steps = {
      make: () => admin('POST', '/realms', { realm: 'adm-cost', enabled: true }),
      'read first': () => admin('GET', '/realms/adm-cost'),
      read: () => admin('GET', '/realms/adm-cost'),
      clients: () => admin('GET', '/realms/adm-cost/clients'),
      list: () => admin('GET', '/realms'),
      'brief list': () => admin('GET', '/realms?briefRepresentation=true'),
      change: () => admin('PUT', '/realms/adm-cost', { displayName: 'x' }),
      remove: () => admin('DELETE', '/realms/adm-cost'),
    }
    const counts: Record<string, number> = {}
    // Master is in the cache for all that follows, or for none of it.
    await admin('GET', '/realms/master')
    for (const [name, step] of Object.entries(steps)) counts[name] = (await server.statements(step)).length
    return counts
  }
  const before = await costs()
  for (let index = 0; index < 8; index++) await admin('POST', '/realms', { realm: `adm-many-${index}`, enabled: true })
  assert.deepEqual(await costs(), before)
  assert.ok((before['make'] ?? 0) <= 300 && (before['read'] ?? 0) <= 6 && (before['list'] ?? 0) <= 7, JSON.stringify(before))
  for (let index = 0; index < 8; index++) await admin('DELETE', `/realms/adm-many-${index}`)
})
