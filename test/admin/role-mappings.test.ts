import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { account, as, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { clientIds, mappingsPath } from './administrators.ts'

const server = await serverOfFile({
  realms: [
    {
      realm: 'adm-roles',
      enabled: true,
      roles: {
        realm: [
          { name: 'reader', description: 'Reads', attributes: { level: ['1'] } },
          { name: 'writer', composite: true, composites: { realm: ['reader'] } },
        ],
        client: { machine: [{ name: 'own' }] },
      },
      clients: [service('machine')],
      users: [account('machine', [])],
    },
  ],
})
const realm = server.realm('adm-roles')
const ids = await clientIds(server, 'adm-roles')
const mappings = await mappingsPath(server, 'adm-roles', 'machine')
const ofClient = `${mappings}/clients/${ids['machine']}`

const list = async (path: string): Promise<Json[]> => (await server.admin('GET', path)).json as unknown as Json[]
const names = async (path: string): Promise<unknown[]> => (await list(path)).map((role) => role['name']).sort()
const roleNamed = async (path: string, name: string): Promise<Json> => {
  const role = [...(await list(path)), ...(await list(`${path}/available`))].find((one) => one['name'] === name)
  if (role === undefined) throw new Error(`no role ${name}`)
  return { id: role['id'], name }
}
const change = async (method: string, path: string, body: unknown): Promise<void> => {
  const { status, text } = await server.admin(method, path, body)
  assert.deepEqual([status, text], [204, ''])
}
const rolesInToken = async (): Promise<unknown> => {
  const { realm_access, resource_access } = jwtClaims(await realm.accessToken(as('machine')))
  return [realm_access, resource_access]
}

test('a role that is given is in the next token with its composites, one that is taken is not', async () => {
  const writer = await roleNamed(`${mappings}/realm`, 'writer')
  assert.deepEqual(await rolesInToken(), [undefined, undefined])
  await change('POST', `${mappings}/realm`, [writer])
  const [realmAccess] = (await rolesInToken()) as [{ roles: string[] }]
  assert.deepEqual(realmAccess.roles.sort(), ['reader', 'writer'])
  await change('DELETE', `${mappings}/realm`, [writer])
  assert.deepEqual(await rolesInToken(), [undefined, undefined])
})

test('the same with roles of a client', async () => {
  const own = await roleNamed(ofClient, 'own')
  await change('POST', ofClient, [own])
  assert.deepEqual(await rolesInToken(), [undefined, { machine: { roles: ['own'] } }])
  assert.deepEqual(await names(ofClient), ['own'])
  await change('DELETE', ofClient, [own])
  assert.deepEqual(await rolesInToken(), [undefined, undefined])
})

test('to give or take twice, or nothing, is no error', async () => {
  const reader = await roleNamed(`${mappings}/realm`, 'reader')
  for (const method of ['POST', 'POST', 'DELETE', 'DELETE']) await change(method, `${mappings}/realm`, [reader])
  for (const method of ['POST', 'DELETE']) await change(method, `${mappings}/realm`, [])
  assert.deepEqual(await names(`${mappings}/realm`), [])
})

test('a DELETE without a body takes all roles of the realm, or of the client, and no others', async () => {
  await change('POST', `${mappings}/realm`, [
    await roleNamed(`${mappings}/realm`, 'reader'),
    await roleNamed(`${mappings}/realm`, 'writer'),
  ])
  await change('POST', ofClient, [await roleNamed(ofClient, 'own')])
  await change('DELETE', `${mappings}/realm`, undefined)
  assert.deepEqual([await names(`${mappings}/realm`), await names(ofClient)], [[], ['own']])
  await change('DELETE', ofClient, undefined)
  assert.deepEqual(await names(ofClient), [])
})

test('own, effective and available roles are shown apart', async () => {
  await change('POST', `${mappings}/realm`, [await roleNamed(`${mappings}/realm`, 'writer')])
  await change('POST', ofClient, [await roleNamed(ofClient, 'own')])
  assert.deepEqual(await names(`${mappings}/realm`), ['writer'])
  assert.deepEqual(await names(`${mappings}/realm/composite`), ['reader', 'writer'])
  assert.deepEqual(await names(`${mappings}/realm/available`), ['default-roles-adm-roles', 'offline_access', 'reader', 'uma_authorization'])
  assert.deepEqual(await names(`${ofClient}/available`), [])
  const [full] = (await list(`${mappings}/realm/composite?briefRepresentation=false`)).filter(({ name }) => name === 'reader')
  const { id, containerId, ...rest } = full ?? {}
  assert.deepEqual(rest, { name: 'reader', description: 'Reads', composite: false, clientRole: false, attributes: { level: ['1'] } })
  const all = (await server.admin('GET', mappings)).json
  const writer = { name: 'writer', composite: true, clientRole: false, containerId }
  const own = { name: 'own', composite: false, clientRole: true, containerId: ids['machine'] }
  const withoutIds = JSON.parse(JSON.stringify(all, (name, value) => (name === 'id' ? undefined : value)))
  assert.deepEqual(withoutIds, { realmMappings: [writer], clientMappings: { machine: { client: 'machine', mappings: [own] } } })
  assert.equal((all['clientMappings'] as { machine: Json }).machine['id'], ids['machine'])
  assert.notEqual(id, undefined)
  await change('DELETE', `${mappings}/realm`, undefined)
  await change('DELETE', ofClient, undefined)
  assert.deepEqual((await server.admin('GET', mappings)).json, {})
})

test('a role needs its name and its right id, and one bad role spoils them all', async () => {
  const reader = await roleNamed(`${mappings}/realm`, 'reader')
  const own = await roleNamed(ofClient, 'own')
  const bad: readonly (readonly [path: string, roles: unknown[]])[] = [
    [`${mappings}/realm`, [{ name: 'reader' }]],
    [`${mappings}/realm`, [{ id: reader['id'] }]],
    [`${mappings}/realm`, [{ ...reader, id: own['id'] }]],
    [`${mappings}/realm`, [own]],
    [ofClient, [reader]],
    [`${mappings}/clients/${ids['account']}`, [own]],
    [`${mappings}/realm`, [reader, { id: 'nope', name: 'nope' }]],
    [`${mappings}/realm`, [{}]],
  ]
  for (const [path, roles] of bad) {
    for (const method of ['POST', 'DELETE']) {
      const { status, json } = await server.admin(method, path, roles)
      assert.deepEqual([status, json], [404, { error: 'Role not found' }], JSON.stringify(roles))
    }
  }
  assert.deepEqual((await server.admin('GET', mappings)).json, {})
})

test('bodies that are no list of roles are refused', async () => {
  const bodies: readonly (readonly [body: unknown, status: number])[] = [
    [{}, 400],
    ['x', 400],
    [[{ nope: 1 }], 400],
    [[null], 400],
  ]
  for (const [body, status] of bodies) {
    const answer = await server.admin('POST', `${mappings}/realm`, body)
    if (server.onReference && JSON.stringify(body) === '[null]') continue
    assert.equal(answer.status, status, JSON.stringify(body))
  }
  const { status, json } = await server.admin('GET', `${mappings}/clients/nope`)
  assert.deepEqual([status, json], [404, { error: 'Client not found' }])
})
