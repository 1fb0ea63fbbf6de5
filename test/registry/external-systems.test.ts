import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { exportRealms } from '../../src/server.ts'
import { bearerOf, callerOf } from '../admin/administrators.ts'
import { eventsOf } from '../admin/stored-events.ts'
import type { Answer, Json } from '../server/call.ts'
import { testClock } from '../server/clock.ts'
import { expectClientRefused } from '../server/expect.ts'
import { as, audience, service } from '../server/samples.ts'
import { serverOfFile, startTestServer } from '../server.ts'
import { registryOf, registryRealm } from './registry.ts'

const name = 'consent-01-external-system'
const server = await serverOfFile({
  clock: testClock(),
  realms: [
    registryRealm(name, {
      roles: {
        realm: [{ name: 'plain' }, { name: 'sneaky', composite: true, composites: { client: { 'realm-management': ['realm-admin'] } } }],
      },
    }),
  ],
})
const registry = registryOf(server, name)
const realm = server.realm(name)

const refusal = ({ status, json }: Answer): [number, unknown] => [status, json['errorMessage'] ?? json['error']]

test('a system is made with one call: it gets tokens at once, with its roles and attributes in them', async () => {
  const body = {
    name: 'tax-office',
    type: 'external-system',
    roles: ['trembita-invoker', 'plain'],
    attributes: { drfo: '1234567890', edrpou: '12345678', fullName: 'Державна податкова служба' },
  }
  const made = await registry.call('POST', '', body)
  assert.equal(made.status, 201, made.text)
  assert.equal(made.headers.location, `${server.url}/admin${registry.path}/tax-office`)
  assert.equal(made.headers['cache-control'], 'no-store')
  assert.deepEqual(Object.keys(made.json), ['name', 'clientId', 'secret', 'createdAt'])
  const { secret, createdAt } = made.json
  assert.equal(made.json['clientId'], 'tax-office')
  assert.match(String(secret), /^[A-Za-z\d]{86}$/)
  const claims = await registry.claims('tax-office', String(secret))
  const { drfo, edrpou, fullName } = claims
  assert.deepEqual({ drfo, edrpou, fullName }, body.attributes)
  const roles = (claims['realm_access'] as { roles: string[] }).roles
  assert.deepEqual(roles.filter((role) => body.roles.includes(role)).sort(), ['plain', 'trembita-invoker'])
  await server.services.events.flush()
  assert.deepEqual(await registry.get('tax-office'), {
    name: 'tax-office',
    clientId: 'tax-office',
    type: 'external-system',
    status: 'active',
    authentication: 'password',
    createdAt,
    lastTokenAt: createdAt,
    roles: ['plain', 'trembita-invoker'],
    attributes: body.attributes,
    access: { searchConditions: [], businessProcesses: [] },
  })
})

test('an external system may call the data exchange unless its roles say otherwise; another registry has no roles', async () => {
  await registry.create('by-default')
  await registry.create('without-roles', { roles: [] })
  await registry.create('other-registry', { type: 'internal-registry' })
  const rolesOf = async (system: string): Promise<unknown> => (await registry.get(system))['roles']
  assert.deepEqual(await rolesOf('by-default'), ['trembita-invoker'])
  assert.deepEqual(await rolesOf('without-roles'), [])
  assert.deepEqual(await rolesOf('other-registry'), [])
})

test('a name has at most 32 characters of a-z, 0-9 and -, with a letter or digit at both ends', async () => {
  const rule = "The name of an external system has at most 32 characters of a-z, 0-9 and '-', and begins and ends with a letter or digit"
  for (const wrong of ['', '-a', 'a-', 'A', 'ä', 'a_b', 'a b', 'a/b', 'a'.repeat(33), '\u0456']) {
    assert.deepEqual(refusal(await registry.call('POST', '', { name: wrong, type: 'external-system' })), [400, rule], wrong)
  }
  assert.deepEqual(refusal(await registry.call('POST', '', { type: 'external-system' })), [400, rule])
  await registry.create('a'.repeat(32))
  await registry.create('1')
})

