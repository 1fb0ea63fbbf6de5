import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { HashPolicy } from '../../src/crypto/passwords.ts'
import { createLogger } from '../../src/log.ts'
import { type CredentialRow, credentials } from '../../src/storage/credentials.ts'
import { type UserRow, users as userRows } from '../../src/storage/users.ts'
import { importRealm } from '../../src/transfer/import-realm.ts'
import { verifyPassword } from '../../src/users/credentials/password.ts'
import { openBlacklists } from '../../src/users/password-policy/blacklists.ts'
import { hashPolicy, passwordExpired } from '../../src/users/password-policy/parse.ts'
import { addCredential, removeCredential, setPassword } from '../../src/users/passwords.ts'
import { as, password, person, service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { snapshotOf } from './realms.ts'

const policies = {
  'with-history': 'passwordHistory(2)',
  'with-age': 'passwordAge(1)',
  'with-rules': 'length(4) and notUsername(undefined)',
  'with-iterations': 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)',
  'without-policy': '',
}

const server = await serverOfFile({
  realms: Object.entries(policies).map(([realm, passwordPolicy]) => ({
    realm,
    enabled: true,
    passwordPolicy,
    clients: [service('app', { directAccessGrantsEnabled: true })],
    users: [person('taras')],
  })),
})
const { database } = server.services

async function userOf(realm: string): Promise<UserRow> {
  return (await userRows(database).find((await snapshotOf(server, realm)).id, 'taras')) ?? assert.fail()
}

const set = async (realm: string, text: string, options: { temporary?: boolean } = {}): Promise<string | undefined> => {
  const parts = { ...server.services, sql: database }
  return (await setPassword(parts, await snapshotOf(server, realm), await userOf(realm), text, options))?.key
}

const stored = async (realm: string, type: string): Promise<CredentialRow[]> =>
  (await credentials(database).listOf((await userOf(realm)).id)).filter((row) => row.type === type)

const login = async (realm: string, text: string): Promise<number> =>
  (await server.realm(realm).token({ grant_type: 'password', username: 'taras', password: text }, { basic: as('app') })).status

test('a history of two refuses the present password and the one before, as recorded from the reference server', async () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['h1', true],
    ['h1', false],
    ['h2', true],
    ['h1', false],
    ['h2', false],
    ['h3', true],
    ['h1', true],
    ['h2', true],
    ['h3', true],
    ['h4', true],
  ]
  for (const [text, taken] of rows) {
    server.clock.advance(1)
    assert.equal(await set('with-history', text), taken ? undefined : 'invalidPasswordHistoryMessage', text)
  }
  assert.equal((await stored('with-history', 'password-history')).length, 1)
  const [present] = await stored('with-history', 'password')
  assert.equal(present?.created_at_ms, server.clock.now())
  assert.equal(await login('with-history', 'h4'), 200)
})

test('an age of one day refuses what was replaced less than a day ago', async () => {
  assert.equal(await set('with-age', 'n1'), undefined)
  assert.equal(await set('with-age', 'n2'), undefined)
  assert.equal(await set('with-age', 'n1'), 'invalidPasswordGenericMessage')
  server.clock.advance(86_401)
  assert.equal(await set('with-age', 'n1'), undefined)
  // Those of the day before are gone; the one just replaced is as old as its making.
  assert.deepEqual(await stored('with-age', 'password-history'), [])
})

test('what the policy refuses changes nothing, and an empty password is none', async () => {
  assert.equal(await set('with-rules', 'abc'), 'invalidPasswordMinLengthMessage')
  assert.equal(await set('with-rules', 'TARAS'), 'invalidPasswordNotUsernameMessage')
  assert.equal(await set('with-rules', ''), 'missingPasswordMessage')
  assert.equal(await login('with-rules', password), 200)
})

test('without a policy the same password may be set again, keeps its id and leaves no history', async () => {
  const [before] = await stored('without-policy', 'password')
  assert.equal(await set('without-policy', password), undefined)
  assert.equal(await set('without-policy', password), undefined)
  const [after] = await stored('without-policy', 'password')
  assert.equal(after?.id, before?.id)
  assert.notEqual(after?.secret_data, before?.secret_data)
  assert.deepEqual(await stored('without-policy', 'password-history'), [])
})

