import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RealmKey } from './key.ts'
import { knownSignatureLimits, knownSignatures } from './known-signatures.ts'

const key = { kid: 'a' } as RealmKey
const other = { kid: 'a' } as RealmKey

test('a token is known for the very key that it was verified with', () => {
  const known = knownSignatures()
  known.add('token', key)
  assert.deepEqual([known.has('token', key), known.has('token', other), known.has('token2', key)], [true, false, false])
})

test('the oldest token makes room for a new one', () => {
  const known = knownSignatures()
  for (let at = 0; at <= knownSignatureLimits.tokensMax; at++) known.add(`token ${at}`, key)
  assert.deepEqual([known.has('token 0', key), known.has('token 1', key)], [false, true])
  assert.ok(known.has(`token ${knownSignatureLimits.tokensMax}`, key))
})