test('a body that says something else than it should is refused', async () => {
  const post = async (more: Json): Promise<[number, unknown]> => refusal(await registry.call('POST', '', { name: 'wrong', ...more }))
  const type = [400, 'The type of an external system is one of: external-system, internal-registry']
  assert.deepEqual(await post({}), type)
  assert.deepEqual(await post({ type: 'person' }), type)
  const system = { type: 'external-system' }
  assert.deepEqual(await post({ ...system, roles: [''] }), [400, 'The name of a role has 1 to 255 characters'])
  const many = Array.from({ length: 101 }, (_, index) => `role-${index}`)
  assert.deepEqual(await post({ ...system, roles: many }), [400, 'An external system has at most 100 roles'])
  assert.deepEqual(await post({ ...system, attributes: { drfo: ' ' } }), [400, 'The attribute drfo has 1 to 255 characters'])
  assert.deepEqual(await post({ ...system, attributes: { fullName: 'a\nb' } }), [400, 'The attribute fullName has 1 to 255 characters'])
  assert.match(String((await post({ ...system, secret: 'mine' }))[1]), /Unrecognized field "secret"/)
  assert.match(String((await post({ ...system, attributes: { iban: 'x' } }))[1]), /Unrecognized field "iban"/)
  assert.equal((await registry.call('POST', '')).status, 500)
  assert.equal((await registry.call('GET', '/wrong')).status, 404)
})

test('a name that is taken, by a system or by any other client, is a conflict', async () => {
  await registry.create('twice')
  for (const taken of ['twice', 'asker', 'account']) {
    const answer = await registry.call('POST', '', { name: taken, type: 'external-system' })
    assert.deepEqual(refusal(answer), [409, `Client ${taken} already exists`])
  }
  const platform = await registry.call('POST', '', { name: 'data-factory', type: 'external-system' })
  assert.deepEqual(refusal(platform), [409, 'The name data-factory is taken by the platform'])
})

test('of two calls with one name at once, one makes the system', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => registry.call('POST', '', { name: 'raced', type: 'external-system' })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409])
})

test('clients that are no external systems are not there', async () => {
  for (const [method, below] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/secret'],
    ['POST', '/block'],
    ['POST', '/unblock'],
  ] as const) {
    for (const other of ['asker', 'realm-management', 'nobody']) {
      assert.deepEqual(refusal(await registry.call(method, `/${other}${below}`)), [404, 'Could not find external system'])
    }
  }
  assert.equal((await registry.call('PUT', '/asker/access', {})).status, 404)
})

test('who manages clients may do everything, who views them may look, and nobody else may anything', async () => {
  await registry.create('rights')
  const calls = [
    ['GET', ''],
    ['GET', '/rights'],
    ['POST', '', { name: 'x-rights', type: 'internal-registry' }],
    ['POST', '/rights/secret'],
    ['PUT', '/rights/access', { searchConditions: ['by-viewer'] }],
    ['PUT', '/rights/key', { jwksUrl: 'https://system.example/jwks' }],
    ['POST', '/rights/block'],
    ['POST', '/rights/unblock'],
    ['DELETE', '/rights'],
  ] as const
  const statuses = async (bearer: string | undefined): Promise<number[]> => {
    const found: number[] = []
    for (const [method, below, body] of calls) {
      const options = { ...(bearer === undefined ? {} : { bearer }), ...(body === undefined ? {} : { json: body }) }
      found.push((await server.call(method, `/admin${registry.path}${below}`, options)).status)
    }
    return found
  }
  assert.deepEqual(
    await statuses(undefined),
    calls.map(() => 401),
  )
  assert.deepEqual(
    await statuses(await bearerOf(server, name, 'clerk')),
    calls.map(() => 403),
  )
  assert.deepEqual(await statuses(await bearerOf(server, name, 'viewer')), [200, 200, ...calls.slice(2).map(() => 403)])
  assert.deepEqual(await statuses(await bearerOf(server, name, 'keeper')), [200, 200, 201, 200, 204, 204, 204, 204, 204])
})

