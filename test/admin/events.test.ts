import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'

const loud = { eventsEnabled: true, adminEventsEnabled: true, adminEventsDetailsEnabled: true }
const realmOf = (realm: string, more = {}) => ({
  realm,
  enabled: true,
  ...loud,
  clients: [service('app', { directAccessGrantsEnabled: true }), service('other', { directAccessGrantsEnabled: true })],
  users: [person('taras'), person('lesya')],
  ...more,
})

const server = await serverOfFile({
  realms: [
    realmOf('admin-events'),
    realmOf('admin-events-config', { eventsEnabled: false, adminEventsEnabled: false }),
    realmOf('admin-events-types', { enabledEventTypes: ['LOGIN'] }),
    realmOf('admin-events-changes'),
    realmOf('admin-events-odd'),
    realmOf('admin-events-out'),
  ],
})

type Listed = Readonly<Record<string, unknown>>

/** Each at a time of its own, by which they are listed. */
function login(realm: string, username: string, given = password, client = 'app') {
  server.clock.advance(1)
  return server.realm(realm).token({ grant_type: 'password', username, password: given }, { basic: as(client) })
}

async function list(realm: string, query = '', kind = 'events'): Promise<readonly Listed[]> {
  if (!server.onReference) await server.services.events.flush()
  const answer = await server.admin('GET', `/realms/${realm}/${kind}${query}`)
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text) as Listed[]
}

const shape = (events: readonly Listed[]): string => events.map(({ type, error }) => String(error ?? type)).join(' ')

test('stored events are listed newest first, filtered and by pages', async () => {
  const realm = 'admin-events'
  await login(realm, 'taras')
  await login(realm, 'taras', 'wrong')
  await login(realm, 'nobody')
  await login(realm, 'lesya', password, 'other')
  const all = await list(realm)
  assert.equal(shape(all), 'LOGIN user_not_found invalid_user_credentials LOGIN')
  const taras = String(all[3]?.['userId'])
  const rows: readonly (readonly [string, string])[] = [
    ['?max=1', 'LOGIN'],
    ['?first=1&max=1', 'user_not_found'],
    ['?first=-1&max=-1', 'LOGIN user_not_found invalid_user_credentials LOGIN'],
    ['?max=0', ''],
    ['?type=LOGIN', 'LOGIN LOGIN'],
    ['?type=LOGIN&type=LOGIN_ERROR', 'LOGIN user_not_found invalid_user_credentials LOGIN'],
    ['?type=LOGOUT', ''],
    ['?client=other', 'LOGIN'],
    [`?user=${taras}`, 'invalid_user_credentials LOGIN'],
    ['?user=taras', ''],
    ['?ipAddress=127.0.0.1&type=LOGIN', 'LOGIN LOGIN'],
    ['?ipAddress=10.9.9.9', ''],
    ['?dateFrom=2020-01-01&max=1', 'LOGIN'],
    ['?dateTo=2020-01-01', ''],
    ['?dateTo=1700000000000', ''],
    ['?dateFrom=1700000000000&max=1', 'LOGIN'],
    ['?direction=asc&max=2', 'LOGIN invalid_user_credentials'],
  ]
  for (const [query, expected] of rows) assert.equal(shape(await list(realm, query)), expected, query)
})

test('an event tells type, realm, client, user, session, address and details, and no password', async () => {
  const realm = 'admin-events'
  await login(realm, 'taras')
  const [event] = await list(realm, '?max=1')
  assert.deepEqual(Object.keys(event ?? {}), ['id', 'time', 'type', 'realmId', 'clientId', 'userId', 'sessionId', 'ipAddress', 'details'])
  const details = event?.['details'] as Listed
  assert.deepEqual([details['username'], details['grant_type'], event?.['clientId']], ['taras', 'password', 'app'])
  assert.ok(!JSON.stringify(event).includes(password))
})

test('an event that has nothing more to tell has no details', async () => {
  const form = { grant_type: 'password', username: 'taras', password, scope: 'openid' }
  const { id_token } = (await server.realm('admin-events-out').token(form, { basic: as('app') })).json
  await server.realm('admin-events-out').call('GET', `/protocol/openid-connect/logout?id_token_hint=${String(id_token)}`)
  const [logout] = await list('admin-events-out', '?type=LOGOUT')
  assert.ok(logout)
  assert.deepEqual([logout['clientId'], 'details' in logout], ['app', false])
})

test('a wrong filter is answered as the reference server does', async () => {
  const date = (name: string) => ({ error: `Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp` })
  const rows: readonly (readonly [string, object])[] = [
    ['?dateFrom=bad', date('dateFrom')],
    ['?dateTo=bad', date('dateTo')],
    ['?direction=foo', { error: 'Invalid value for sortDirection, expected value is asc or desc' }],
  ]
  for (const [query, json] of rows) {
    const answer = await server.admin('GET', `/realms/admin-events/events${query}`)
    assert.deepEqual([answer.status, answer.json], [400, json], query)
  }
  assert.equal((await server.admin('GET', '/realms/admin-events/events?max=x')).status, 404)
})

test('an unknown type is a mistake of who asks', { skip: server.onReference }, async () => {
  for (const query of ['events?type=NOPE', 'admin-events?operationTypes=NOPE'])
    assert.equal((await server.admin('GET', `/realms/admin-events/${query}`)).status, 400, query)
})

