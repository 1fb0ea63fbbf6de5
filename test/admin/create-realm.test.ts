import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bootstrapAdmin } from '../../src/server.ts'
import { users } from '../../src/storage/users.ts'
import type { Json } from '../server/call.ts'
import { as } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { callerOf, clientIds } from './administrators.ts'

const server = await serverOfFile({ realms: [{ realm: 'adm-others', enabled: true }] })
const skip = server.onReference

/** Somebody of master who may create realms and nothing else: a user made as the first administrator is, with his roles changed. */
async function creator(): Promise<ReturnType<typeof callerOf>> {
  const credentials = { username: 'creator', password: 'password-of-creator' }
  await bootstrapAdmin(server.services, credentials)
  const login = async () =>
    callerOf(
      server,
      String((await server.realm('master').token({ grant_type: 'password', client_id: 'admin-cli', ...credentials })).json['access_token']),
    )
  const master = await server.services.realms.find('master')
  const user = await users(server.services.database).find(master?.id ?? '', 'creator')
  const path = `/realms/master/users/${user?.id}/role-mappings/realm`
  const own = (await server.admin('GET', path)).json as unknown as Json[]
  const free = (await server.admin('GET', `${path}/available`)).json as unknown as Json[]
  const named = (list: readonly Json[], name: string) => list.filter((role) => role['name'] === name)
  assert.equal((await server.admin('POST', path, named(free, 'create-realm'))).status, 204)
  assert.equal((await server.admin('DELETE', path, named(own, 'admin'))).status, 204)
  return login()
}

test('who may create realms administers those that he created, and no others', { skip }, async () => {
  const call = await creator()
  assert.equal((await call('GET', '/realms')).status, 403)
  assert.equal((await call('POST', '/realms', { realm: 'adm-own', enabled: true })).status, 201)
  assert.deepEqual(
    ((await call('GET', '/realms')).json as unknown as Json[]).map((realm) => realm['realm']),
    ['adm-own'],
  )
  assert.equal((await call('PUT', '/realms/adm-own', { displayName: 'Mine' })).status, 204)
  for (const name of ['adm-others', 'master']) {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      assert.equal((await call(method, `/realms/${name}`, method === 'PUT' ? {} : undefined)).status, 403, `${method} ${name}`)
    }
  }
  assert.equal((await call('POST', '/realms', { realm: 'adm-others' })).status, 409)
  assert.equal((await call('DELETE', '/realms/adm-own')).status, 204)
  assert.equal((await call('GET', '/realms')).status, 403)
})

test('a realm’s own administrator creates no realms, whatever his roles are called', async () => {
  const realm = {
    realm: 'adm-others-2',
    enabled: true,
    roles: { realm: [{ name: 'create-realm' }, { name: 'admin' }] },
    clients: [{ clientId: 'robot', secret: as('robot')[1], serviceAccountsEnabled: true }],
    users: [{ username: 'service-account-robot', enabled: true, serviceAccountClientId: 'robot', realmRoles: ['create-realm', 'admin'] }],
  }
  assert.equal((await server.admin('POST', '/realms', realm)).status, 201)
  const robot = callerOf(server, await server.realm('adm-others-2').accessToken(as('robot')))
  assert.equal((await robot('POST', '/realms', { realm: 'adm-never' })).status, 403)
  for (const path of ['/realms', '/realms/adm-others', '/realms/master', '/realms/adm-others-2'])
    assert.equal((await robot('GET', path)).status, 403, path)
  await server.admin('DELETE', '/realms/adm-others-2')
})

test('a realm whose name makes its client look like another’s has no rights over that one', async () => {
  // master's client for a realm `a` is `a-realm`; a realm called `a-realm` has `a-realm-realm`.
  await server.admin('POST', '/realms', { realm: 'adm-others-realm', enabled: true })
  const master = await clientIds(server, 'master')
  assert.ok(master['adm-others-realm'] !== undefined && master['adm-others-realm-realm'] !== undefined)
  assert.equal((await server.admin('DELETE', '/realms/adm-others-realm')).status, 204)
  const after = await clientIds(server, 'master')
  assert.ok(after['adm-others-realm'] !== undefined && after['adm-others-realm-realm'] === undefined)
})