test('nobody gives a system roles that are more than his own rights', async () => {
  const keeper = callerOf(server, await bearerOf(server, name, 'keeper'))
  const post = async (roles: string[]): Promise<number> =>
    (await keeper('POST', registry.path, { name: 'climber', type: 'external-system', roles })).status
  assert.equal(await post(['sneaky']), 403)
  assert.equal((await registry.call('GET', '/climber')).status, 404)
  assert.equal(await post(['plain', 'made-by-keeper']), 201)
  // The administrator of all realms has these rights himself.
  await registry.create('high', { roles: ['sneaky'] })
})

test('a new password works at once and the old one does not, unless it was given a grace', async () => {
  const first = await registry.create('rotating')
  const rotate = async (json?: Json): Promise<Json> => {
    const answer = await registry.call('POST', '/rotating/secret', json)
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['cache-control'], 'no-store')
    return answer.json
  }
  const works = async (secret: unknown): Promise<boolean> => (await registry.token('rotating', String(secret))).status === 200
  const second = await rotate()
  assert.deepEqual(Object.keys(second), ['secret'])
  assert.deepEqual([await works(first), await works(second['secret'])], [false, true])
  expectClientRefused(await registry.token('rotating', first), 'unauthorized_client')

  const third = await rotate({ graceSeconds: 60 })
  const until = Math.floor(server.clock.now() / 1_000) * 1_000 + 60_000
  assert.equal(third['previousValidUntil'], new Date(until).toISOString())
  assert.equal((await registry.get('rotating'))['previousValidUntil'], third['previousValidUntil'])
  assert.deepEqual([await works(second['secret']), await works(third['secret'])], [true, true])
  server.clock.advance(60)
  assert.deepEqual([await works(second['secret']), await works(third['secret'])], [false, true])
  assert.equal((await registry.get('rotating'))['previousValidUntil'], undefined)

  // Only the last password but one is remembered, and a rotation without a grace forgets it.
  const fourth = await rotate({ graceSeconds: 600 })
  const fifth = await rotate({ graceSeconds: 600 })
  assert.deepEqual([await works(third['secret']), await works(fourth['secret']), await works(fifth['secret'])], [false, true, true])
  const sixth = await rotate({ graceSeconds: 0 })
  assert.deepEqual([await works(fourth['secret']), await works(fifth['secret']), await works(sixth['secret'])], [false, false, true])
})

test('the Admin API shows and forgets the password before', async () => {
  const first = await registry.create('shown')
  await registry.call('POST', '/shown/secret', { graceSeconds: 600 })
  const found = (await server.admin('GET', `/realms/${name}/clients?clientId=shown`)).json as unknown as Json[]
  const rotated = `/realms/${name}/clients/${String(found[0]?.['id'])}/client-secret/rotated`
  assert.equal((await server.admin('GET', rotated)).json['value'], first)
  assert.equal((await server.admin('DELETE', rotated)).status, 204)
  assert.equal((await registry.token('shown', first)).status, 401)
})

test('a grace is a whole number of seconds, at most 30 days', async () => {
  await registry.create('graceful')
  for (const graceSeconds of [-1, 2_592_001]) {
    const answer = await registry.call('POST', '/graceful/secret', { graceSeconds })
    assert.deepEqual(refusal(answer), [400, 'graceSeconds is a whole number from 0 to 2592000'])
  }
  assert.equal((await registry.call('POST', '/graceful/secret', { graceSeconds: 'long' })).status, 400)
  assert.equal((await registry.call('POST', '/graceful/secret', { grace: 1 })).status, 400)
})

