import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readPolicyText } from './parse.ts'
import type { PasswordContext, Violation } from './policy.ts'

/** Policy texts that the reference server was given, and passwords of a user `alice` that it took or refused. */
type Recorded =
  | { readonly text: string; readonly shown?: string; readonly refused?: string; readonly policy?: undefined }
  | { readonly policy: string; readonly password: string; readonly key?: string; readonly text?: string }

const recorded = readFileSync(new URL('recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

const alice: PasswordContext = {
  username: 'alice',
  email: 'alice@example.com',
  wasAmongLast: async () => false,
  wasUsedWithinDays: async () => false,
  isListed: async (list, password) => list === 'common.txt' && password === 'qwerty',
}

async function firstViolation(policy: string, password: string, context = alice): Promise<Violation | undefined> {
  const read = readPolicyText(policy)
  assert.equal(read.kind, 'right')
  for (const { type, config } of read.kind === 'right' ? read.rules : []) {
    const violation = await type.check?.(password, config, context)
    if (violation !== undefined) return violation
  }
  return undefined
}

/** The reference fails at these with a 500; we say what is wrong. */
const failures: ReadonlyMap<string, string> = new Map([
  ['forceExpiredPasswordChange(x)', 'Invalid config for forceExpiredPasswordChange: Not a valid number'],
  ['passwordBlacklist()', 'Invalid config for passwordBlacklist: Not a valid file name'],
])

test('a policy text is taken, shown and refused as the reference server does', () => {
  const texts = recorded.flatMap((one) => (one.policy === undefined ? [one] : []))
  assert.ok(texts.length > 40)
  for (const { text, shown, refused } of texts) {
    // A list that is not there is told when a password is set.
    if (text === 'passwordBlacklist(nope.txt)') continue
    const read = readPolicyText(text)
    const expected = refused === undefined ? { shown } : { refused: failures.get(text) ?? refused }
    assert.deepEqual(read.kind === 'right' ? { shown: read.text } : { refused: read.message }, expected, text)
  }
})

test('a password is refused with the message of the first policy that it breaks, as the reference server does', async () => {
  const passwords = recorded.flatMap((one) => (one.policy === undefined ? [] : [one]))
  assert.ok(passwords.length >= 50)
  for (const { policy, password, key, text } of passwords) {
    const violation = await firstViolation(policy, password)
    assert.equal(violation?.key, key, `${policy} ${password}`)
    const [first] = violation?.values ?? []
    if (first !== undefined && text?.match(/\d/)) assert.ok(text.includes(` ${first}`), text)
  }
})

test('a listed password is refused, and the name of a list is no path', async () => {
  assert.equal((await firstViolation('passwordBlacklist(common.txt)', 'qwerty'))?.key, 'invalidPasswordBlacklistedMessage')
  assert.equal(await firstViolation('passwordBlacklist(common.txt)', 'Slava-7'), undefined)
  for (const name of ['../secrets', 'a/b', 'a\\b', '..', '.'])
    assert.equal(readPolicyText(`passwordBlacklist(${name})`).kind, 'wrong', name)
})

test('history and age are asked only when the policy has a positive number', async () => {
  const used: PasswordContext = { ...alice, wasAmongLast: async (count) => count === 2, wasUsedWithinDays: async (days) => days === 30 }
  assert.deepEqual(await firstViolation('passwordHistory(2)', 'x', used), { key: 'invalidPasswordHistoryMessage', values: ['2'] })
  assert.equal((await firstViolation('passwordAge(30)', 'x', used))?.key, 'invalidPasswordGenericMessage')
  const always: PasswordContext = { ...alice, wasAmongLast: async () => true, wasUsedWithinDays: async () => true }
  assert.equal(await firstViolation('passwordHistory(0) and passwordAge(0)', 'x', always), undefined)
})
