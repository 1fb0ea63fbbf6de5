import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readClaimsRequest } from './claims-request.ts'

test('the claims parameter is read member by member', () => {
  const text = JSON.stringify({ userinfo: { email: null }, id_token: { acr: { essential: true } }, other: 1 })
  assert.deepEqual(readClaimsRequest(text), { userinfo: { email: null }, id_token: { acr: { essential: true } } })
  assert.deepEqual(readClaimsRequest('{"userinfo":[],"id_token":null}'), {})
})

test('a claims parameter that cannot be read asks for nothing', () => {
  for (const text of [undefined, '', '{', '[]', 'null', '"x"', '1']) assert.equal(readClaimsRequest(text), undefined, String(text))
})
