import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isImplicit, isImplicitOrHybrid, parseResponseType } from './response-type.ts'

test('response types are sets of code, id_token and token, in any order; blanks may follow', () => {
  assert.deepEqual(parseResponseType('code'), { code: true, idToken: false, token: false })
  assert.deepEqual(parseResponseType('token id_token code'), parseResponseType('code id_token token'))
  assert.deepEqual(parseResponseType('code code '), { code: true, idToken: false, token: false })
  assert.deepEqual(parseResponseType('none'), { code: false, idToken: false, token: false })
})

test('unknown words, upper case, two blanks and none beside others are unsupported response types', () => {
  for (const text of ['', ' ', 'magic', 'CODE', 'code  id_token', ' code', 'code none', 'code magic'])
    assert.equal(parseResponseType(text), undefined, JSON.stringify(text))
})

test('a response type is implicit without a code, hybrid with one', () => {
  const of = (text: string) => parseResponseType(text) ?? assert.fail(text)
  assert.deepEqual(
    ['code', 'none', 'token', 'id_token', 'code token'].map((text) => isImplicitOrHybrid(of(text))),
    [false, false, true, true, true],
  )
  assert.deepEqual(
    ['code', 'none', 'token', 'id_token', 'code token'].map((text) => isImplicit(of(text))),
    [false, false, true, true, false],
  )
})
