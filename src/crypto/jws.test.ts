import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { compactVerify, SignJWT } from 'jose'
import { createSigner, type DecodedJws, decodeJws, jwsCharactersMax, verifySignature } from './jws.ts'
import { signatureAlgorithms } from './jws-algorithms.ts'

/** RFC 7515 appendix A.2.1 */
const rsaJwk = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
  d: 'Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ',
  p: '4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc',
  q: 'uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc',
  dp: 'BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0',
  dq: 'h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU',
  qi: 'IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U',
}
/** RFC 7515 appendix A.3.1 */
const ecJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
}
/** RFC 8037 appendix A.1 */
const edwardsJwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}
/** RFC 7515 appendix A.1.1: the line breaks are part of the payload. */
const payload = '{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'

const fromJwk = (key: object): KeyObject => createPrivateKey({ key: { ...key }, format: 'jwk' })

function decoded(token: string): DecodedJws {
  const jws = decodeJws(token)
  assert.ok(jws)
  return jws
}

test('RS256 signs the example of RFC 7515 appendix A.2 to the very bytes written there', async () => {
  const token = await createSigner(fromJwk(rsaJwk), 'RS256', { alg: 'RS256' }).sign(payload)
  assert.equal(
    token,
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
  )
})

test('ES256 verifies the example of RFC 7515 appendix A.3, and not when a byte differs', () => {
  const head = 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
  const tail = 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'
  const key = createPublicKey(fromJwk(ecJwk))
  const jws = decoded(`${head}.${tail}`)
  assert.deepEqual(jws.claims, { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true })
  assert.equal(verifySignature(jws, key, 'ES256'), true)
  assert.equal(verifySignature(decoded(`${head}.E${tail.slice(1)}`), key, 'ES256'), false)
  assert.equal(verifySignature({ ...jws, signingInput: head.replace('eyJp', 'eyJq') }, key, 'ES256'), false)
})

test('EdDSA signs the example of RFC 8037 appendix A.4 to the very bytes written there', async () => {
  assert.equal(
    await createSigner(fromJwk(edwardsJwk), 'EdDSA', { alg: 'EdDSA' }).sign('Example of Ed25519 signing'),
    'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  )
})

interface Pair {
  readonly signing: KeyObject
  readonly verifying: KeyObject
}

const rsa = fromJwk(rsaJwk)
const asymmetric = (signing: KeyObject): Pair => ({ signing, verifying: createPublicKey(signing) })
const curve = (namedCurve: string): Pair => asymmetric(generateKeyPairSync('ec', { namedCurve }).privateKey)
const secret = createSecretKey(Buffer.alloc(64, 7))
const pairs: Readonly<Record<string, Pair>> = {
  RSA: asymmetric(rsa),
  ES256: curve('P-256'),
  ES384: curve('P-384'),
  ES512: curve('P-521'),
  EdDSA: asymmetric(fromJwk(edwardsJwk)),
  HMAC: { signing: secret, verifying: secret },
}

function pairFor(algorithm: string): Pair {
  const name = algorithm.startsWith('HS') ? 'HMAC' : /^[RP]S/.test(algorithm) ? 'RSA' : algorithm
  const pair = pairs[name]
  assert.ok(pair)
  return pair
}

const claims = { sub: 'Тарас', scope: 'openid', nested: { roles: ['a', 'b'] } }

for (const algorithm of signatureAlgorithms) {
  test(`${algorithm}: jose verifies what we sign, and we verify what jose signs`, async () => {
    const { signing, verifying } = pairFor(algorithm)
    const ours = await createSigner(signing, algorithm, { alg: algorithm, typ: 'JWT', kid: 'k' }).sign(claims)
    const verified = await compactVerify(ours, verifying)
    assert.deepEqual(verified.protectedHeader, { alg: algorithm, typ: 'JWT', kid: 'k' })
    assert.deepEqual(JSON.parse(Buffer.from(verified.payload).toString()), claims)
    const theirs = decoded(await new SignJWT(claims).setProtectedHeader({ alg: algorithm }).sign(signing))
    assert.deepEqual(theirs.claims, claims)
    assert.equal(verifySignature(theirs, verifying, algorithm), true)
  })

  test(`${algorithm}: a signature verifies with no other algorithm of any key`, async () => {
    const jws = decoded(await createSigner(pairFor(algorithm).signing, algorithm, { alg: algorithm }).sign(claims))
    for (const other of signatureAlgorithms) {
      for (const pair of Object.values(pairs)) {
        const right = other === algorithm && pair === pairFor(algorithm)
        assert.equal(verifySignature(jws, pair.verifying, other), right, other)
      }
    }
  })
}

test('EdDSA signs with Ed448 too', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed448')
  const jws = decoded(await createSigner(privateKey, 'EdDSA', { alg: 'EdDSA' }).sign(claims))
  assert.equal(jws.signature.length, 114)
  assert.equal(verifySignature(jws, publicKey, 'EdDSA'), true)
  assert.equal(verifySignature(jws, generateKeyPairSync('ed448').publicKey, 'EdDSA'), false)
})

