import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { selfSignedCertificate } from '../crypto/certificate.ts'
import { systemRandom } from '../crypto/random.ts'
import { fallbackProvider } from './fallback.ts'
import type { KeyConfig, KeyProvider } from './provider.ts'
import { findKeyProvider, keyProviders } from './providers.ts'

const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'))
const nowMs = Date.UTC(2026, 10, 23)
const making = { random: systemRandom, clock: { now: () => nowMs }, realmName: 'demo' }

function provider(id: string): KeyProvider {
  const found = findKeyProvider(id)
  assert.ok(found, id)
  return found
}

const generate = (id: string, config: KeyConfig = {}) => provider(id).generate(config, making)

const text = (config: KeyConfig, name: string): string => {
  const value = config[name]?.[0]
  assert.ok(value, name)
  return value
}

test('the provider types and their forms are those of the reference server’s server info', () => {
  const types = keyProviders.map(({ id, help, properties }) => ({ id, helpText: help, properties, metadata: {} }))
  assert.deepEqual(JSON.parse(JSON.stringify(types)), recorded.types)
  assert.deepEqual(
    types.flatMap((type) => type.properties.map((property) => Object.keys(property).join())),
    recorded.types.flatMap((type: { properties: object[] }) => type.properties.map((property) => Object.keys(property).join())),
  )
})

const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs8 = rsaPair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
const ecPkcs8 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
const foreignCertificate = (
  await selfSignedCertificate(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'x', nowMs)
).toString('base64')

