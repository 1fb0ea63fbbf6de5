import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { loadConfig } from '../../src/config/load.ts'
import { createLogger } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import { type Answer, type CallOptions, call, type Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, service } from '../server/samples.ts'
import { engines, type Place } from '../storage/engines.ts'

/** One of several servers on a database. */
interface Node {
  readonly url: string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  admin(method: string, path: string, json?: unknown): Promise<Answer>
  token(realm: string): Promise<Answer>
}

const basic = as('machine')

async function startNode({ options }: Place): Promise<Node> {
  const where = options.engine === 'memory' ? [] : [`--db-url=${options.engine === 'sqlite' ? options.file : options.url}`]
  const args = ['--http-port=0', `--db=${options.engine}`, ...where]
  const config = loadConfig({ command: 'start-dev', args, env: {}, readFile: () => undefined })
  const server = await startServer(config, { log: createLogger({ level: 'off', output: 'json', write: () => undefined }) })
  after(() => server.close())
  const url = `http://127.0.0.1:${server.port}`
  const send: Node['call'] = (method, path, callOptions) => call(method, url + path, callOptions)
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }
  const login = await send('POST', '/realms/master/protocol/openid-connect/token', { form })
  const bearer = String(login.json['access_token'])
  return {
    url,
    call: send,
    admin: (method, path, json) => send(method, `/admin${path}`, { bearer, ...(json === undefined ? {} : { json }) }),
    token: (realm) => send('POST', `/realms/${realm}/protocol/openid-connect/token`, { form: { grant_type: 'client_credentials' }, basic }),
  }
}

async function place(engine: string): Promise<Place> {
  const made = await engines.find(({ name }) => name === engine)?.make()
  if (made === undefined) throw new Error(`no engine ${engine}`)
  return made
}

const places = { postgres: await place('postgres'), sqlite: await place('sqlite'), memory: await place('memory') }
const first = await startNode(places.postgres)
const second = await startNode(places.postgres)
const onFile = await startNode(places.sqlite)
const inMemory = await startNode(places.memory)
// Hooks run in the order in which they were made: the servers are closed by then.
after(() => Promise.all(Object.values(places).map((one) => one.remove())))

/** A change on one server is known to the others within this time. */
const knownWithinMs = 1_000
const pollMs = 20

async function becomesTrue(check: () => Promise<boolean>): Promise<boolean> {
  for (const endMs = Date.now() + knownWithinMs; Date.now() < endMs; await pause(pollMs)) if (await check()) return true
  return false
}

test('what is changed on one server is in the next tokens of the other within a second', async () => {
  const realm = { realm: 'shared', enabled: true, roles: { realm: [{ name: 'reader' }] }, clients: [service('machine')] }
  assert.equal((await first.admin('POST', '/realms', realm)).status, 201)
  assert.equal((await second.token('shared')).status, 200)
  const [client] = (await second.admin('GET', '/realms/shared/clients?clientId=machine')).json as unknown as Json[]
  const path = `/realms/shared/clients/${String(client?.['id'])}`
  const user = (await second.admin('GET', `${path}/service-account-user`)).json
  const mappings = `/realms/shared/users/${String(user['id'])}/role-mappings/realm`
  const available = (await first.admin('GET', `${mappings}/available`)).json as unknown as Json[]
  const reader = available.filter((role) => role['name'] === 'reader')
  const has = async (node: Node): Promise<boolean> => {
    const { realm_access } = jwtClaims((await node.token('shared')).json['access_token'])
    return (realm_access as { roles: string[] }).roles.includes('reader')
  }
  assert.equal(await has(second), false)
  assert.equal((await first.admin('POST', mappings, reader)).status, 204)
  assert.equal(await has(first), true)
  assert.ok(await becomesTrue(() => has(second)))
  assert.equal((await second.admin('DELETE', mappings, reader)).status, 204)
  assert.equal(await has(second), false)
  assert.ok(await becomesTrue(async () => !(await has(first))))
  assert.equal((await first.admin('POST', `${path}/client-secret`)).status, 200)
  assert.ok(await becomesTrue(async () => (await second.token('shared')).status === 401))
})

test('a realm that is renamed, disabled or removed on one server is so on the other', async () => {
  assert.equal((await first.admin('POST', '/realms', { realm: 'early', enabled: true, clients: [service('machine')] })).status, 201)
  assert.equal((await second.token('early')).status, 200)
  await first.admin('PUT', '/realms/early', { enabled: false })
  assert.ok(await becomesTrue(async () => (await second.token('early')).status === 403))
  await first.admin('PUT', '/realms/early', { enabled: true, realm: 'late' })
  assert.ok(await becomesTrue(async () => (await second.token('late')).status === 200))
  assert.ok(await becomesTrue(async () => (await second.token('early')).status === 404))
  await second.admin('DELETE', '/realms/late')
  assert.ok(await becomesTrue(async () => (await first.token('late')).status === 404))
})

test('a realm asked for before it exists is there once it is made, on both servers', async () => {
  for (const node of [first, second]) assert.equal((await node.token('later')).status, 404)
  assert.equal((await second.admin('POST', '/realms', { realm: 'later', enabled: true, clients: [service('machine')] })).status, 201)
  assert.equal((await second.token('later')).status, 200)
  assert.equal((await first.token('later')).status, 200)
})

const parallel = 50

for (const [title, nodes] of [
  ['two servers on PostgreSQL', [first, second]],
  ['SQLite in a file', [onFile]],
  ['memory', [inMemory]],
] as const) {
  test(`${title}: of ${parallel} requests to make one realm exactly one succeeds, the others are told 409`, async () => {
    const realm = { realm: 'race', enabled: true, clients: [service('machine')] }
    const sent = Array.from({ length: parallel }, (_, index) => nodes[index % nodes.length]?.admin('POST', '/realms', realm))
    const answers = (await Promise.all(sent)).filter((answer) => answer !== undefined)
    assert.equal(answers.length, parallel)
    const refused = answers.filter(({ status }) => status !== 201)
    assert.equal(refused.length, parallel - 1)
    for (const { status, json } of refused) assert.deepEqual([status, json], [409, { errorMessage: 'Realm race already exists' }])
    for (const node of nodes) {
      assert.equal((await node.token('race')).status, 200)
      const names = ((await node.admin('GET', '/realms')).json as unknown as Json[]).map((one) => one['realm'])
      assert.equal(names.filter((name) => name === 'race').length, 1)
    }
    const clients = (await nodes[0].admin('GET', '/realms/master/clients?clientId=race-realm')).json as unknown as Json[]
    assert.equal(clients.length, 1)
  })
}
