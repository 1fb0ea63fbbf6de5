import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authenticationMethods, noteCompleted, takeOverCompleted } from './completed-executions.ts'

const named = (id: string, value: string, maxAge: string) => ({
  id,
  config: { 'default.reference.value': value, 'default.reference.maxAge': maxAge },
})
const methods = (notes: Readonly<Record<string, string>>, now: number) => authenticationMethods(new Map(Object.entries(notes)), now)

test('methods are told in the order of their first success, each as long as its maximal age', () => {
  const notes: Record<string, string> = {}
  noteCompleted(notes, named('a', 'pwd', '4'), 1_000)
  noteCompleted(notes, { id: 'quiet', config: {} }, 1_000)
  noteCompleted(notes, named('b', 'otp', '2'), 1_000)
  assert.equal(notes['authenticators-completed'], '{"a":1000,"quiet":1000,"b":1000}')
  assert.deepEqual(methods(notes, 1_002), ['pwd', 'otp'])
  assert.deepEqual(methods(notes, 1_003), ['pwd'])
  assert.deepEqual(methods(notes, 1_005), [])
  noteCompleted(notes, named('a', 'pwd', '4'), 1_006)
  noteCompleted(notes, named('b', 'otp', '2'), 1_007)
  assert.deepEqual(methods(notes, 1_008), ['pwd', 'otp'])
})

test('a step-up keeps the methods of the session that it builds on', () => {
  const session: Record<string, string> = { other: 'note' }
  noteCompleted(session, named('a', 'pwd', '60'), 1_000)
  const login: Record<string, string> = {}
  takeOverCompleted(login, session)
  noteCompleted(login, named('b', 'otp', '60'), 1_030)
  assert.deepEqual(methods(login, 1_040), ['pwd', 'otp'])
  assert.equal(login['other'], undefined)
})

test('a session without notes has no methods', () => {
  assert.deepEqual(methods({}, 1_000), [])
})
