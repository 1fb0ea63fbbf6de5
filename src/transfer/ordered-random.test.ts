import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '../crypto/random.ts'
import { orderedRandom } from './ordered-random.ts'

test('ids are UUIDs of version 7, each greater than the one before, whatever the clock does', () => {
  let nowMs = 1_795_876_777_130
  const random = orderedRandom(systemRandom, { now: () => nowMs })
  const ids = Array.from({ length: 10_000 }, (_, index) => {
    if (index === 5_000) nowMs -= 60_000
    if (index === 9_000) nowMs += 120_000
    return random.uuid()
  })
  assert.equal(Number.parseInt((ids[0] ?? '').slice(0, 13).replace('-', ''), 16), 1_795_876_777_130)
  assert.deepEqual(ids, ids.toSorted())
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.every((id) => /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)))
})
