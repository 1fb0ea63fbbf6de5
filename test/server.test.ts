import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, secret, service } from './server/samples.ts'
import { startTestServer } from './server.ts'

const options = { skip: process.env['OSTIARY_TEST_REFERENCE'] !== undefined }
const realms = [{ realm: 'support', enabled: true, clients: [service('machine')] }]

test('a test server whose log holds a secret fails at its end', options, async () => {
  const server = await startTestServer({ realms })
  await server.realm('support').accessToken(as('machine'))
  server.services.log.info(`the words ${secret} should not stand here`)
  await assert.rejects(server.close(), /a secret is in the log/)
})

test('a test server whose log holds the signature of a token fails at its end', options, async () => {
  const server = await startTestServer({ realms })
  const token = await server.realm('support').accessToken(as('machine'))
  server.services.log.info('signature', { part: token.split('.')[2] })
  await assert.rejects(server.close(), /a secret is in the log/)
})

test('two test servers share nothing', options, async () => {
  await using one = await startTestServer({ realms })
  await using other = await startTestServer({ realms })
  one.clock.advance(100)
  assert.equal(one.clock.now() - other.clock.now(), 100_000)
  const token = await one.realm('support').accessToken(as('machine'), { scope: 'openid' })
  assert.equal((await one.realm('support').userinfo(token)).status, 200)
  assert.equal((await other.realm('support').userinfo(token)).status, 401)
})

for (const engine of ['memory', 'sqlite', 'postgres'] as const) {
  test(`a test server runs on ${engine}`, options, async () => {
    await using server = await startTestServer({ engine, realms })
    await server.realm('support').accessToken(as('machine'))
    assert.equal(server.services.database.engine, engine === 'postgres' ? 'postgres' : 'sqlite')
  })
}
