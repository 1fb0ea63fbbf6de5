import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPkceText, verifierFits } from './pkce.ts'

/** RFC 7636 appendix B. */
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

test('the verifier of RFC 7636 appendix B belongs to its S256 challenge, and to no other', () => {
  assert.equal(verifierFits(verifier, challenge, 'S256'), true)
  assert.equal(verifierFits(`${verifier}x`, challenge, 'S256'), false)
  assert.equal(verifierFits(challenge, challenge, 'S256'), false)
})

test('a plain challenge, or one without a method, is the verifier itself', () => {
  for (const method of ['plain', undefined]) {
    assert.equal(verifierFits(verifier, verifier, method), true)
    assert.equal(verifierFits(verifier, challenge, method), false)
  }
})

test('verifiers and challenges have 43 to 128 unreserved characters', () => {
  for (const text of ['a'.repeat(43), 'a'.repeat(128), `${'a'.repeat(40)}-._~`]) assert.equal(isPkceText(text), true, text)
  for (const text of ['', 'a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(43)}!`, `${'a'.repeat(43)}\n`])
    assert.equal(isPkceText(text), false, text)
})
