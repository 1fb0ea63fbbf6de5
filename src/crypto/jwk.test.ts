import assert from 'node:assert/strict'
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { calculateJwkThumbprint } from 'jose'
import { jwkThumbprint, publicJwk } from './jwk.ts'

test('the thumbprint of the RSA key of RFC 7638 section 3.1 is the one written there', () => {
  const jwk = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  }
  assert.equal(jwkThumbprint(jwk), 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

test('the thumbprint of the OKP key of RFC 8037 appendix A.3 is the one written there', () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
  assert.equal(jwkThumbprint(jwk), 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
})

for (const [kind, pair] of [
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['Ed448', generateKeyPairSync('ed448')],
] as const) {
  test(`the public JWK of an ${kind} key has no private member, whichever half is given, and jose agrees on its thumbprint`, async () => {
    const jwk = publicJwk(pair.privateKey)
    assert.deepEqual(jwk, publicJwk(pair.publicKey))
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(secret in jwk, false)
    assert.equal(jwkThumbprint(jwk), await calculateJwkThumbprint({ ...jwk, kty: String(jwk.kty) }))
  })
}

test('a secret has no public JWK, and a JWK without its members no thumbprint', () => {
  assert.throws(() => publicJwk(createSecretKey(Buffer.alloc(32))), TypeError)
  assert.throws(() => jwkThumbprint({ kty: 'RSA', n: 'AQAB' }), TypeError)
  assert.throws(() => jwkThumbprint({ kty: 'toString' }), TypeError)
})
