import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../server/call.ts'
import { expectToken } from '../server/expect.ts'
import type { TestRealm } from '../server/realm.ts'
import { as, refreshing } from '../server/samples.ts'
import { startTestServer } from '../server.ts'

const attempts = 100
const refusals: ReadonlySet<unknown> = new Set([
  'Maximum allowed refresh token reuse exceeded',
  "Session doesn't have required client",
  'Stale token',
])

async function refreshAtOnce(realm: TestRealm, token: unknown): Promise<Answer[]> {
  const form = { grant_type: 'refresh_token', refresh_token: String(token) }
  return Promise.all(Array.from({ length: attempts }, () => realm.token(form, { basic: as('machine') })))
}

const login = async (realm: TestRealm): Promise<unknown> =>
  expectToken(await realm.token({ grant_type: 'client_credentials' }, { basic: as('machine') }))['refresh_token']

for (const engine of ['sqlite', 'postgres'] as const) {
  const options = {
    engine,
    realms: [
      { realm: 'flows-race', enabled: true, revokeRefreshToken: true, clients: [refreshing('machine')] },
      { realm: 'flows-calm', enabled: true, clients: [refreshing('machine')] },
    ],
  }

  test(`${engine}: of ${attempts} uses of one rotating refresh token at once exactly one succeeds, first and second in the chain`, async () => {
    await using server = await startTestServer(options)
    const realm = server.realm('flows-race')
    const second = async (): Promise<unknown> => {
      const form = { grant_type: 'refresh_token', refresh_token: String(await login(realm)) }
      return expectToken(await realm.token(form, { basic: as('machine') }))['refresh_token']
    }
    for (const token of [await login(realm), await second()]) {
      const answers = await refreshAtOnce(realm, token)
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      const refused = answers.filter(({ status }) => status !== 200)
      for (const { status, json } of refused) {
        assert.deepEqual([status, json['error']], [400, 'invalid_grant'])
        assert.ok(refusals.has(json['error_description']), String(json['error_description']))
      }
    }
  })

  test(`${engine}: ${attempts} uses at once of a refresh token that may be used again all succeed`, async () => {
    await using server = await startTestServer(options)
    const realm = server.realm('flows-calm')
    const answers = await refreshAtOnce(realm, await login(realm))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  })
}
