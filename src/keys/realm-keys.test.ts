import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { systemClock } from '../clock.ts'
import { systemRandom } from '../crypto/random.ts'
import type { ComponentRepresentation } from '../representations/component.ts'
import { keysMetadata } from './metadata.ts'
import { keyProviderType } from './provider.ts'
import { findKeyProvider } from './providers.ts'
import { realmKeys, realmPublicKey } from './realm-keys.ts'
import { signJwt } from './sign.ts'
import { verifyJwt } from './verify.ts'

interface Recorded {
  readonly components: ComponentRepresentation[]
  readonly active: Record<string, string>
  readonly keys: { readonly kid: string; readonly algorithm: string }[]
  readonly certs: { readonly kid: string; alg: string }[]
  readonly public_key: string
  readonly tokens: Record<string, string>
}

const recorded: Recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'))
const making = { random: systemRandom, clock: systemClock, realmName: 'demo' }
const withoutAlgorithm = recorded.components.find((component) => component.name === 'ecdh-P-256')

/** The recorded ECDH component names no algorithm: there the reference server says RS256, and this server what the form says. */
const corrected = <K extends { readonly kid: string }>(entry: K, member: 'alg' | 'algorithm'): K => {
  const ours = realmKeys(recorded).all.find((key) => key.providerId === withoutAlgorithm?.id)
  return entry.kid === ours?.kid ? { ...entry, [member]: 'ECDH-ES' } : entry
}

async function component(providerId: string, config: Record<string, string[]>, id = providerId): Promise<ComponentRepresentation> {
  const made = await findKeyProvider(providerId)?.generate(config, making)
  assert.ok(made)
  return { id, name: id, providerId, providerType: keyProviderType, config: made }
}

test('the JWKS of recorded components is the one the reference server publishes, order of members included', () => {
  const expected = { keys: recorded.certs.map((entry) => corrected(entry, 'alg')) }
  assert.equal(realmKeys(recorded).jwksBytes.toString(), JSON.stringify(expected))
})

test('the keys metadata of recorded components is what the reference server answers, order included', () => {
  const metadata = keysMetadata(realmKeys(recorded))
  assert.deepEqual(
    (metadata.keys ?? []).map((key) => JSON.stringify(key)),
    recorded.keys.map((key) => JSON.stringify(corrected(key, 'algorithm'))),
  )
  for (const [algorithm, kid] of Object.entries(recorded.active)) assert.equal(metadata.active?.[algorithm], kid, algorithm)
})

test('public_key of the realm is the one the reference server shows', () => {
  const realm = { derived: <V>(build: (realm: never) => V): V => build(recorded as never) }
  assert.equal(realmPublicKey(realm), recorded.public_key)
})

for (const [algorithm, token] of Object.entries(recorded.tokens)) {
  test(`a token of the reference server verifies with the key of its stored component: ${algorithm}`, () => {
    const verified = verifyJwt(realmKeys(recorded), token)
    assert.equal(verified?.key.algorithm, algorithm)
    assert.equal(verified.claims['azp'], `c${algorithm}`)
    assert.equal(realmKeys(recorded).signing(algorithm)?.kid, verified.key.kid)
  })
}

test('a hidden component, an unreadable one and one of an unknown provider leave the other keys alone', async () => {
  const good = await component('hmac-generated', {})
  const broken: ComponentRepresentation[] = [
    { id: 'a', providerId: 'rsa-generated', providerType: keyProviderType, config: { privateKey: ['AAAA'], certificate: ['AAAA'] } },
    { id: 'b', providerId: 'ecdsa-generated', providerType: keyProviderType, config: { ecdsaPrivateKey: ['AAAA'], ecdsaPublicKey: ['x'] } },
    { id: 'c', providerId: 'hmac-generated', providerType: keyProviderType, config: { secret: ['AAAA'], kid: ['k'], algorithm: ['XX'] } },
    { id: 'd', providerId: 'somebody-elses', providerType: keyProviderType, config: {} },
    { id: 'e', providerId: 'rsa', providerType: keyProviderType },
    { ...good, id: 'f', providerType: 'org.keycloak.storage.UserStorageProvider' },
  ]
  assert.deepEqual(
    realmKeys({ components: [...broken, good] }).all.map((key) => key.providerId),
    [good.id],
  )
})

