import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '../crypto/random.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import { openDatabase } from '../storage/open.ts'
import { realms } from '../storage/realms.ts'
import type { Database } from '../storage/sql.ts'
import { type CodeGrant, type CodeParts, codeNames, issueCode, stillUsedOnce, takeCode } from './code.ts'

const lifespanSeconds = 60
const realmOf = (id: string): RealmSnapshot => ({ id, settings: { accessCodeLifespan: lifespanSeconds } }) as unknown as RealmSnapshot
const here = realmOf('realm-1')
const grant: CodeGrant = {
  clientId: 'client-1',
  sessionId: 'session-1',
  redirectUri: 'https://app.example/cb',
  challenge: undefined,
  challengeMethod: undefined,
  nonce: 'n',
  madeSession: true,
  clientNotes: { scope: 'openid' },
}

interface Opened extends CodeParts, AsyncDisposable {
  readonly sql: Database
  later(seconds: number): void
}

async function open(): Promise<Opened> {
  const sql = await openDatabase({ engine: 'memory' })
  for (const id of ['realm-1', 'realm-2']) await realms(sql).insert({ id, name: id, enabled: true, doc: '{}' })
  let now = 1_000_000
  return {
    sql,
    clock: { now: () => now },
    random: systemRandom,
    later(seconds) {
      now += seconds * 1_000
    },
    [Symbol.asyncDispose]: () => sql.close(),
  }
}

test('a code has three parts, names session and client, and stands for what it was issued for', async () => {
  await using parts = await open()
  const code = await issueCode(parts, here, grant)
  assert.match(code, /^[\w-]{43}\.session-1\.client-1$/)
  assert.deepEqual(codeNames(code), { sessionId: 'session-1', clientId: 'client-1' })
  assert.deepEqual(await takeCode(parts, here, code), { kind: 'taken', grant: JSON.parse(JSON.stringify(grant)) })
})

test('a code works once; its first reuse is told with client and session, the next one not any more', async () => {
  await using parts = await open()
  const code = await issueCode(parts, here, grant)
  await takeCode(parts, here, code)
  assert.equal(await stillUsedOnce(parts, here, code), true)
  assert.deepEqual(await takeCode(parts, here, code), { kind: 'reused', clientId: 'client-1', sessionId: 'session-1' })
  assert.equal(await stillUsedOnce(parts, here, code), false)
  assert.deepEqual(await takeCode(parts, here, code), { kind: 'unknown' })
})

test('a code is not taken after its lifespan, in another realm, or with another part', async () => {
  await using parts = await open()
  const code = await issueCode(parts, here, grant)
  const [secret] = code.split('.')
  for (const other of [`${secret}.session-2.client-1`, `${secret}.session-1.client-2`, `${secret}`, `${code}.`, code.toLowerCase()])
    assert.deepEqual(await takeCode(parts, here, other), { kind: 'unknown' }, other)
  assert.deepEqual(await takeCode(parts, realmOf('realm-2'), code), { kind: 'unknown' })
  parts.later(lifespanSeconds)
  assert.deepEqual(await takeCode(parts, here, code), { kind: 'unknown' })
})

test('who reads the database has no code that works', async () => {
  await using parts = await open()
  const code = await issueCode(parts, here, grant)
  const secret = code.split('.')[0] ?? ''
  const stored = await parts.sql.all({ name: 'test.single-use', text: 'select id, doc from single_use' })
  assert.equal(stored.length, 1)
  assert.equal(JSON.stringify(stored).includes(secret), false)
  assert.deepEqual(await takeCode(parts, here, String(stored[0]?.['id'])), { kind: 'unknown' })
})

test('what is no code names nothing', () => {
  for (const text of ['', 'abc', 'a.b', 'a.b.c.d']) assert.equal(codeNames(text), undefined, text)
})
