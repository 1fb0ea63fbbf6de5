import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientRepresentation } from './client.ts'
import { maskComponentConfig, maskRepresentation, secretMask, unmaskComponentConfig } from './mask.ts'
import { realmRepresentation } from './realm.ts'

test('readers see SMTP passwords and secrets of identity providers masked, client secrets and everything else as they are', () => {
  const realm = {
    realm: 'r',
    smtpServer: { host: 'h', user: 'u', password: 'pw', authTokenClientSecret: 's', zpassword: 'q' },
    identityProviders: [{ alias: 'a', config: { clientId: 'c', clientSecret: 's', password: 'p', encryptionPrivateKey: 'k' } }],
    clients: [{ clientId: 'c', secret: 's' }],
    attributes: { secret: 'x' },
  }
  assert.deepEqual(maskRepresentation(realmRepresentation, realm, 'read'), {
    ...realm,
    smtpServer: { host: 'h', user: 'u', password: secretMask, authTokenClientSecret: secretMask, zpassword: 'q' },
    identityProviders: [{ alias: 'a', config: { clientId: 'c', clientSecret: secretMask, password: 'p', encryptionPrivateKey: 'k' } }],
  })
  assert.equal(realm.smtpServer.password, 'pw')
})

test('exports mask client secrets too, the rotated one included, even an empty one', () => {
  const client = { clientId: 'c', secret: '', attributes: { 'client.secret.rotated': 'old', 'saml.signing.private.key': 'pk' } }
  assert.deepEqual(maskRepresentation(clientRepresentation, client, 'export'), {
    clientId: 'c',
    secret: secretMask,
    attributes: { 'client.secret.rotated': secretMask, 'saml.signing.private.key': 'pk' },
  })
  const { clients, smtpServer } = maskRepresentation(realmRepresentation, { clients: [client], smtpServer: { password: 'pw' } }, 'export')
  assert.equal(clients?.[0]?.secret, secretMask)
  assert.deepEqual(smtpServer, { password: secretMask })
})

test('a reference to a vault is shown, and a client without a secret gets none', () => {
  assert.equal(maskRepresentation(clientRepresentation, { secret: '$' + '{vault.key}' }, 'export').secret, '$' + '{vault.key}')
  assert.deepEqual(maskRepresentation(clientRepresentation, { clientId: 'c' }, 'export'), { clientId: 'c' })
})

test("a component shows what its provider declares, with secrets masked; an unknown provider's shows all but what looks secret", () => {
  const config = { bindCredential: ['pw'], bindDn: ['cn'], undeclared: ['x'] }
  const properties = [{ name: 'bindCredential', secret: true }, { name: 'bindDn' }]
  assert.deepEqual(maskComponentConfig(config, properties), { bindCredential: [secretMask], bindDn: ['cn'] })
  assert.deepEqual(maskComponentConfig(config, undefined), { bindCredential: [secretMask], bindDn: ['cn'], undeclared: ['x'] })
})

test('a masked component secret comes back as the stored one, before the patch is merged', () => {
  const stored = { bindCredential: ['pw'], bindDn: ['cn'] }
  assert.deepEqual(unmaskComponentConfig({ bindCredential: [secretMask], bindDn: ['cn2'], gone: null }, stored), {
    bindCredential: ['pw'],
    bindDn: ['cn2'],
    gone: null,
  })
})
