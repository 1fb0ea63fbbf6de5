import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runExpiry } from '../../src/sessions/expiry.ts'
import { adminEventRows, eventRows } from '../../src/storage/events.ts'
import { singleUse } from '../../src/storage/single-use.ts'
import { as, password, person, service } from '../server/samples.ts'
import { startTestServer, type TestServer } from '../server.ts'

const realm = {
  realm: 'ageing',
  enabled: true,
  ssoSessionIdleTimeout: 600,
  eventsEnabled: true,
  eventsExpiration: 3_600,
  adminEventsEnabled: true,
  attributes: { adminEventsExpiration: '7200' },
  clients: [service('app', { directAccessGrantsEnabled: true })],
  users: [person('taras')],
}

async function stored(server: TestServer, realmId: string): Promise<{ events: number; adminEvents: number }> {
  const page = { direction: 'asc', first: 0, max: 100 } as const
  const { database } = server.services
  return {
    events: (await eventRows(database).find(realmId, page)).length,
    adminEvents: (await adminEventRows(database).find(realmId, page)).length,
  }
}

for (const engine of ['memory', 'postgres'] as const) {
  test(`${engine}: sessions, one-time things and events are removed when their time is over, and not before`, async () => {
    await using server = await startTestServer({ engine, realms: [realm, { realm: 'lasting', enabled: true, eventsEnabled: true }] })
    const { database, realms, events, clock } = server.services
    const realmId = (await realms.find('ageing'))?.id ?? assert.fail()
    const answer = await server.realm('ageing').token({ grant_type: 'password', username: 'taras', password }, { basic: as('app') })
    assert.equal(answer.status, 200)
    await server.realm('ageing').change({ displayName: 'Ageing' })
    await events.flush()
    await singleUse(database).put({ id: 'once', kind: 'code', realmId, expiresAtMs: clock.now() + 60_000, doc: '{}' })
    assert.deepEqual(await runExpiry(database, clock.now()), { sessions: 0, authenticationSessions: 0, singleUse: 0, events: 0 })

    server.clock.advance(61)
    assert.equal((await runExpiry(database, clock.now())).singleUse, 1)
    server.clock.advance(600)
    assert.equal((await runExpiry(database, clock.now())).sessions >= 1, true)
    assert.deepEqual(await stored(server, realmId), { events: 1, adminEvents: 1 })
    server.clock.advance(3_000)
    await runExpiry(database, clock.now())
    assert.deepEqual(await stored(server, realmId), { events: 0, adminEvents: 1 })
    server.clock.advance(3_600)
    await runExpiry(database, clock.now())
    assert.deepEqual(await stored(server, realmId), { events: 0, adminEvents: 0 })
  })

  test(`${engine}: several nodes may remove at once`, async () => {
    await using server = await startTestServer({ engine, realms: [realm] })
    const { database, realms, clock } = server.services
    const realmId = (await realms.find('ageing'))?.id ?? assert.fail()
    for (let n = 0; n < 20; n++) await singleUse(database).put({ id: `once-${n}`, kind: 'code', realmId, expiresAtMs: 1, doc: '{}' })
    const runs = await Promise.all([1, 2, 3].map(() => runExpiry(database, clock.now())))
    assert.equal(
      runs.reduce((sum, run) => sum + run.singleUse, 0),
      20,
    )
  })
}
