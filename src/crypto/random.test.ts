import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawnInAdvance } from './random.ts'

test('bytes that are drawn in advance are handed out once each, in their order, and wiped where they were kept', () => {
  const drawn: Buffer[] = []
  let next = 0
  const random = drawnInAdvance({
    uuid: () => 'u',
    bytes(length) {
      const bytes = Buffer.from(Array.from({ length }, () => next++ % 251))
      drawn.push(bytes)
      return bytes
    },
  })
  const given = Buffer.concat(Array.from({ length: 400 }, () => random.bytes(18)))
  const first = drawn[0] ?? assert.fail()
  const perDraw = Math.floor(first.length / 18) * 18
  const expected = Array.from({ length: 400 * 18 }, (_, at) => (at + Math.floor(at / perDraw) * (first.length - perDraw)) % 251)
  assert.deepEqual([...given], expected)
  assert.ok(first.subarray(0, perDraw).every((byte) => byte === 0))
  assert.equal(random.bytes(10_000).length, 10_000)
})
