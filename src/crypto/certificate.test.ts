import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { selfSignedCertificate } from './certificate.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const nowMs = Date.UTC(2026, 10, 23, 15, 55, 20, 374)

test('a realm certificate has the name, times and serial number that the reference server gives it', async () => {
  const certificate = new X509Certificate(await selfSignedCertificate(rsa, 'demo', nowMs))
  assert.equal(certificate.subject, 'CN=demo')
  assert.equal(certificate.issuer, 'CN=demo')
  assert.equal(Number.parseInt(certificate.serialNumber, 16), nowMs)
  assert.equal(certificate.validFromDate.toISOString(), '2026-11-23T15:53:40.000Z')
  assert.equal(certificate.validToDate.toISOString(), '2036-11-23T15:55:20.000Z')
})

test('a realm certificate is as long as the one of the reference server', async () => {
  // Seven letters and a 2048-bit key: 900 characters of base64 in the JWKS of the reference server's realm "kx-keys".
  assert.equal((await selfSignedCertificate(rsa, 'kx-keys', nowMs)).toString('base64').length, 900)
})

for (const [kind, key] of [
  ['RSA', rsa],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey],
] as const) {
  test(`a certificate of an ${kind} key carries that key and verifies with it`, async () => {
    const certificate = new X509Certificate(await selfSignedCertificate(key, 'demo', nowMs))
    assert.equal(certificate.verify(createPublicKey(key)), true)
    assert.equal(certificate.checkPrivateKey(key), true)
  })
}

test('a name is taken as it is: letters of any script and the signs that separate names', async () => {
  const certificate = new X509Certificate(await selfSignedCertificate(rsa, 'Реєстр, O="x"+y', nowMs))
  assert.ok(certificate.raw.includes(Buffer.from('Реєстр, O="x"+y')))
  assert.equal(certificate.toLegacyObject().subject.O, undefined)
})

test('a long name and a time beyond 2050 are encoded in their longer forms', async () => {
  const certificate = new X509Certificate(await selfSignedCertificate(rsa, 'я'.repeat(150), Date.UTC(2045, 0, 1)))
  assert.ok(certificate.raw.includes(Buffer.from('я'.repeat(150))))
  assert.equal(certificate.validToDate.toISOString(), '2055-01-01T00:00:00.000Z')
})

test('a key of an Edwards curve gets no certificate', () => {
  assert.throws(() => selfSignedCertificate(generateKeyPairSync('ed25519').privateKey, 'demo', nowMs), TypeError)
})
