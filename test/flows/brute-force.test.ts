import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { RealmRepresentation } from '../../src/representations/realm.ts'
import { updateUser } from '../../src/users/accounts.ts'
import { testClock } from '../server/clock.ts'
import { password, person, service } from '../server/samples.ts'
import { startTestServer, type TestServer } from '../server.ts'

/** What the reference server did: logins at recorded times, and what its Admin API told of the user after each. */
interface Recording {
  readonly name: string
  readonly settings: RealmRepresentation
  /** Errors, or types of events without one, in their order. */
  readonly events: readonly string[]
  readonly steps: readonly (Login | { readonly atMs: number; readonly enabled: boolean; readonly password?: undefined })[]
}

interface Login {
  readonly atMs: number
  readonly password: 'right' | 'wrong'
  readonly answer: string
  readonly statusAtMs: number
  readonly failures: number
  readonly lockouts: number
  readonly disabled: boolean
  readonly enabled: boolean
}

const recordings = readFileSync(new URL('brute-force.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording)

/** The settings of every recording but for its own. */
const common: RealmRepresentation = {
  enabled: true,
  bruteForceProtected: true,
  failureFactor: 3,
  waitIncrementSeconds: 2,
  quickLoginCheckMilliSeconds: 0,
  minimumQuickLoginWaitSeconds: 2,
  maxFailureWaitSeconds: 100,
  maxDeltaTimeSeconds: 100,
}

const otpSecret = 'a-shared-otp-secret'
const otp = { type: 'otp', secretData: JSON.stringify({ value: otpSecret }), credentialData: JSON.stringify({ subType: 'totp' }) }

const realmOf = (name: string, settings: RealmRepresentation, more = {}): RealmRepresentation => ({
  realm: name,
  ...common,
  ...settings,
  clients: [service('app', { directAccessGrantsEnabled: true })],
  users: [person('victim', more)],
})

interface Victim {
  readonly server: TestServer
  login(given: string, form?: Readonly<Record<string, string>>): Promise<string>
  status(): Promise<Record<string, unknown>>
  isEnabled(): Promise<boolean>
  enable(enabled: boolean): Promise<void>
}

async function victimOf(server: TestServer, name: string): Promise<Victim> {
  const { services } = server
  const find = async () => {
    const realm = await services.realms.find(name)
    const user = realm && (await services.users.findForLogin(realm, 'victim'))
    assert.ok(user)
    return user
  }
  const { id } = await find()
  return {
    server,
    async login(given, form = {}) {
      const text = given === 'right' ? password : 'no-such-password'
      const basic = ['app', 'sample-secret-1'] as const
      const answer = await server.realm(name).token({ grant_type: 'password', username: 'victim', password: text, ...form }, { basic })
      assert.equal(answer.json['error'], answer.status === 200 ? undefined : 'invalid_grant')
      return answer.status === 200 ? 'accepted' : `${answer.json['error_description']}`
    },
    status: async () => (await server.admin('GET', `/realms/${name}/attack-detection/brute-force/users/${id}`)).json,
    isEnabled: async () => (await find()).enabled === 1,
    async enable(enabled) {
      const realm = (await services.realms.find(name)) ?? assert.fail()
      const parts = { ...services, sql: services.database }
      assert.equal((await updateUser(parts, realm, await find(), { context: 'admin', values: {}, enabled })).kind, 'done')
    },
  }
}

test('failures are counted and users locked as the reference server recorded it', async (t) => {
  const clock = testClock(recordings[0]?.steps[0]?.atMs)
  const realms = recordings.map(({ settings }, index) => realmOf(`guarded-${index}`, settings))
  await using server = await startTestServer({ clock, realms })
  for (const [index, recording] of recordings.entries()) {
    await t.test(recording.name, async () => {
      const name = `guarded-${index}`
      const victim = await victimOf(server, name)
      // Recordings ran at the same time: each is moved behind the one before it by whole seconds.
      const first = recording.steps[0]?.atMs ?? 0
      const shiftMs = Math.max(0, Math.ceil((clock.now() - first) / 1_000)) * 1_000
      const at = (ms: number): void => clock.advance((ms + shiftMs - clock.now()) / 1_000)
      await server.realm(name).events()
      for (const step of recording.steps) {
        at(step.atMs)
        if (step.password === undefined) await victim.enable(step.enabled)
        else await replay(victim, step, () => at(step.statusAtMs))
      }
      // A lock is told before the failure that brought it, in the reference after it.
      const events = (await server.realm(name).events()).map(({ type, error }) => String(error ?? type))
      assert.deepEqual(events.sort(), recording.events.toSorted())
    })
  }
})

async function replay(victim: Victim, step: Login, toStatus: () => void): Promise<void> {
  assert.equal(await victim.login(step.password), step.answer)
  toStatus()
  const status = await victim.status()
  const { failures, lockouts, disabled, enabled } = step
  assert.deepEqual(
    {
      failures: status['numFailures'],
      lockouts: status['numTemporaryLockouts'],
      disabled: status['disabled'],
      enabled: await victim.isEnabled(),
    },
    { failures, lockouts, disabled, enabled },
  )
}

test('a wrong one-time password counts as a failure, and locks for good beyond its own limit', async () => {
  const settings = { failureFactor: 10, maxSecondaryAuthFailures: 2 }
  await using server = await startTestServer({
    realms: [realmOf('factors', settings, { credentials: [{ type: 'password', value: password }, otp] })],
  })
  const victim = await victimOf(server, 'factors')
  const rows: (readonly [string, number, number, boolean])[] = [
    ['right', 1, 1, true],
    ['right', 2, 2, true],
    ['wrong', 3, 2, true],
    ['right', 4, 3, false],
  ]
  for (const [given, failures, secondary, enabled] of rows) {
    assert.equal(await victim.login(given, { totp: '000000' }), 'Invalid user credentials')
    const status = await victim.status()
    assert.deepEqual([status['numFailures'], status['numSecondaryAuthFailures'], await victim.isEnabled()], [failures, secondary, enabled])
  }
})

test('a right password that leads to a required action does not forget failures', async () => {
  await using server = await startTestServer({ realms: [realmOf('owing', {}, { requiredActions: ['UPDATE_PASSWORD'] })] })
  const victim = await victimOf(server, 'owing')
  await victim.login('wrong')
  assert.equal(await victim.login('right'), 'Account is not fully set up')
  assert.equal((await victim.status())['numFailures'], 1)
})

test('an administrator forgets the failures of one user, or of all, and a lock for good stays', async () => {
  await using server = await startTestServer({ realms: [realmOf('forgiving', { permanentLockout: true, failureFactor: 2 })] })
  const victim = await victimOf(server, 'forgiving')
  await victim.login('wrong')
  assert.equal((await server.admin('DELETE', '/realms/forgiving/attack-detection/brute-force/users')).status, 204)
  assert.equal((await victim.status())['numFailures'], 0)
  await victim.login('wrong')
  await victim.login('wrong')
  const locked = await victim.status()
  assert.deepEqual([locked['numFailures'], locked['disabled'], locked['lastIPFailure']], [2, true, '127.0.0.1'])
  const { id } = (await server.services.users.findForLogin(
    (await server.services.realms.find('forgiving')) ?? assert.fail(),
    'victim',
  )) ?? { id: '' }
  const path = `/realms/forgiving/attack-detection/brute-force/users/${id}`
  assert.match((await server.admin('GET', path)).text, /"failedLoginNotBefore":9223372036854775807,/)
  assert.equal((await server.admin('DELETE', path)).status, 204)
  const forgotten = await victim.status()
  assert.deepEqual([forgotten['numFailures'], forgotten['disabled'], await victim.isEnabled()], [0, true, false])
  assert.equal(await victim.login('right'), 'Invalid user credentials')
})

test('guesses sent at once are all counted, and no more than the failure factor and those under way are tried', async () => {
  await using server = await startTestServer({ realms: [realmOf('crowd', { failureFactor: 5, waitIncrementSeconds: 60 })] })
  const victim = await victimOf(server, 'crowd')
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => victim.login(index < 20 ? 'wrong' : 'right')))
  assert.ok(answers.every((answer) => answer === 'Invalid user credentials'))
  const status = await victim.status()
  assert.deepEqual([status['numFailures'], status['disabled']], [5, true])
})

test('an unknown user has no failures', async () => {
  await using server = await startTestServer({ realms: [realmOf('empty', {})] })
  const answer = await server.admin('GET', '/realms/empty/attack-detection/brute-force/users/nobody')
  assert.equal(answer.status, 200)
  assert.equal(
    answer.text,
    '{"failedLoginNotBefore":0,"numFailures":0,"numTemporaryLockouts":0,"disabled":false,"numSecondaryAuthFailures":0,"lastIPFailure":"n/a","lastFailure":0}',
  )
})