test('a temporary password asks for a new one, and a lasting one takes that back', async () => {
  const actions = async (): Promise<string[]> =>
    (await userRows(database).requiredActions((await userOf('without-policy')).id)).map(({ action }) => action)
  await set('without-policy', 'temporary-1', { temporary: true })
  assert.deepEqual(await actions(), ['UPDATE_PASSWORD'])
  assert.equal(await login('without-policy', 'temporary-1'), 400)
  await set('without-policy', password)
  assert.deepEqual(await actions(), [])
})

test('a login hashes the password anew when the policy has changed, once, and its age stays', async () => {
  const realm = server.realm('with-iterations')
  assert.equal(await set('with-iterations', password), undefined)
  server.clock.advance(60)
  const [first] = await stored('with-iterations', 'password')
  assert.match(first?.credential_data ?? '', /"hashIterations":1000,"algorithm":"pbkdf2-sha256"/)
  await realm.change({ passwordPolicy: 'hashIterations(2)' })
  assert.equal(await login('with-iterations', 'wrong'), 400)
  assert.equal((await stored('with-iterations', 'password'))[0]?.secret_data, first?.secret_data)
  assert.equal(await login('with-iterations', password), 200)
  const [second] = await stored('with-iterations', 'password')
  assert.match(second?.credential_data ?? '', /"hashIterations":2,"algorithm":"argon2"/)
  assert.deepEqual([second?.id, second?.created_at_ms], [first?.id, first?.created_at_ms])
  assert.equal(await login('with-iterations', password), 200)
  assert.equal((await stored('with-iterations', 'password'))[0]?.secret_data, second?.secret_data)
})

test('a password expires after its days, and a policy that nobody knows is left out', async () => {
  const dayMs = 86_400_000
  // Only a file may bring one: who types it is told.
  const passwordPolicy = 'forceExpiredPasswordChange(30) and from-elsewhere(1)'
  await importRealm(server.services, { realm: 'with-expiry', enabled: true, passwordPolicy }, 'import')
  const realm = await snapshotOf(server, 'with-expiry')
  assert.deepEqual([passwordExpired(realm, 0, 30 * dayMs), passwordExpired(realm, 0, 30 * dayMs + 1)], [false, true])
  assert.equal(passwordExpired(await snapshotOf(server, 'without-policy'), 0, 9_999 * dayMs), false)
})

test('a credential is added behind the others, and removed only from its user', async () => {
  const { id } = await userOf('with-rules')
  const parts = { ...server.services, sql: database }
  const made = { type: 'otp', label: 'phone', secretData: '{}', credentialData: '{}' }
  const row = await addCredential(parts, id, made)
  const others = (await credentials(database).listOf(id)).filter((one) => one.id !== row.id)
  assert.ok(others.every((one) => one.priority < row.priority))
  assert.deepEqual([row.user_label, row.created_at_ms], ['phone', server.clock.now()])
  assert.equal(await removeCredential(database, (await userOf('with-age')).id, row.id), false)
  assert.equal(await removeCredential(database, id, row.id), true)
})

test('a blacklist is a file of passwords in whatever letter case; one that is not there refuses nothing and is told in the log', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-lists-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, 'common.txt'), 'qwerty\r\nПароль\n')
  const lines: string[] = []
  const blacklists = openBlacklists({ directory, log: createLogger({ level: 'info', output: 'json', write: (line) => lines.push(line) }) })
  assert.deepEqual(
    [await blacklists.has('common.txt', 'QWERTY'), await blacklists.has('common.txt', 'пароль'), await blacklists.has('common.txt', 'x')],
    [true, true, false],
  )
  assert.equal(await blacklists.has('common.txt', ''), false)
  assert.equal(await blacklists.has('absent.txt', 'qwerty'), false)
  assert.equal(lines.length, 1)
})

test('the password of nobody is hashed as the realm asks for, so that the time does not tell who exists', async () => {
  const hashed: (HashPolicy | undefined)[] = []
  const { passwords } = server.services
  const watched: typeof passwords = {
    ...passwords,
    hash: (text, policy, isWanted) => {
      hashed.push(policy)
      return passwords.hash(text, policy, isWanted)
    },
  }
  for (const name of ['with-iterations', 'without-policy']) {
    const realm = await snapshotOf(server, name)
    assert.equal(await verifyPassword({ sql: database, passwords: watched }, realm, [], 'x'), false)
    assert.deepEqual(hashed.pop(), hashPolicy(realm))
  }
  assert.deepEqual(hashed, [])
})