/** Whether a token counts: for whoever asks about it, and for the Admin API when its bearer may use that. */
async function counts(token: unknown): Promise<unknown> {
  return (await realm.introspect({ token: String(token) }, { basic: as('asker') })).json['active']
}

/** A system whose tokens `asker` may ask about. */
async function askable(system: string): Promise<string> {
  const secret = await registry.create(system)
  const found = (await server.admin('GET', `/realms/${name}/clients?clientId=${system}`)).json as unknown as Json[]
  const path = `/realms/${name}/clients/${String(found[0]?.['id'])}/protocol-mappers/models`
  assert.equal((await server.admin('POST', path, audience('asker'))).status, 201)
  return secret
}

test('a blocked system is refused at once, with its password and with the tokens that it has', async () => {
  const secret = await askable('blocked')
  const token = (await registry.token('blocked', secret)).json['access_token']
  assert.equal(await counts(token), true)
  for (const _ of [1, 2]) assert.equal((await registry.call('POST', '/blocked/block')).status, 204)
  assert.equal((await registry.get('blocked'))['status'], 'blocked')
  expectClientRefused(await registry.token('blocked', secret), 'invalid_client')
  assert.equal(await counts(token), false)
  server.clock.advance(2)
  for (const _ of [1, 2]) assert.equal((await registry.call('POST', '/blocked/unblock')).status, 204)
  assert.equal((await registry.get('blocked'))['status'], 'active')
  // What it had before stays void; what it gets now is good.
  assert.equal(await counts(token), false)
  assert.equal(await counts((await registry.token('blocked', secret)).json['access_token']), true)
})

test('a removed system is gone at once, and one of the same name inherits nothing', async () => {
  const secret = await askable('removed')
  const token = (await registry.token('removed', secret)).json['access_token']
  assert.equal((await registry.call('DELETE', '/removed')).status, 204)
  expectClientRefused(await registry.token('removed', secret), 'invalid_client')
  assert.equal(await counts(token), false)
  assert.deepEqual(refusal(await registry.call('DELETE', '/removed')), [404, 'Could not find external system'])
  await askable('removed')
  assert.equal(await counts(token), false)
  assert.equal((await registry.token('removed', secret)).status, 401)
})

test('a system that administers loses its rights with the block', async () => {
  const secret = await registry.create('steward', { roles: ['sneaky'] })
  const bearer = String((await registry.token('steward', secret)).json['access_token'])
  const look = async (): Promise<number> => (await server.call('GET', `/admin${registry.path}`, { bearer })).status
  assert.equal(await look(), 200)
  await registry.call('POST', '/steward/block')
  assert.equal(await look(), 401)
})

test('sessions of a system end with the block, and refresh tokens with them', async () => {
  const secret = await registry.create('refreshed')
  await realm.changeClient('refreshed', { attributes: { 'client_credentials.use_refresh_token': 'true' } })
  const refresh = (token: unknown): Promise<Answer> =>
    realm.token({ grant_type: 'refresh_token', refresh_token: String(token) }, { basic: ['refreshed', secret] })
  const { refresh_token: token } = (await registry.token('refreshed', secret)).json
  assert.equal((await refresh(token)).status, 200)
  await registry.call('POST', '/refreshed/block')
  assert.equal((await refresh(token)).status, 401)
  server.clock.advance(2)
  await registry.call('POST', '/refreshed/unblock')
  assert.equal((await refresh(token)).status, 400)
})

test('a client that the realm cannot be without is not removed, whatever its attributes say', async () => {
  await realm.changeClient('account-console', { attributes: { registry_type: 'external-system' } })
  assert.equal((await registry.call('GET', '/account-console')).status, 200)
  assert.equal((await registry.call('DELETE', '/account-console')).status, 400)
})

