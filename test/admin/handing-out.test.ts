import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { person } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const name = 'rol-rights'
const base = `/realms/${name}`
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      clients: [{ clientId: 'shop', publicClient: true, fullScopeAllowed: false }],
      roles: {
        realm: [
          { name: 'plain' },
          { name: 'bag' },
          { name: 'sneaky', composite: true, composites: { client: { 'realm-management': ['realm-admin'] } } },
        ],
        client: { shop: [{ name: 'buy' }] },
      },
      groups: [
        { name: 'admins', clientRoles: { 'realm-management': ['realm-admin'] }, subGroups: [{ name: 'below' }] },
        { name: 'sneaks', realmRoles: ['sneaky'] },
        { name: 'staff', realmRoles: ['plain'] },
      ],
      users: [
        administrator('of-users', ['manage-users']),
        administrator('of-realm', ['manage-realm']),
        administrator('of-clients', ['manage-clients']),
        administrator('of-all', ['realm-admin']),
        person('victim'),
      ],
    },
  ],
})
const management = String((await clientIds(server, name))['realm-management'])
const shop = String((await clientIds(server, name))['shop'])
const idOf = async (path: string): Promise<string> => String((await server.admin('GET', base + path)).json['id'])
const role = async (path: string): Promise<Json> => {
  const { id, name: own } = (await server.admin('GET', base + path)).json
  return { id, name: own }
}
const realmAdmin = await role(`/clients/${management}/roles/realm-admin`)
const [plain, sneaky, buy] = [await role('/roles/plain'), await role('/roles/sneaky'), await role(`/clients/${shop}/roles/buy`)]
const group = (path: string): Promise<string> => idOf(`/group-by-path/${path}`)
const victim = String(((await server.admin('GET', `${base}/users?username=victim`)).json as unknown as Json[])[0]?.['id'])

async function statuses(username: string, rows: readonly (readonly [string, string, unknown?])[]): Promise<number[]> {
  const call = callerOf(server, await bearerOf(server, name, username))
  const found: number[] = []
  for (const [method, path, body] of rows) found.push((await call(method, base + path, body)).status)
  return found
}

test('composites give no rights that the caller does not have', async () => {
  const sneak = { composite: true, composites: { client: { 'realm-management': ['realm-admin'] } } }
  const rows = [
    ['POST', '/roles/bag/composites', [realmAdmin]],
    ['POST', '/roles', { name: 'new', ...sneak }],
    ['POST', `/roles/default-roles-${name}/composites`, [realmAdmin]],
    // What belongs to a client is for those who manage clients.
    ['POST', '/roles/bag/composites', [buy]],
    ['POST', '/roles/bag/composites', [plain]],
  ] as const
  assert.deepEqual(await statuses('of-realm', rows), [403, 403, 403, 403, 204])
  assert.deepEqual(await statuses('of-clients', [['POST', `/clients/${shop}/roles/buy/composites`, [realmAdmin]]]), [403])
  assert.deepEqual(
    await statuses('of-all', [
      ['POST', '/roles/bag/composites', [realmAdmin, buy]],
      ['DELETE', '/roles/bag/composites', [realmAdmin, buy]],
    ]),
    [204, 204],
  )
})

test('roles of groups give no rights that the caller does not have', async () => {
  const staff = await group('staff')
  const rows = [
    ['POST', `/groups/${staff}/role-mappings/clients/${management}`, [realmAdmin]],
    ['POST', `/groups/${staff}/role-mappings/realm`, [plain]],
  ] as const
  assert.deepEqual(await statuses('of-users', rows), [403, 204])
  assert.deepEqual(await statuses('of-realm', rows), [403, 403])
})

// The reference does not look at what a group, or a composite, gives to those who come into it.
test('nobody becomes more than his maker by way of groups and composites', { skip: server.onReference }, async () => {
  const [admins, below, sneaks, staff] = [await group('admins'), await group('admins/below'), await group('sneaks'), await group('staff')]
  const join = (id: string) => ['PUT', `/users/${victim}/groups/${id}`] as const
  assert.deepEqual(await statuses('of-users', [join(admins), join(below), join(sneaks), join(staff)]), [403, 403, 403, 204])
  const move = ['POST', `/groups/${admins}/children`, { id: staff, name: 'staff' }] as const
  assert.deepEqual(await statuses('of-users', [move, ['POST', `/groups/${staff}/role-mappings/realm`, [sneaky]]]), [403, 403])
  const byDefault = (id: string) => ['PUT', `/default-groups/${id}`] as const
  assert.deepEqual(await statuses('of-realm', [byDefault(admins), byDefault(sneaks), byDefault(staff)]), [403, 403, 204])
  assert.deepEqual(await statuses('of-realm', [['POST', '/roles/bag/composites', [sneaky]]]), [403])
  assert.deepEqual(await statuses('of-all', [byDefault(admins), ['DELETE', `/default-groups/${admins}`]]), [204, 204])
})

test('scopes of clients show roles of the realm only to those who manage it', async () => {
  const path = `/clients/${shop}/scope-mappings`
  const rows = [
    ['POST', `${path}/realm`, [plain]],
    ['POST', `${path}/clients/${shop}`, [buy]],
    ['DELETE', `${path}/clients/${shop}`, [buy]],
    ['POST', `/clients/${management}/scope-mappings/clients/${shop}`, [buy]],
  ] as const
  assert.deepEqual(await statuses('of-clients', rows), [403, 204, 204, 403])
  assert.deepEqual(await statuses('of-all', rows), [204, 204, 204, 403])
  const { json } = await server.admin('GET', `${base}${path}`)
  assert.deepEqual(
    (json['realmMappings'] as Json[]).map((one) => one['name']),
    ['plain'],
  )
  assert.deepEqual(await statuses('of-all', [['DELETE', `${path}/realm`]]), [204])
  assert.deepEqual((await server.admin('GET', `${base}${path}`)).json, {})
})