/** Each asked of the reference server: provider, config, the errorMessage of its 400 (undefined: 201). */
const validations: readonly (readonly [string, KeyConfig, string | undefined])[] = [
  ['rsa-generated', {}, undefined],
  ['rsa-generated', { priority: ['abc'] }, "'Priority' should be a number"],
  ['rsa-generated', { priority: ['1.5'] }, "'Priority' should be a number"],
  ['rsa-generated', { priority: [' 5'] }, "'Priority' should be a number"],
  ['rsa-generated', { priority: ['0x10'] }, "'Priority' should be a number"],
  ['rsa-generated', { priority: ['99999999999999999999'] }, "'Priority' should be a number"],
  ['rsa-generated', { priority: ['99999999999'] }, undefined],
  ['rsa-generated', { priority: ['-5'] }, undefined],
  ['rsa-generated', { priority: ['+5'] }, undefined],
  ['rsa-generated', { priority: [''] }, undefined],
  ['rsa-generated', { priority: [] }, undefined],
  ['rsa-generated', { priority: ['1', '2'] }, "'Priority' should be a single entry"],
  ['rsa-generated', { enabled: ['maybe'] }, "'Enabled' should be 'true' or 'false'"],
  ['rsa-generated', { enabled: ['TRUE'] }, "'Enabled' should be 'true' or 'false'"],
  ['rsa-generated', { enabled: ['true', 'false'] }, "'Enabled' should be a single entry"],
  ['rsa-generated', { active: [''] }, undefined],
  ['rsa-generated', { keySize: ['1000'] }, "'Key size' should be 1024, 2048, 3072 or 4096"],
  ['rsa-generated', { keySize: ['abc'] }, "'Key size' should be 1024, 2048, 3072 or 4096"],
  ['rsa-generated', { keySize: [' 2048'] }, "'Key size' should be 1024, 2048, 3072 or 4096"],
  ['rsa-generated', { keySize: ['2048', '4096'] }, "'Key size' should be a single entry"],
  ['rsa-generated', { algorithm: ['XX'] }, undefined],
  ['rsa-generated', { priority: ['abc'], enabled: ['x'], keySize: ['1'] }, "'Priority' should be a number"],
  ['rsa-enc-generated', { algorithm: ['RS256'] }, undefined],
  ['rsa', {}, "'Private RSA Key' is required"],
  ['rsa', { privateKey: [''] }, "'Private RSA Key' is required"],
  ['rsa', { privateKey: ['a', 'b'] }, "'Private RSA Key' should be a single entry"],
  ['rsa', { privateKey: ['garbage'] }, 'Failed to decode private key'],
  ['rsa', { privateKey: [ecPkcs8] }, 'Failed to decode private key'],
  ['rsa', { privateKey: [pkcs8] }, undefined],
  ['rsa', { privateKey: [pkcs8], certificate: ['nope'] }, 'Failed to decode certificate'],
  ['rsa', { privateKey: [pkcs8], certificate: [foreignCertificate] }, 'Certificate does not match private key'],
  ['rsa', { priority: ['abc'] }, "'Priority' should be a number"],
  ['rsa-enc', {}, "'Private RSA Key' is required"],
  ['hmac-generated', { secretSize: ['17'] }, "'Secret size' should be 16, 24, 32, 64, 128, 256 or 512"],
  ['hmac-generated', { secretSize: ['16', '24'] }, "'Secret size' should be a single entry"],
  ['hmac-generated', { algorithm: ['XX'] }, undefined],
  ['aes-generated', { secretSize: ['17'] }, "'Secret size' should be 16, 24, 32, 64, 128, 256 or 512"],
  ['aes-generated', { secretSize: ['64'] }, undefined],
  ['ecdsa-generated', { ecdsaEllipticCurveKey: ['P-999'] }, "'Elliptic Curve' should be P-256, P-384 or P-521"],
  [
    'ecdsa-generated',
    { ecdsaEllipticCurveKey: ['P-999'], ecGenerateCertificate: ['x'] },
    "'Generate Certificate' should be 'true' or 'false'",
  ],
  ['ecdh-generated', { ecdhEllipticCurveKey: ['P-999'] }, "'Elliptic Curve' should be P-256, P-384 or P-521"],
  ['ecdh-generated', { ecdhAlgorithm: ['P-999'] }, undefined],
  ['eddsa-generated', { eddsaEllipticCurveKey: ['X'] }, "'Elliptic Curve' should be Ed25519 or Ed448"],
  ['eddsa-generated', { eddsaEllipticCurveKey: ['Ed25519', 'Ed448'] }, "'Elliptic Curve' should be a single entry"],
  ['java-keystore', {}, "'Keystore' is required"],
  ['java-keystore', { keystore: ['x'] }, "'Keystore Password' is required"],
  ['java-keystore', { keystore: ['x'], keystorePassword: ['p'] }, "'Key Alias' is required"],
  ['java-keystore', { keystore: ['x'], keystorePassword: ['p'], keyAlias: ['a'] }, "'Key Password' is required"],
]

test('a bad config is refused with the reference server’s words', () => {
  for (const [id, config, expected] of validations) {
    const shown = Object.entries(config).map(([name, values]) => `${name}=${values.map((value) => value.slice(0, 12))}`)
    assert.equal(provider(id).validate(config), expected, `${id} ${shown}`)
  }
})

