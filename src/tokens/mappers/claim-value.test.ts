import assert from 'node:assert/strict'
import { test } from 'node:test'
import { converterOf } from './claim-value.ts'

const json = converterOf({ 'jsonType.label': 'JSON' })

test('JSON is read to a depth of 1,000 and no deeper, brackets in strings aside', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  assert.ok(Array.isArray(json(nested(1_000))))
  assert.equal(json(nested(1_001)), undefined)
  assert.deepEqual(json(`["${'['.repeat(2_000)}"]`), ['['.repeat(2_000)])
})

test('what follows the first JSON value is ignored, and half a value is none', () => {
  assert.deepEqual(json(' {"a":"}\\"]"} x'), { a: '}"]' })
  assert.equal(json('"s" x'), 's')
  assert.equal(json('true x'), true)
  for (const text of ['truex', '{"a":1', '["]', '"\\', '[1}', '', ' ']) assert.equal(json(text), undefined, text)
})

test('a long text of escaped quotes is refused without trying each of them', () => {
  assert.equal(json(`["${'\\"'.repeat(200_000)}`), undefined)
})
