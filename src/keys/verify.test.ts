import assert from 'node:assert/strict'
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { systemClock } from '../clock.ts'
import { createSigner } from '../crypto/jws.ts'
import { systemRandom } from '../crypto/random.ts'
import type { RealmKey } from './key.ts'
import { knownSignatures } from './known-signatures.ts'
import { keyProviderType } from './provider.ts'
import { findKeyProvider } from './providers.ts'
import { realmKeys } from './realm-keys.ts'
import { signJwt } from './sign.ts'
import { verifyJwt } from './verify.ts'

async function keysOf(...providerIds: string[]) {
  const making = { random: systemRandom, clock: systemClock, realmName: 'demo' }
  const components = await Promise.all(
    providerIds.map(async (id) => {
      const config = await findKeyProvider(id)?.generate({}, making)
      assert.ok(config)
      return { id, providerId: id, providerType: keyProviderType, config }
    }),
  )
  return realmKeys({ components })
}

const keys = await keysOf('rsa-generated', 'ecdsa-generated', 'hmac-generated', 'rsa-enc-generated', 'aes-generated')

function first(algorithm: string): RealmKey {
  const key = keys.all.find((each) => each.algorithm === algorithm)
  assert.ok(key)
  return key
}

const forge = (header: object, key = first('RS256').privateKey, algorithm = 'RS256'): Promise<string> =>
  createSigner(key, algorithm, header).sign({ sub: 'x' })

test('a token of the realm verifies and comes back with its header, claims and key', async () => {
  const key = first('RS256')
  const verified = verifyJwt(keys, await signJwt(key, { sub: 'x' }))
  assert.deepEqual(verified, { header: { alg: 'RS256', typ: 'JWT', kid: key.kid }, claims: { sub: 'x' }, key })
})

test('the header of the token never chooses: another alg, no kid, an unknown kid or a key of its own is refused', async () => {
  const { kid } = first('RS256')
  assert.ok(verifyJwt(keys, await forge({ alg: 'RS256', kid })))
  for (const header of [
    { alg: 'RS256' },
    { alg: 'RS256', kid: '' },
    { alg: 'RS256', kid: 'unknown' },
    { alg: 'RS256', kid: 7 },
    { kid },
    { alg: 'none', kid },
    { alg: 'RS384', kid },
    { alg: 'rs256', kid },
    { alg: 'HS256', kid },
    { alg: 'RS256', kid, jku: 'https://attacker.example/jwks' },
    { alg: 'RS256', kid, jwk: { kty: 'oct', k: 'AAAA' } },
    { alg: 'RS256', kid, x5u: 'https://attacker.example/x5u' },
    { alg: 'RS256', kid, x5c: ['AAAA'] },
    { alg: 'RS256', kid, crit: ['exp'] },
  ]) {
    assert.equal(verifyJwt(keys, await forge(header)), undefined, JSON.stringify(header))
  }
})

test('a token signed with somebody else’s key under a kid of the realm is refused', async () => {
  const { kid } = first('RS256')
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  assert.equal(verifyJwt(keys, await forge({ alg: 'RS256', kid }, stranger)), undefined)
})

test('the public key of the realm is no HMAC secret: the algorithm confusion attack fails', async () => {
  const { kid, publicKey } = first('RS256')
  const secret = createSecretKey(Buffer.from(publicKey?.export({ type: 'spki', format: 'pem' }) ?? ''))
  assert.equal(verifyJwt(keys, await forge({ alg: 'HS256', kid }, secret, 'HS256')), undefined)
})

test('encryption keys verify nothing', async () => {
  const enc = first('RSA-OAEP')
  const aes = first('AES')
  assert.equal(verifyJwt(keys, await forge({ alg: 'RS256', kid: enc.kid }, enc.privateKey)), undefined)
  assert.equal(verifyJwt(keys, await forge({ alg: 'RSA-OAEP', kid: enc.kid }, enc.privateKey)), undefined)
  assert.equal(verifyJwt(keys, await forge({ alg: 'HS256', kid: aes.kid }, aes.privateKey, 'HS256')), undefined)
  assert.equal(verifyJwt(keys, await forge({ alg: 'AES', kid: aes.kid }, aes.privateKey, 'HS256')), undefined)
})

test('a token whose payload or signature was changed is refused', async () => {
  const token = await signJwt(first('ES256'), { sub: 'x', admin: false })
  const [head = '', , tail = ''] = token.split('.')
  const payload = Buffer.from(JSON.stringify({ sub: 'x', admin: true })).toString('base64url')
  assert.ok(verifyJwt(keys, token))
  assert.equal(verifyJwt(keys, `${head}.${payload}.${tail}`), undefined)
  assert.equal(verifyJwt(keys, `${token.slice(0, -4)}AAAA`), undefined)
  assert.equal(verifyJwt(keys, ''), undefined)
})

test('the keys of one realm verify nothing of another', async () => {
  const other = await keysOf('rsa-generated', 'hmac-generated')
  for (const key of other.all) assert.equal(verifyJwt(keys, await signJwt(key, {})), undefined)
})

test('a token that was verified is known; another with its signature, or with its claims, is not', async () => {
  const known = knownSignatures()
  const token = await signJwt(first('RS256'), { sub: 'x' })
  assert.ok(verifyJwt(keys, token, known))
  assert.deepEqual(verifyJwt(keys, token, known)?.claims, { sub: 'x' })
  const [head, payload, tail] = token.split('.')
  const changed = Buffer.from('{"sub":"y"}').toString('base64url')
  assert.equal(verifyJwt(keys, `${head}.${changed}.${tail}`, known), undefined)
  assert.equal(verifyJwt(keys, `${head}.${payload}.${'A'.repeat(String(tail).length)}`, known), undefined)
  const others = await keysOf('rsa-generated')
  assert.equal(verifyJwt(others, token, known), undefined)
})
