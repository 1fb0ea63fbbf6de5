import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const roles = ['view-clients', 'manage-clients', 'query-clients', 'create-client', 'manage-realm', 'view-realm', 'manage-users'] as const

const server = await serverOfFile({
  realms: [
    {
      realm: 'cli-perm',
      enabled: true,
      clients: [service('target')],
      users: roles.map((role) => administrator(role, [role])),
    },
  ],
})
const realm = '/realms/cli-perm'
const ids = await clientIds(server, 'cli-perm')
const target = `${realm}/clients/${ids['target']}`
const reserved = `${realm}/clients/${ids['realm-management']}`
const scopes = (await server.admin('GET', `${realm}/client-scopes`)).json as unknown as Json[]
const email = scopes.find(({ name }) => name === 'email')?.['id']
const bearers = new Map<string, Promise<string>>()
const bearerFor = (role: string): Promise<string> => {
  const bearer = bearers.get(role) ?? bearerOf(server, 'cli-perm', role)
  bearers.set(role, bearer)
  return bearer
}

/** By role: view, manage, query; everybody else is told 403. */
type Expected = readonly [view: number, manage: number, query: number]
const reads: Expected = [200, 200, 403]

const cases: readonly (readonly [method: string, path: string, body: unknown, expected: Expected])[] = [
  ['GET', target, undefined, reads],
  ['GET', `${realm}/clients/nope`, undefined, [404, 404, 404]],
  ['PUT', target, {}, [403, 204, 403]],
  ['PUT', `${realm}/clients/nope`, {}, [404, 404, 404]],
  ['PUT', reserved, {}, [403, 403, 403]],
  ['DELETE', reserved, undefined, [403, 403, 403]],
  ['DELETE', `${realm}/clients/nope`, undefined, [404, 404, 404]],
  ['POST', `${realm}/clients`, { clientId: '' }, [403, 400, 403]],
  ['GET', `${target}/client-secret`, undefined, reads],
  ['POST', `${target}/client-secret`, undefined, [403, 200, 403]],
  ['POST', `${target}/registration-access-token`, undefined, [403, 200, 403]],
  ['GET', `${target}/default-client-scopes`, undefined, reads],
  ['PUT', `${target}/default-client-scopes/${email}`, undefined, [403, 204, 403]],
  ['PUT', `${target}/default-client-scopes/nope`, undefined, [403, 404, 403]],
  ['GET', `${target}/protocol-mappers/models`, undefined, reads],
  ['POST', `${target}/protocol-mappers/add-models`, [], [403, 204, 403]],
  ['GET', `${target}/evaluate-scopes/protocol-mappers`, undefined, reads],
  ['GET', `${target}/evaluate-scopes/generate-example-access-token`, undefined, [404, 404, 403]],
  ['GET', `${target}/service-account-user`, undefined, reads],
  ['GET', `${target}/installation/providers/keycloak-oidc-keycloak-json`, undefined, reads],
  ['GET', `${target}/certificates/jwt.credential`, undefined, reads],
  ['GET', `${realm}/client-scopes/${email}`, undefined, reads],
  ['GET', `${realm}/client-scopes/nope`, undefined, [404, 404, 404]],
  ['PUT', `${realm}/client-scopes/${email}`, { name: 'email' }, [403, 204, 403]],
  ['POST', `${realm}/client-scopes`, { name: 'bad name' }, [403, 400, 403]],
  ['GET', `${realm}/client-scopes/${email}/protocol-mappers/models`, undefined, reads],
  ['POST', `${realm}/client-scopes/${email}/protocol-mappers/add-models`, [], [403, 204, 403]],
  ['GET', `${realm}/default-default-client-scopes`, undefined, reads],
  ['GET', `${realm}/default-optional-client-scopes`, undefined, reads],
  ['DELETE', `${realm}/default-default-client-scopes/nope`, undefined, [403, 404, 403]],
  ['GET', `${realm}/clients-initial-access`, undefined, reads],
  ['POST', `${realm}/clients-initial-access`, {}, [403, 201, 403]],
  ['DELETE', `${realm}/clients-initial-access/nope`, undefined, [403, 204, 403]],
]

for (const [method, path, body, [view, manage, query]] of cases) {
  const known: Readonly<Record<string, number>> = { 'view-clients': view, 'manage-clients': manage, 'query-clients': query }
  test(`${method} ${path.replace(target, 'a client').replace(reserved, 'a reserved client').replace(realm, '')} for each role`, async () => {
    for (const role of roles) {
      const { status } = await callerOf(server, await bearerFor(role))(method, path, body)
      assert.equal(status, known[role] ?? 403, role)
    }
  })
}

test('lists are whole for those who may see clients, and empty for those who may only query', async () => {
  for (const [role, count] of [
    ['view-clients', 7],
    ['manage-clients', 7],
    ['query-clients', 0],
  ] as const) {
    const as = callerOf(server, await bearerFor(role))
    const clients = (await as('GET', `${realm}/clients`)).json as unknown as Json[]
    const all = (await as('GET', `${realm}/client-scopes`)).json as unknown as Json[]
    assert.deepEqual([clients.length, all.length > 0], [count, count > 0], role)
    for (const { clientId, access } of clients) {
      const may = role === 'manage-clients' && clientId !== 'realm-management'
      assert.deepEqual(access, { view: true, configure: may, manage: may })
    }
  }
  for (const role of ['create-client', 'manage-realm', 'manage-users'])
    for (const path of ['clients', 'client-scopes'])
      assert.equal((await callerOf(server, await bearerFor(role))('GET', `${realm}/${path}`)).status, 403)
})

test('kinds of registration policies are the realm’s affair', async () => {
  for (const role of roles) {
    const { status } = await callerOf(server, await bearerFor(role))('GET', `${realm}/client-registration-policy/providers`)
    assert.equal(status, role.endsWith('-realm') ? 200 : 403, role)
  }
})