test('the signing key is the active one of the highest priority; passive keys verify, disabled ones do not', async () => {
  const components = await Promise.all([
    component('hmac-generated', { priority: ['10'], algorithm: ['HS256'] }, 'low'),
    component('hmac-generated', { priority: ['20'], algorithm: ['HS256'] }, 'high'),
    component('hmac-generated', { priority: ['30'], algorithm: ['HS256'], active: ['false'] }, 'passive'),
    component('hmac-generated', { priority: ['40'], algorithm: ['HS256'], enabled: ['false'] }, 'disabled'),
  ])
  const keys = realmKeys({ components })
  assert.equal(keys.signing('HS256')?.providerId, 'high')
  const tokens = await Promise.all(keys.all.map((key) => signJwt(key, {})))
  assert.deepEqual(
    tokens.map((token) => verifyJwt(keys, token)?.key.providerId),
    [undefined, 'passive', 'high', 'low'],
  )
})

test('keys of one priority come in the order of their component ids', async () => {
  const ids = ['b', 'c', 'a']
  const components = await Promise.all(ids.map((id) => component('aes-generated', {}, id)))
  assert.deepEqual(
    realmKeys({ components }).all.map((key) => key.providerId),
    ['a', 'b', 'c'],
  )
})

test('a key that is set to an algorithm it can not do never signs', async () => {
  const keys = realmKeys({ components: [await component('rsa-generated', { algorithm: ['ES256'] })] })
  assert.equal(keys.all[0]?.algorithm, 'ES256')
  assert.equal(keys.signing('ES256'), undefined)
})

test('keyUse ENC makes an encryption key of a signature provider', async () => {
  const keys = realmKeys({ components: [await component('rsa-generated', { keyUse: ['ENC'] })] })
  assert.equal(keys.signing('RS256'), undefined)
  assert.equal(keys.encryption('RSA-OAEP')?.use, 'ENC')
})

test('jose accepts with our JWKS what every kind of generated key signs, and secrets are not in it', async () => {
  const components = await Promise.all([
    component('rsa-generated', {}, 'RS256'),
    component('rsa-generated', { algorithm: ['PS384'] }, 'PS384'),
    component('ecdsa-generated', { ecdsaEllipticCurveKey: ['P-521'], ecGenerateCertificate: ['true'] }, 'ES512'),
    component('eddsa-generated', {}, 'EdDSA'),
    component('hmac-generated', { algorithm: ['HS512'] }, 'HS512'),
    component('aes-generated', {}),
  ])
  const keys = realmKeys({ components })
  const document = JSON.parse(keys.jwksBytes.toString())
  assert.equal(document.keys.length, 4)
  const jwks = createLocalJWKSet(document)
  for (const algorithm of ['RS256', 'PS384', 'ES512', 'EdDSA']) {
    const key = keys.signing(algorithm)
    assert.ok(key)
    const { payload, protectedHeader } = await jwtVerify(await signJwt(key, { sub: 'Тарас' }, 'at+jwt'), jwks)
    assert.equal(payload.sub, 'Тарас')
    assert.equal(JSON.stringify(protectedHeader), JSON.stringify({ alg: algorithm, typ: 'at+jwt', kid: key.kid }))
  }
})

test('one key pair in two components signs two algorithms under one kid, and each token verifies with its own', async () => {
  const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const components = await Promise.all([
    component('rsa', { privateKey: [privateKey], algorithm: ['PS256'] }, 'a'),
    component('rsa', { privateKey: [privateKey], algorithm: ['RS256'] }, 'b'),
    component('rsa-enc', { privateKey: [privateKey], algorithm: ['RSA-OAEP'] }, 'c'),
  ])
  const keys = realmKeys({ components })
  assert.equal(new Set(keys.all.map((key) => key.kid)).size, 1)
  for (const algorithm of ['PS256', 'RS256']) {
    const key = keys.signing(algorithm)
    assert.ok(key)
    assert.equal(verifyJwt(keys, await signJwt(key, {}))?.key.providerId, key.providerId)
  }
})
