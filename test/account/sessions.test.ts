import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../server/call.ts'
import { jwtClaims } from '../server/jwt.ts'
import { service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { accountCall, accountEvents, accountRealm, holder, listOf, logIn } from './people.ts'

const name = 'w-account-sessions'
const server = await serverOfFile({
  realms: [
    accountRealm(name, {
      clients: [service('shop', { directAccessGrantsEnabled: true })],
      users: ['olena', 'taras', 'ivan', 'lesya', 'petro', 'many'].map((username) =>
        holder(username, undefined, { realmRoles: ['offline_access'] }),
      ),
    }),
  ],
})
const call = accountCall(server, name)

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0'
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1'
const from = (username: string, userAgent: string, form: Readonly<Record<string, string>> = {}): Promise<string> =>
  logIn(server, name, username, { headers: { 'user-agent': userAgent }, form })
const sidOf = (bearer: string): string => String(jwtClaims(bearer)['sid'])
const idsOf = (sessions: unknown): unknown[] => (sessions as Json[]).map(({ id }) => id).toSorted()

test('somebody sees where he is logged in', async () => {
  const bearer = await from('olena', firefox)
  const other = await from('olena', phone)
  const answer = await call('GET', '/sessions', bearer)
  assert.deepEqual([answer.headers['content-type'], answer.headers['cache-control']], ['application/json;charset=UTF-8', 'no-cache'])
  const list = listOf(answer)
  assert.deepEqual(idsOf(list), [sidOf(bearer), sidOf(other)].toSorted())
  const { started, lastAccess, expires, ...own } = list.find(({ id }) => id === sidOf(bearer)) ?? {}
  assert.deepEqual(own, {
    id: sidOf(bearer),
    ipAddress: '127.0.0.1',
    clients: [{ clientId: 'app', clientName: 'The app', userConsentRequired: false, inUse: false, offlineAccess: false }],
    browser: 'Firefox/115.0',
    current: true,
  })
  assert.deepEqual([lastAccess, expires], [started, Number(started) + 36_000])
  const elsewhere = list.find(({ id }) => id === sidOf(other))
  assert.deepEqual([elsewhere?.['browser'], 'current' in (elsewhere ?? {})], ['Mobile Safari/16.6', false])
})

test('sessions from one kind of system are one device, offline sessions among them', async () => {
  const bearer = await from('taras', firefox)
  const others = [await from('taras', chrome), await from('taras', phone)]
  const offline = await from('taras', phone, { scope: 'openid offline_access' })
  const devices = listOf(await call('GET', '/sessions/devices', bearer))
  const linux = devices.find(({ os }) => os === 'Linux') ?? {}
  const { sessions: onLinux, lastAccess, ...device } = linux
  assert.deepEqual(device, { os: 'Linux', osVersion: 'Unknown', device: 'Other', current: true, mobile: false })
  assert.equal(typeof lastAccess, 'number')
  assert.deepEqual(idsOf(onLinux), [sidOf(bearer), sidOf(others[0] ?? '')].toSorted())
  const { sessions: onPhone, lastAccess: _last, ...iPhone } = devices.find(({ os }) => os === 'iOS') ?? {}
  assert.deepEqual(iPhone, { os: 'iOS', osVersion: '16.6', device: 'iPhone', mobile: true })
  assert.deepEqual(idsOf(onPhone), [sidOf(others[1] ?? ''), sidOf(offline)].toSorted())
  const [started, expires] = (onPhone as Json[])
    .filter(({ id }) => id === sidOf(offline))
    .flatMap((one) => [one['started'], one['expires']])
  assert.equal(Number(expires) - Number(started), 2_592_000)
  assert.equal(devices.length, 2)
})

test('a session is ended, and only one of his own', async () => {
  const bearer = await from('ivan', firefox)
  const other = await from('ivan', phone)
  const offline = await from('ivan', phone, { scope: 'openid offline_access' })
  const foreign = await from('lesya', firefox)
  await accountEvents(server, name)
  for (const id of ['nothing', sidOf(foreign)]) {
    const { status, headers } = await call('DELETE', `/sessions/${id}`, bearer)
    assert.deepEqual([status, headers['cache-control']], [204, 'no-cache'])
  }
  assert.deepEqual(await accountEvents(server, name), [])
  assert.equal((await call('GET', '/sessions', foreign)).status, 200)
  for (const id of [sidOf(other), sidOf(offline)]) {
    assert.equal((await call('DELETE', `/sessions/${id}`, bearer)).status, 204)
    assert.deepEqual(await accountEvents(server, name), [{ type: 'LOGOUT', clientId: 'account', sessionId: id }])
  }
  assert.equal((await call('GET', '/sessions', other)).status, 401)
  assert.deepEqual(idsOf(listOf(await call('GET', '/sessions', bearer))), [sidOf(bearer)])
  assert.equal((await call('DELETE', `/sessions/${sidOf(bearer)}`, bearer)).status, 204)
  assert.equal((await call('GET', '/sessions', bearer)).status, 401)
})

test('all other sessions are ended, and the own one when that is asked for', async () => {
  const bearer = await from('petro', firefox)
  const others = [await from('petro', phone), await from('petro', chrome)]
  const offline = await from('petro', phone, { scope: 'openid offline_access' })
  await accountEvents(server, name)
  assert.equal((await call('DELETE', '/sessions', bearer)).status, 204)
  const told = (await accountEvents(server, name)).map(({ type, sessionId }) => [type, sessionId])
  assert.deepEqual(told.toSorted(), [...others, offline].map((token) => ['LOGOUT', sidOf(token)]).toSorted())
  assert.deepEqual(idsOf(listOf(await call('GET', '/sessions', bearer))), [sidOf(bearer)])
  assert.equal((await call('DELETE', '/sessions?current=true', bearer)).status, 204)
  assert.equal((await call('GET', '/sessions', bearer)).status, 401)
})

test('lists cost as many statements for many sessions as for one', { skip: server.onReference }, async () => {
  const bearer = await from('many', firefox)
  const count = async (path: string): Promise<number> => (await server.statements(() => call('GET', path, bearer))).length
  const paths = ['/sessions', '/sessions/devices', '/applications']
  await from('many', phone, { scope: 'openid offline_access' })
  for (const path of paths) await count(path)
  const few = new Map<string, number>()
  for (const path of paths) few.set(path, await count(path))
  for (let times = 0; times < 10; times += 1) {
    await from('many', phone)
    await from('many', phone, { scope: 'openid offline_access' })
  }
  const shop = { grant_type: 'password', username: 'many', password: 'sample-password-1' }
  assert.equal((await server.realm(name).token(shop, { basic: ['shop', 'sample-secret-1'] })).status, 200)
  for (const [path, before] of few) assert.equal(await count(path), before, path)
  assert.equal(listOf(await call('GET', '/sessions', bearer)).length, 12)
})
