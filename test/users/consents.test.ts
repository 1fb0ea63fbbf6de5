import assert from 'node:assert/strict'
import { test } from 'node:test'
import { users as userRows } from '../../src/storage/users.ts'
import { openConsents } from '../../src/users/consents.ts'
import { person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { snapshotOf } from './realms.ts'

const server = await serverOfFile({
  realms: [{ realm: 'consents', enabled: true, clients: [service('app')], users: [person('taras')] }],
})

test('a grant adds to what was granted before, and a revocation takes all of it', async () => {
  const { database, clock } = server.services
  const consents = openConsents({ sql: database, clock })
  const realm = await snapshotOf(server, 'consents')
  const client = (await realm.client('app'))?.id ?? assert.fail()
  const user = (await userRows(database).find(realm.id, 'taras'))?.id ?? assert.fail()
  assert.equal(await consents.find(user, client), undefined)
  await consents.grant(user, client, ['a', 'b'])
  server.clock.advance(5)
  await consents.grant(user, client, ['b', 'c'])
  assert.deepEqual(await consents.find(user, client), new Set(['a', 'b', 'c']))
  assert.deepEqual(await consents.listOf(user), [
    { clientId: client, scopeIds: ['a', 'b', 'c'], createdAtMs: server.clock.now() - 5_000, updatedAtMs: server.clock.now() },
  ])
  await consents.replace(user, client, [])
  assert.deepEqual(await consents.find(user, client), new Set())
  assert.deepEqual([await consents.revoke(user, client), await consents.revoke(user, client)], [true, false])
})
