import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, recorded } from './administrators.ts'

const name = 'rlm-info'
const consoleClient = { clientId: 'security-admin-console', directAccessGrantsEnabled: true, publicClient: true }
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      users: [
        administrator('boss', ['manage-realm']),
        administrator('viewer', ['view-users']),
        administrator('nobody', []),
        administrator('actor', ['impersonation']),
      ],
    },
  ],
})

const info = async (username?: string): Promise<Json> => {
  if (username === undefined) return (await server.admin('GET', '/serverinfo')).json
  const { status, json } = await callerOf(server, await bearerOf(server, name, username))('GET', '/serverinfo')
  assert.equal(status, 200)
  return json
}

/** Lists of things that have an id or a name, by it; what only describes the machine as its kind of value. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'operationalInfo')
  return Object.fromEntries(entries.map(([key, member]) => [key, comparable(member)] as const).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** There are no workflows here, and the console shows what is not told to be off. */
function withoutWorkflows(golden: Json): Json {
  const profileInfo = golden['profileInfo'] as Json
  const features = golden['features'] as Json[]
  return {
    ...golden,
    profileInfo: { ...profileInfo, disabledFeatures: [...(profileInfo['disabledFeatures'] as string[]), 'WORKFLOWS'] },
    features: features.map((feature) => (feature['name'] === 'WORKFLOWS' ? { ...feature, enabled: false } : feature)),
  }
}

const machine = ['systemInfo', 'cpuInfo', 'memoryInfo'] as const

// Recorded from a default installation; the one that tests run against has features switched on.
test('the administrator of all realms is told what the reference tells, member by member', { skip: server.onReference }, async () => {
  const given = await info()
  const golden: Json = {
    ...withoutWorkflows(recorded('serverinfo') as Json),
    protocolMapperTypes: recorded('serverinfo-protocol-mapper-types'),
    builtinProtocolMappers: recorded('serverinfo-builtin-protocol-mappers'),
    componentTypes: recorded('serverinfo-component-types'),
  }
  assert.deepEqual(Object.keys(given).sort(), Object.keys(golden).sort())
  for (const member of machine) {
    const kinds = Object.fromEntries(Object.entries(given[member] as Json).map(([key, value]) => [key, typeof value]))
    assert.deepEqual(comparable(kinds), comparable(golden[member]), member)
  }
  for (const member of Object.keys(golden).filter((key) => !(machine as readonly string[]).includes(key)))
    assert.deepEqual(comparable(given[member]), comparable(golden[member]), member)
  assert.equal((given['systemInfo'] as Json)['version'], '26.7.0')
})

test('who manages the realm that he comes from is told the version, other administrators nothing of the machine', async () => {
  const boss = await info('boss')
  assert.deepEqual(boss['systemInfo'], { version: '26.7.0' })
  const viewer = await info('viewer')
  for (const member of machine) assert.equal(viewer[member], undefined)
  assert.equal(boss['memoryInfo'], undefined)
  assert.ok(viewer['componentTypes'])
})

test('whoever administers nothing is told nothing, a stranger 401', async () => {
  for (const username of ['nobody', 'actor']) {
    const { status, json } = await callerOf(server, await bearerOf(server, name, username))('GET', '/serverinfo')
    assert.deepEqual([status, json], [403, { error: 'HTTP 403 Forbidden' }], username)
  }
  assert.equal((await server.call('GET', '/admin/serverinfo')).status, 401)
  assert.equal((await server.admin('POST', '/serverinfo', {})).status, 405)
})

test('the console learns who is logged in, and which rights he has over the realm', async () => {
  const [client = {}] = (await server.admin('GET', `/realms/${name}/clients?clientId=${consoleClient.clientId}`)).json as unknown as Json[]
  const put = await server.admin('PUT', `/realms/${name}/clients/${String(client['id'])}`, { ...client, ...consoleClient })
  if (put.status !== 204) return assert.equal(put.status, 501, 'clients can not be changed yet')
  const ask = async (username: string, query = ''): Promise<readonly [number, Json]> => {
    const bearer = await bearerOf(server, name, username, consoleClient.clientId)
    const { status, json } = await server.call('GET', `/admin/${name}/console/whoami${query}`, { bearer })
    return [status, json]
  }
  for (const query of ['', `?currentRealm=${name}`, '?currentRealm=master']) {
    const [status, { userId: _userId, displayName: _name, ...who }] = await ask('boss', query)
    assert.equal(status, 200)
    assert.deepEqual(who, { realm: name, locale: 'en', temporary: false, createRealm: false, realm_access: { [name]: ['manage-realm'] } })
  }
  assert.deepEqual(await ask('nobody'), [403, { error: 'No realm access' }])
})

test('other clients, other realms and strangers are refused', async () => {
  const boss = await bearerOf(server, name, 'boss')
  const refused: readonly (readonly [string, string | undefined, number, unknown])[] = [
    [`/${name}`, boss, 403, (recorded('whoami') as { tokenOfOtherClient: { body: unknown } }).tokenOfOtherClient.body],
    ['/master', boss, 401, { error: 'HTTP 401 Unauthorized' }],
    ['/rlm-nowhere', boss, 404, { error: 'Realm not found.  Did you type in a bad URL?' }],
    [`/${name}`, undefined, 401, { error: 'HTTP 401 Unauthorized' }],
  ]
  for (const [realm, bearer, status, body] of refused) {
    const answer = await server.call('GET', `/admin${realm}/console/whoami`, bearer === undefined ? {} : { bearer })
    assert.deepEqual([answer.status, answer.json], [status, body], realm)
  }
})