test('only the types that a realm names are stored', async () => {
  const realm = 'admin-events-types'
  await login(realm, 'taras', 'wrong')
  await login(realm, 'taras')
  assert.equal(shape(await list(realm)), 'LOGIN')
})

test('the events configuration is shown and changed as the reference server does', async () => {
  const path = '/realms/admin-events-config/events/config'
  const get = async (): Promise<Listed> => (await server.admin('GET', path)).json
  const types = async (): Promise<number> => ((await get())['enabledEventTypes'] as string[]).length
  const put = async (json: object): Promise<number> => (await server.admin('PUT', path, json)).status
  assert.deepEqual(
    { ...(await get()), enabledEventTypes: [] },
    {
      eventsEnabled: false,
      eventsListeners: ['jboss-logging'],
      enabledEventTypes: [],
      adminEventsEnabled: false,
      adminEventsDetailsEnabled: true,
    },
  )
  assert.equal(await types(), 103)
  assert.equal(await put({ eventsEnabled: true, eventsExpiration: 100, enabledEventTypes: ['LOGIN', 'LOGOUT'] }), 204)
  const changed = await get()
  assert.deepEqual([changed['eventsEnabled'], changed['eventsExpiration'], await types()], [true, 100, 2])
  assert.equal(await put({ eventsEnabled: true, enabledEventTypes: [] }), 204)
  assert.deepEqual([(await get())['eventsExpiration'], await types()], [undefined, 103])
  // The reference reads an absent switch as off.
  assert.equal(await put({}), 204)
  assert.equal((await get())['eventsEnabled'], false)
  const listener = await server.admin('PUT', path, { eventsListeners: ['nope'] })
  assert.deepEqual([listener.status, listener.json], [400, { error: 'Unknown event listener' }])
  const unknown = await server.admin('PUT', path, { x: 1 })
  assert.deepEqual([unknown.status, /Unrecognized field "x"/.test(String(unknown.json['error']))], [400, true])
  assert.equal(await put({ eventsListeners: [] }), 204)
  assert.deepEqual((await get())['eventsListeners'], [])
})

test('changes by administrators are stored with who made them and what was sent', async () => {
  const realm = 'admin-events-changes'
  await server.admin('DELETE', `/realms/${realm}/admin-events`)
  await server.admin('PUT', `/realms/${realm}/events/config`, { ...loud, eventsExpiration: 5 })
  server.clock.advance(1)
  await server.admin('DELETE', `/realms/${realm}/attack-detection/brute-force/users`)
  const events = await list(realm, '', 'admin-events')
  const [forgotten, config] = events
  assert.equal(events.length, 2)
  assert.deepEqual([forgotten?.['operationType'], forgotten?.['resourceType']], ['DELETE', 'USER_LOGIN_FAILURE'])
  assert.deepEqual(
    [config?.['operationType'], config?.['resourceType'], config?.['resourcePath'], config?.['realmId'] !== undefined],
    ['UPDATE', 'REALM', 'events/config', true],
  )
  assert.equal((JSON.parse(String(config?.['representation'])) as Listed)['eventsExpiration'], 5)
  const actor = config?.['authDetails'] as Listed
  assert.deepEqual(Object.keys(actor), ['realmId', 'clientId', 'userId', 'ipAddress'])
  assert.match(String(actor['clientId']), /^[0-9a-f-]{36}$/)
  const rows: readonly (readonly [string, number])[] = [
    ['?operationTypes=UPDATE', 1],
    ['?operationTypes=UPDATE&operationTypes=DELETE', 2],
    ['?resourceTypes=REALM', 1],
    ['?resourcePath=events/*', 1],
    ['?resourcePath=events', 0],
    [`?authUser=${actor['userId']}`, 2],
    ['?authUser=nobody', 0],
    ['?authIpAddress=127.0.0.1', 2],
    ['?dateTo=2020-01-01', 0],
    ['?max=1', 1],
  ]
  for (const [query, count] of rows) assert.equal((await list(realm, query, 'admin-events')).length, count, query)
})

test('events are removed at once', async () => {
  const realm = 'admin-events'
  await login(realm, 'taras')
  assert.equal((await server.admin('DELETE', `/realms/${realm}/events`)).status, 204)
  assert.deepEqual(await list(realm), [])
  assert.equal((await server.admin('DELETE', `/realms/${realm}/admin-events`)).status, 204)
  assert.deepEqual(await list(realm, '', 'admin-events'), [])
})

test('what strangers send is stored as far as a database can hold it', { skip: server.onReference }, async () => {
  const realm = 'admin-events-odd'
  server.services.events.emit({
    type: 'LOGIN_ERROR',
    realmId: 'x',
    realmName: realm,
    clientId: 'a\0b',
    error: 'user_not_found',
    details: { username: `\0${'x'.repeat(10_000)}` },
  })
  server.services.events.emit({ type: 'LOGIN', realmId: 'x', realmName: 'removed', details: {} })
  const [event] = await list(realm)
  assert.equal(event?.['clientId'], 'a\uFFFDb')
  assert.equal(String((event?.['details'] as Listed | undefined)?.['username']).length, 2_550)
})