test('access is replaced as a whole, and stands in the token', async () => {
  const secret = await registry.create('reader')
  const put = (json: Json): Promise<Answer> => registry.call('PUT', '/reader/access', json)
  const access = { searchConditions: ['count-units-in-parallel', 'пошук'], businessProcesses: ['*'] }
  for (const _ of [1, 2]) assert.equal((await put(access)).status, 204)
  assert.deepEqual((await registry.get('reader'))['access'], access)
  const claims = await registry.claims('reader', secret)
  const resources = claims['resource_access'] as Record<string, { roles: string[] }>
  assert.deepEqual(resources['data-factory']?.roles.sort(), access.searchConditions)
  assert.deepEqual(resources['business-process']?.roles, ['*'])
  assert.deepEqual([claims['aud']].flat().filter((one) => /^(?:data-factory|business-process)$/.test(String(one))).length, 2)

  assert.equal((await put({ businessProcesses: ['start_one', 'Process.2'] })).status, 204)
  assert.deepEqual((await registry.get('reader'))['access'], {
    searchConditions: [],
    businessProcesses: ['Process.2', 'start_one'],
  })
  assert.equal((await registry.claims('reader', secret))['resource_access']?.['data-factory' as never], undefined)
  // Roles of the realm, and what others have, stay.
  assert.deepEqual((await registry.get('reader'))['roles'], ['trembita-invoker'])
})

test('names of conditions and processes that no path can hold are refused', async () => {
  await registry.create('picky')
  const put = async (json: Json): Promise<[number, unknown]> => refusal(await registry.call('PUT', '/picky/access', json))
  for (const wrong of ['', '..', 'a/b', 'a b', '*', '%2f', '-a', 'a'.repeat(256)]) {
    const [status, text] = await put({ searchConditions: [wrong] })
    assert.equal(status, 400, wrong)
    assert.match(String(text), /^searchConditions: a name has 1 to 255 letters/)
  }
  assert.equal((await put({ businessProcesses: ['a/b'] }))[0], 400)
  const many = Array.from({ length: 501 }, (_, index) => `c${index}`)
  assert.deepEqual(await put({ searchConditions: many }), [400, 'searchConditions: at most 500 names'])
  assert.match(String((await put({ searchCondition: [] }))[1]), /Unrecognized field "searchCondition"/)
})

test('each write is an admin event, and no event holds a password', async () => {
  const events = await eventsOf(server, name, async () => {
    const secret = await registry.create('audited', { roles: ['made-for-audit'], attributes: { edrpou: '1' } })
    await registry.call('POST', '/audited/secret', { graceSeconds: 5 })
    await registry.call('PUT', '/audited/access', { searchConditions: ['audited-condition'] })
    await registry.call('POST', '/audited/block')
    await registry.call('POST', '/audited/block')
    await registry.call('POST', '/audited/unblock')
    await registry.call('DELETE', '/audited')
    assert.equal(typeof secret, 'string')
  })
  const created = events.find(([operation, type]) => operation === 'CREATE' && type === 'CLIENT')?.[3] as Json
  assert.deepEqual(Object.keys(created), ['name', 'clientId', 'id', 'type', 'roles', 'attributes'])
  const [dataFactory] = (await server.admin('GET', `/realms/${name}/clients?clientId=data-factory`)).json as unknown as Json[]
  // The clock of the test stands still, so that they have no order.
  assert.deepEqual(
    new Set(events.map(([operation, type, path]) => `${operation} ${type} ${path}`)),
    new Set([
      'CREATE REALM_ROLE roles/made-for-audit',
      'CREATE CLIENT external-systems/audited',
      'ACTION CLIENT external-systems/audited/secret',
      `CREATE CLIENT_ROLE clients/${dataFactory?.['id']}/roles/audited-condition`,
      'UPDATE CLIENT external-systems/audited/access',
      'ACTION CLIENT external-systems/audited/block',
      'ACTION CLIENT external-systems/audited/unblock',
      'DELETE CLIENT external-systems/audited',
    ]),
  )
  assert.doesNotMatch(JSON.stringify(events), /[A-Za-z\d]{86}/)
})