test('generated RSA keys are stored as PKCS#1 with a certificate of the realm’s name', async () => {
  for (const id of ['rsa-generated', 'rsa-enc-generated']) {
    const config = await generate(id, { priority: ['100'] })
    assert.deepEqual(Object.keys(config), ['priority', 'privateKey', 'certificate'])
    const [key] = provider(id).keys({ id: 'c', config })
    assert.equal(text(config, 'privateKey'), key?.privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'))
    const certificate = new X509Certificate(Buffer.from(text(config, 'certificate'), 'base64'))
    assert.equal(certificate.subject, 'CN=demo')
    assert.equal(key && certificate.checkPrivateKey(key.privateKey), true)
    assert.equal(key?.privateKey.asymmetricKeyDetails?.modulusLength, 2048)
  }
})

test('an update keeps a key that fits its settings and replaces one that does not', async () => {
  const cases: readonly (readonly [string, KeyConfig, string, KeyConfig])[] = [
    ['rsa-generated', { algorithm: ['PS256'] }, 'privateKey', { keySize: ['3072'] }],
    ['hmac-generated', { algorithm: ['HS384'] }, 'secret', { secretSize: ['64'] }],
    ['aes-generated', { priority: ['7'] }, 'secret', { secretSize: ['16'] }],
    ['ecdsa-generated', { priority: ['7'] }, 'ecdsaPrivateKey', { ecdsaEllipticCurveKey: ['P-384'] }],
    ['ecdh-generated', { ecdhAlgorithm: ['ECDH-ES+A128KW'] }, 'ecdhPrivateKey', { ecdhEllipticCurveKey: ['P-521'] }],
    ['eddsa-generated', { priority: ['7'] }, 'eddsaPrivateKey', { eddsaEllipticCurveKey: ['Ed448'] }],
  ]
  for (const [id, harmless, material, other] of cases) {
    const made = await generate(id)
    const kept = await generate(id, { ...made, ...harmless })
    assert.equal(text(kept, material), text(made, material), id)
    const replaced = await generate(id, { ...made, ...other })
    assert.notEqual(text(replaced, material), text(made, material), id)
    const kidOf = (config: Record<string, string[]>) => provider(id).keys({ id: 'c', config })[0]?.kid
    assert.equal(kidOf(kept), kidOf(made), id)
    assert.notEqual(kidOf(replaced), kidOf(made), id)
  }
})

test('curve keys are stored with their curve, PKCS#8 and SubjectPublicKeyInfo', async () => {
  for (const [id, prefix, curve] of [
    ['ecdsa-generated', 'ecdsa', 'P-256'],
    ['ecdh-generated', 'ecdh', 'P-256'],
    ['eddsa-generated', 'eddsa', 'Ed25519'],
  ] as const) {
    const config = await generate(id)
    assert.equal(text(config, `${prefix}EllipticCurveKey`), curve)
    const [key] = provider(id).keys({ id: 'c', config })
    assert.ok(key)
    const spki = createPublicKey(key.privateKey).export({ type: 'spki', format: 'der' }).toString('base64')
    assert.equal(text(config, `${prefix}PublicKey`), spki)
    assert.equal(text(config, `${prefix}PrivateKey`), key.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'))
  }
})

test('a curve key has a certificate while its config asks for one, and keeps it', async () => {
  const made = await generate('ecdsa-generated', { ecGenerateCertificate: ['true'] })
  const [key] = provider('ecdsa-generated').keys({ id: 'c', config: made })
  assert.ok(key?.certificate)
  assert.equal(new X509Certificate(key.certificate).checkPrivateKey(key.privateKey), true)
  assert.deepEqual(await generate('ecdsa-generated', made), made)
  const without = await generate('ecdsa-generated', { ...made, ecGenerateCertificate: ['false'] })
  assert.equal(provider('ecdsa-generated').keys({ id: 'c', config: without })[0]?.certificate, undefined)
  const moved = await generate('ecdsa-generated', { ...made, ecdsaEllipticCurveKey: ['P-384'] })
  const [other] = provider('ecdsa-generated').keys({ id: 'c', config: moved })
  assert.equal(other?.certificate && new X509Certificate(other.certificate).checkPrivateKey(other.privateKey), true)
})

test('secrets have the sizes of the reference server and a uuid as kid', async () => {
  for (const [id, config, bytes] of [
    ['hmac-generated', {}, 128],
    ['hmac-generated', { secretSize: ['24'] }, 24],
    ['aes-generated', {}, 32],
    ['aes-generated', { secretSize: ['16'] }, 16],
  ] as const) {
    const made = await generate(id, config)
    assert.equal(Buffer.from(text(made, 'secret'), 'base64url').length, bytes)
    assert.match(text(made, 'secret'), /^[\w-]+$/)
    assert.match(text(made, 'kid'), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
})

test('a secret that is given with its kid stays, and its unusual size is written down; a kid alone is replaced', async () => {
  const secret = Buffer.alloc(64, 7).toString('base64url')
  const given = await generate('hmac-generated', { secret: [secret], kid: ['mykid'], algorithm: ['HS256'] })
  assert.deepEqual(given, { secret: [secret], kid: ['mykid'], algorithm: ['HS256'], secretSize: ['64'] })
  assert.notEqual(text(await generate('hmac-generated', { kid: ['mykid'] }), 'kid'), 'mykid')
})

test('without an algorithm a stored HMAC secret is for HS256', async () => {
  const config = await generate('hmac-generated')
  assert.equal(provider('hmac-generated').keys({ id: 'c', config })[0]?.algorithm, 'HS256')
})

test('a given RSA key is read as PEM or DER, PKCS#8 or PKCS#1, and gets a certificate when it has none', async () => {
  for (const given of [
    pkcs8,
    rsaPair.privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
    rsaPair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    rsaPair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  ]) {
    assert.equal(provider('rsa').validate({ privateKey: [given] }), undefined)
    const config = await generate('rsa', { privateKey: [given] })
    assert.equal(text(config, 'privateKey'), given)
    const [key] = provider('rsa').keys({ id: 'c', config })
    assert.equal(key?.privateKey.equals(rsaPair.privateKey), true)
    assert.equal(key?.publicKey?.equals(rsaPair.publicKey), true)
    assert.equal(key?.certificate && new X509Certificate(key.certificate).checkPrivateKey(rsaPair.privateKey), true)
  }
})

test('a given certificate may be PEM, and its DER is what is published', async () => {
  const der = await selfSignedCertificate(rsaPair.privateKey, 'given', nowMs)
  const pem = new X509Certificate(der).toString()
  assert.equal(provider('rsa').validate({ privateKey: [pkcs8], certificate: [pem] }), undefined)
  const config = await generate('rsa', { privateKey: [pkcs8], certificate: [pem] })
  assert.equal(text(config, 'certificate'), pem)
  assert.deepEqual(provider('rsa').keys({ id: 'c', config })[0]?.certificate, der)
})

test('a Java keystore is kept as it is and gives no keys', async () => {
  const config = { keystore: ['x.jks'], keystorePassword: ['p'], keyAlias: ['a'], keyPassword: ['p'] }
  assert.equal(provider('java-keystore').validate(config), undefined)
  assert.deepEqual(await generate('java-keystore', config), config)
  assert.deepEqual(provider('java-keystore').keys({ id: 'c', config }), [])
})

test('a fallback key has the name, provider and config of the reference server, and its provider makes the algorithm', async () => {
  const expected: Readonly<Record<string, readonly [string, Record<string, string[]>]>> = {
    RS384: ['rsa-generated', { algorithm: ['RS384'] }],
    PS512: ['rsa-generated', { algorithm: ['PS512'] }],
    ES256: ['ecdsa-generated', { ecdsaEllipticCurveKey: ['P-256'] }],
    ES512: ['ecdsa-generated', { ecdsaEllipticCurveKey: ['P-521'] }],
    EdDSA: ['eddsa-generated', { eddsaEllipticCurveKey: ['Ed25519'] }],
    HS512: ['hmac-generated', { algorithm: ['HS512'] }],
    AES: ['aes-generated', {}],
  }
  for (const [algorithm, [providerId, settings]] of Object.entries(expected)) {
    const fallback = fallbackProvider(algorithm)
    assert.deepEqual(fallback, { name: `fallback-${algorithm}`, providerId, config: { priority: ['-100'], ...settings } })
    const config = await generate(providerId, fallback?.config)
    const [key] = provider(providerId).keys({ id: 'c', config })
    assert.equal(key?.algorithm, algorithm)
    assert.equal(key?.providerPriority, -100)
  }
  for (const unknown of ['none', 'XX', 'toString', 'RS2560']) assert.equal(fallbackProvider(unknown), undefined)
})
