import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Json } from '../server/call.ts'
import { testClock } from '../server/clock.ts'
import { as, password, person, service } from '../server/samples.ts'
import { startTestServer, type TestServer } from '../server.ts'

const realm = {
  realm: 'uses',
  enabled: true,
  ssoSessionIdleTimeout: 600,
  clients: [service('app', { directAccessGrantsEnabled: true })],
  users: [person('taras')],
}

async function login(server: TestServer): Promise<{ refresh(): Promise<{ status: number; json: Json }>; userId: string }> {
  const uses = server.realm('uses')
  let token = (await uses.token({ grant_type: 'password', username: 'taras', password }, { basic: as('app') })).json['refresh_token']
  const [user] = (await server.admin('GET', '/realms/uses/users?username=taras')).json as unknown as Json[]
  return {
    userId: String(user?.['id']),
    async refresh() {
      const answer = await uses.token({ grant_type: 'refresh_token', refresh_token: String(token) }, { basic: as('app') })
      token = answer.json['refresh_token'] ?? token
      return answer
    },
  }
}

for (const engine of ['sqlite', 'postgres'] as const) {
  const clock = testClock()
  const server = await startTestServer({ engine, clock, realms: [realm] })
  after(() => server.close())

  test(`${engine}: a refresh keeps the session alive at once, though it is written later`, async () => {
    const { refresh } = await login(server)
    for (let round = 0; round < 3; round++) {
      clock.advance(400)
      assert.equal((await refresh()).status, 200)
    }
    clock.advance(700)
    assert.equal((await refresh()).json['error_description'], 'Token is not active')
  })

  test(`${engine}: an administrator sees the last use, and one of 20 at once is not lost`, async () => {
    const { refresh, userId } = await login(server)
    clock.advance(60)
    await Promise.all(Array.from({ length: 20 }, refresh))
    const [session] = (await server.admin('GET', `/realms/uses/users/${userId}/sessions`)).json as unknown as Json[]
    assert.equal(Number(session?.['lastAccess']) - Number(session?.['start']), 60_000)
    await server.admin('POST', `/realms/uses/users/${userId}/logout`)
  })

  test(`${engine}: a logout is not undone by a use that waits`, async () => {
    const { refresh, userId } = await login(server)
    assert.equal((await refresh()).status, 200)
    await server.admin('POST', `/realms/uses/users/${userId}/logout`)
    assert.equal((await refresh()).json['error_description'], 'Session not active')
    assert.deepEqual((await server.admin('GET', `/realms/uses/users/${userId}/sessions`)).json, [])
  })
}