test('a public key taken as an HMAC secret neither signs nor verifies', async () => {
  const spki = createPublicKey(rsa).export({ type: 'spki', format: 'pem' })
  const forged = decoded(await createSigner(createSecretKey(Buffer.from(spki)), 'HS256', { alg: 'HS256' }).sign(claims))
  assert.equal(verifySignature(forged, createPublicKey(rsa), 'HS256'), false)
  assert.equal(verifySignature(forged, createPublicKey(rsa), 'RS256'), false)
})

test('`none`, an unknown algorithm and a key of another kind are refused', () => {
  assert.throws(() => createSigner(secret, 'none', {}), TypeError)
  assert.throws(() => createSigner(rsa, 'HS256', {}), TypeError)
  assert.throws(() => createSigner(fromJwk(ecJwk), 'ES384', {}), TypeError)
  assert.equal(verifySignature({ signingInput: 'a.b', signature: Buffer.alloc(0) }, secret, 'none'), false)
})

test('a token is taken apart only when it is exactly three canonical base64url parts of JSON objects', async () => {
  const token = await createSigner(secret, 'HS256', { alg: 'HS256' }).sign(claims)
  const [head = '', body = '', tail = ''] = token.split('.')
  const part = (text: string | Buffer): string => Buffer.from(text).toString('base64url')
  assert.deepEqual(decodeJws(token)?.claims, claims)
  for (const wrong of [
    '',
    head,
    `${head}.${body}`,
    `${head}.${body}.`,
    `.${body}.${tail}`,
    `${head}..${tail}`,
    `${token}.`,
    `${token}.${tail}`,
    ` ${token}`,
    `${token}\n`,
    `${head}=.${body}.${tail}`,
    `${head}.${body}.${tail.slice(0, -1)}`,
    `${head}.${body}.${tail.slice(0, -1)}${tail.endsWith('A') ? 'B' : tail.endsWith('Q') ? 'R' : 'x'}`,
    `${head}.${body}.+${tail.slice(1)}`,
    `${part('"text"')}.${body}.${tail}`,
    `${part('null')}.${body}.${tail}`,
    `${head}.${part('[]')}.${tail}`,
    `${head}.${part('1')}.${tail}`,
    `${head}.${part('{"a":')}.${tail}`,
    `${head}.${part(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))}.${tail}`,
    `${part('{"alg":"HS256","crit":["b64"],"b64":false}')}.${body}.${tail}`,
  ]) {
    assert.equal(decodeJws(wrong), undefined, JSON.stringify(wrong))
  }
})

test('a token longer than the limit is not decoded', () => {
  const part = (text: string): string => Buffer.from(text).toString('base64url')
  const token = (filler: number): string => `${part('{}')}.${part(`{"a":"${'x'.repeat(filler)}"}`)}.AAAA`
  assert.notEqual(decodeJws(token(1000)), undefined)
  assert.equal(decodeJws(token(jwsCharactersMax)), undefined)
})
