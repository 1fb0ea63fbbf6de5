import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Json } from '../server/call.ts'
import { expectError, expectToken } from '../server/expect.ts'
import { jwtClaims } from '../server/jwt.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { administrator, bearerOf, callerOf, clientIds } from './administrators.ts'

const name = 'adm-sessions'
const path = `/realms/${name}`
const server = await serverOfFile({
  realms: [
    {
      realm: name,
      enabled: true,
      clients: [service('shop', { directAccessGrantsEnabled: true })],
      users: [person('taras'), person('lesya'), person('ivan'), administrator('viewer', ['view-users'])],
    },
  ],
})
const realm = server.realm(name)

interface LoggedIn {
  readonly refreshToken: string
  readonly userId: string
  readonly sessionId: string
}

async function login(username: string): Promise<LoggedIn> {
  const form = { grant_type: 'password', username, password }
  const tokens = expectToken(await realm.token(form, { basic: as('shop') }))
  return {
    refreshToken: String(tokens['refresh_token']),
    userId: String(jwtClaims(tokens['access_token'])['sub']),
    sessionId: String(tokens['session_state']),
  }
}

const refresh = ({ refreshToken }: LoggedIn): Promise<Answer> =>
  realm.token({ grant_type: 'refresh_token', refresh_token: refreshToken }, { basic: as('shop') })

const expectOver = async (logged: LoggedIn): Promise<void> => expectError(await refresh(logged), 400, 'invalid_grant', 'Session not active')

const sessionsOf = async (userId: string): Promise<Json[]> =>
  (await server.admin('GET', `${path}/users/${userId}/sessions`)).json as unknown as Json[]

test('the sessions of a user, with their clients', async () => {
  const first = await login('taras')
  const second = await login('taras')
  const ids = await clientIds(server, name)
  const list = await sessionsOf(first.userId)
  assert.deepEqual(list.map(({ id }) => id).sort(), [first.sessionId, second.sessionId].sort())
  const { start, lastAccess, ...session } = list.find(({ id }) => id === first.sessionId) ?? {}
  assert.equal(Number(start) % 1_000, 0)
  assert.equal(Number(lastAccess) % 1_000, 0)
  assert.deepEqual(session, {
    id: first.sessionId,
    username: 'taras',
    userId: first.userId,
    ipAddress: '127.0.0.1',
    rememberMe: false,
    clients: { [String(ids['shop'])]: 'shop' },
    transientUser: false,
  })
})

test('the sessions of a client, page by page, and how many they are', async () => {
  const ids = await clientIds(server, name)
  const below = `${path}/clients/${ids['shop']}`
  const read = async (what: string): Promise<Json> => (await server.admin('GET', `${below}/${what}`)).json
  const before = Number((await read('session-count'))['count'])
  const { sessionId } = await login('ivan')
  assert.deepEqual(await read('session-count'), { count: before + 1 })
  const all = (await read('user-sessions')) as unknown as Json[]
  assert.equal(all.length, before + 1)
  assert.equal(all.find(({ id }) => id === sessionId)?.['username'], 'ivan')
  const page = (await read('user-sessions?first=1&max=1')) as unknown as Json[]
  assert.equal(page.length, 1)
  assert.deepEqual([await read('offline-sessions'), await read('offline-session-count')], [[], { count: 0 }])
  const unknown = await server.admin('GET', `${path}/clients/nobody/user-sessions`)
  assert.deepEqual([unknown.status, unknown.json], [404, { error: 'Could not find client' }])
})

test('logging a user out ends all of his sessions and nobody else’s', async () => {
  const mine = [await login('taras'), await login('taras')]
  const other = await login('lesya')
  const userId = mine[0]?.userId ?? ''
  for (let times = 0; times < 2; times += 1) {
    const { status, text } = await server.admin('POST', `${path}/users/${userId}/logout`)
    assert.deepEqual([status, text], [204, ''])
  }
  for (const logged of mine) await expectOver(logged)
  assert.deepEqual(await sessionsOf(userId), [])
  assert.equal((await refresh(other)).status, 200)
  const unknown = await server.admin('POST', `${path}/users/nobody/logout`)
  assert.deepEqual([unknown.status, unknown.json], [404, { error: 'User not found' }])
})

test('one session is ended, once', async () => {
  const ended = await login('taras')
  const kept = await login('taras')
  assert.equal((await server.admin('DELETE', `${path}/sessions/${ended.sessionId}`)).status, 204)
  await expectOver(ended)
  assert.equal((await refresh(kept)).status, 200)
  const again = await server.admin('DELETE', `${path}/sessions/${ended.sessionId}`)
  assert.deepEqual([again.status, again.json], [404, { error: 'Sesssion not found' }])
  const offline = await server.admin('DELETE', `${path}/sessions/${kept.sessionId}?isOffline=true`)
  assert.equal(offline.status, 404)
})

test('logging all out ends every session and makes all older tokens void', async () => {
  const logged = [await login('taras'), await login('ivan')]
  if (!server.onReference) server.clock.advance(1)
  else await new Promise((done) => setTimeout(done, 1_100))
  const { status, json } = await server.admin('POST', `${path}/logout-all`)
  assert.deepEqual([status, json], [200, {}])
  for (const one of logged) expectError(await refresh(one), 400, 'invalid_grant', 'Stale token')
  assert.deepEqual(await sessionsOf(logged[0]?.userId ?? ''), [])
  assert.equal((await refresh(await login('ivan'))).status, 200)
})

test('who may only see users ends no session', async () => {
  const logged = await login('lesya')
  const viewer = callerOf(server, await bearerOf(server, name, 'viewer'))
  assert.equal((await viewer('GET', `${path}/users/${logged.userId}/sessions`)).status, 200)
  for (const [method, below] of [
    ['POST', `/users/${logged.userId}/logout`],
    ['DELETE', `/sessions/${logged.sessionId}`],
    ['POST', '/logout-all'],
  ] as const)
    assert.equal((await viewer(method, `${path}${below}`)).status, 403, below)
  assert.equal((await refresh(logged)).status, 200)
})