test('a registry that is exported and imported has its systems with what they may reach', async () => {
  await registry.create('moving', { attributes: { edrpou: '77' } })
  await registry.call('PUT', '/moving/access', { searchConditions: ['kept'], businessProcesses: ['*'] })
  const secret = String((await registry.call('POST', '/moving/secret', {})).json['secret'])
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-registry-'))
  try {
    await exportRealms(server.services, { dir: folder, realm: name, users: 'same_file', usersPerFile: 100 })
    await using other = await startTestServer({ args: [`--import-realm=${folder}`] })
    const there = registryOf(other, name)
    await server.services.events.flush()
    const { lastTokenAt: _time, ...before } = await registry.get('moving')
    assert.deepEqual(await there.get('moving'), before)
    assert.deepEqual((await there.claims('moving', secret))['edrpou'], '77')
    assert.equal(((await there.call('GET', '?search=moving')).json as unknown as Json[]).length, 1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${engine}: systems are paged and searched with the same few statements, however many they are`, async () => {
    const others = Array.from({ length: 300 }, (_, index) => service(`other-${index}`))
    await using own = await startTestServer({ engine, realms: [registryRealm('reg-scale', { clients: others })] })
    const systems = registryOf(own, 'reg-scale')
    for (let index = 0; index < 30; index += 1) await systems.create(`system-${String(index).padStart(2, '0')}`)
    await systems.call('PUT', '/system-07/access', { searchConditions: ['one', 'two'] })
    const listed = async (query: string): Promise<unknown[]> =>
      ((await systems.call('GET', query)).json as unknown as Json[]).map((system) => system['name'])
    assert.equal((await listed('')).length, 30)
    assert.deepEqual(await listed('?first=3&max=2'), ['system-03', 'system-04'])
    assert.deepEqual(await listed('?search=EM-2&first=8'), ['system-28', 'system-29'])
    assert.deepEqual(await listed('?search=_'), [])
    assert.deepEqual(await listed('?search=other'), [])
    const cost = async (query: string): Promise<readonly string[]> => own.statements(() => listed(query))
    assert.deepEqual(
      (await cost('?max=1')).filter((statement) => /^external-system|attributes/.test(statement)),
      ['external-system.list', 'external-system.roles-of', 'user.attributes-of'],
    )
    assert.deepEqual(await cost('?max=30'), await cost('?max=1'))
  })

  test(`${engine}: the last token is told at once on this node and written together a little later`, async () => {
    await using own = await startTestServer({ engine, realms: [registryRealm('reg-uses')] })
    const systems = registryOf(own, 'reg-uses')
    const secret = await systems.create('busy')
    assert.equal((await systems.get('busy'))['lastTokenAt'], undefined)
    const uses = await own.statements(async () => {
      await systems.token('busy', secret)
      await systems.token('busy', secret)
      await own.services.events.flush()
    })
    // Neither a request for a token nor its event writes.
    assert.deepEqual(
      uses.filter((statement) => /^external-system/.test(statement)),
      [],
    )
    const expected = new Date(own.clock.now()).toISOString()
    assert.equal((await systems.get('busy'))['lastTokenAt'], expected)
    assert.deepEqual(await own.statements(() => own.services.tokenUses.flush()), ['external-system.note-uses'])
    assert.equal((await systems.get('busy'))['lastTokenAt'], expected)
    await systems.token('busy', `${secret}x`)
    await own.services.events.flush()
    assert.deepEqual(await own.statements(() => own.services.tokenUses.flush()), [])
    // A system that goes while its use waits takes the use along.
    own.clock.advance(1)
    await systems.token('busy', secret)
    await own.services.events.flush()
    await systems.call('DELETE', '/busy')
    await own.services.tokenUses.flush()
    assert.equal((await systems.call('GET', '/busy')).status, 404)
  })
}
