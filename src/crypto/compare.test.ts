import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretsEqual } from './compare.ts'

test('secrets are equal only when every byte is, whatever their lengths', () => {
  assert.equal(secretsEqual('пароль', 'пароль'), true)
  assert.equal(secretsEqual('', ''), true)
  assert.equal(secretsEqual('пароль', Buffer.from('пароль')), true)
  assert.equal(secretsEqual('secret', 'secreT'), false)
  assert.equal(secretsEqual('secret', 'secret '), false)
  assert.equal(secretsEqual('', 'secret'), false)
  assert.equal(secretsEqual('x'.repeat(100_000), 'x'), false)
})
