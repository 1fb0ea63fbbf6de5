import assert from 'node:assert/strict'
import { test } from 'node:test'
import { userSessionLimits } from '../../src/login/authenticators/user-session-limits.ts'
import { sessionRows } from '../../src/storage/sessions.ts'
import { serverOfFile } from '../server.ts'
import { app, drawn, person, stepOn, type TestStep } from './step.ts'

const names = ['ann', 'ben', 'cat', 'dan', 'eve']
const server = await serverOfFile({
  realms: [{ realm: 'lim', enabled: true, clients: [app, { ...app, clientId: 'other' }], users: names.map((name) => person(name)) }],
})

async function begin(username: string, config: Readonly<Record<string, string>>, clientId = 'app') {
  server.clock.advance(1)
  const step = await stepOn(server, { realm: 'lim', username, config, clientId })
  return { step, result: await userSessionLimits.start(step) }
}

async function end({ realm, client, session, services }: TestStep): Promise<string> {
  const { userId = '' } = session
  const made = { userId, offline: false, rememberMe: false, ipAddress: '', notes: {}, clientNotes: {} }
  return (await services.sessions.create(realm, client, made)).id
}

const idsOf = async ({ services, realm, session }: TestStep): Promise<readonly string[]> =>
  (await sessionRows(services.database).ofUser(realm.id, session.userId ?? '', false)).map(({ id }) => id)

test('a session beyond the realm’s limit is refused with the reference’s page', async () => {
  const config = { userRealmLimit: '2', behavior: 'Deny new session' }
  for (let i = 0; i < 2; i++) {
    const { step, result } = await begin('ann', config)
    assert.equal(result.kind, 'success')
    await end(step)
  }
  const { step, result } = await begin('ann', config)
  assert.ok(result.kind === 'failure' && result.page)
  assert.deepEqual([result.error, result.page.status], ['generic_authentication_error', 403])
  assert.match(drawn(step, result.page), /There are too many sessions/)
  const own = await begin('ann', { ...config, errorMessage: 'Too many of you' })
  assert.ok(own.result.kind === 'failure' && own.result.page)
  assert.match(drawn(own.step, own.result.page), /Too many of you/)
})

test('the oldest sessions make room where the realm says so', async () => {
  const ids: string[] = []
  for (let i = 0; i < 4; i++) {
    const { step, result } = await begin('ben', { userRealmLimit: '2', behavior: 'Terminate oldest session' })
    assert.equal(result.kind, 'success')
    ids.push(await end(step))
  }
  assert.deepEqual(await idsOf(await stepOn(server, { realm: 'lim', username: 'ben' })), ids.slice(2))
})

test('a client’s limit counts the sessions with that client alone', async () => {
  const config = { userRealmLimit: '3', userClientLimit: '1', behavior: 'Terminate oldest session' }
  const other = await begin('cat', config, 'other')
  const kept = await end(other.step)
  await end((await begin('cat', config)).step)
  const newest = await end((await begin('cat', config)).step)
  assert.deepEqual(await idsOf(other.step), [kept, newest])
})

test('no number, zero and less are no limit', async () => {
  for (const config of [{}, { userRealmLimit: '0', userClientLimit: '-1' }, { userRealmLimit: 'many' }]) {
    const { step, result } = await begin('dan', config)
    assert.equal(result.kind, 'success')
    await end(step)
  }
})

test('sessions that are over do not count', async () => {
  const config = { userRealmLimit: '1', behavior: 'Deny new session' }
  await end((await begin('eve', config)).step)
  assert.equal((await begin('eve', config)).result.kind, 'failure')
  server.clock.advance(11 * 3_600)
  assert.equal((await begin('eve', config)).result.kind, 'success')
})
