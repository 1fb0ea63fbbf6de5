import { createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { selfSignedCertificate } from '../crypto/certificate.ts'
import { checkCommon, checkOneOf, checkRequired, commonProperties, listProperty, setting, textProperty, withSettings } from './config.ts'
import { attempt, certificateBytes, publicKeyId, rsaPrivateKey, spkiOf } from './encodings.ts'
import type { KeyUse, RealmKey } from './key.ts'
import type { KeyComponent, KeyConfig, KeyMaking, KeyProvider } from './provider.ts'
import { realmKey } from './realm-key.ts'

const generateKeyPairAsync = promisify(generateKeyPair)

const keySizes = ['1024', '2048', '3072', '4096']
const defaultKeySize = 2048
const keySize = listProperty('keySize', 'Key size', 'Size for the generated keys', defaultKeySize, keySizes)

const privateKeyFile = textProperty('privateKey', 'Private RSA Key', 'Private RSA Key encoded in PEM format', {
  type: 'File',
  secret: true,
})
const certificateFile = textProperty('certificate', 'X509 Certificate', 'X509 Certificate encoded in PEM format', { type: 'File' })

const algorithms = {
  SIG: listProperty('algorithm', 'Algorithm', 'Intended algorithm for the key', 'RS256', [
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
  ]),
  ENC: listProperty('algorithm', 'Algorithm', 'Intended algorithm for the key encryption', 'RSA-OAEP', [
    'RSA1_5',
    'RSA-OAEP',
    'RSA-OAEP-256',
  ]),
}

/** A provider of RSA keys that the server makes. */
export const generatedRsa = (id: string, help: string, use: KeyUse): KeyProvider => ({
  id,
  help,
  properties: [...commonProperties, keySize, algorithms[use]],
  validate: (config) => checkCommon(config) ?? checkOneOf(config, keySize, keySizes) ?? checkGiven(config),
  async generate(config, making) {
    const wanted = setting(config, 'keySize')
    const stored = storedKey(config)
    const fits = wanted === undefined || stored?.asymmetricKeyDetails?.modulusLength === Number(wanted)
    if (stored !== undefined && setting(config, 'certificate') !== undefined && fits) return withSettings(config, {})
    const { privateKey } = await generateKeyPairAsync('rsa', { modulusLength: Number(wanted ?? defaultKeySize) })
    return withSettings(config, {
      privateKey: privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
      certificate: await certificateFor(privateKey, making),
    })
  },
  keys: (component) => rsaKeys(component, use),
})

/** A provider of RSA keys that the administrator gives, with or without a certificate. */
export const givenRsa = (id: string, help: string, use: KeyUse): KeyProvider => ({
  id,
  help,
  properties: [...commonProperties, privateKeyFile, certificateFile, algorithms[use]],
  validate: (config) => checkCommon(config) ?? checkRequired(config, privateKeyFile) ?? checkGiven(config),
  async generate(config, making) {
    const stored = storedKey(config)
    if (stored === undefined || setting(config, 'certificate') !== undefined) return withSettings(config, {})
    return withSettings(config, { certificate: await certificateFor(stored, making) })
  },
  keys: (component) => rsaKeys(component, use),
})

/** Whatever private key and certificate are given have to be readable and belong together. */
function checkGiven(config: KeyConfig): string | undefined {
  if (setting(config, 'privateKey') === undefined) return undefined
  const privateKey = storedKey(config)
  if (privateKey === undefined) return 'Failed to decode private key'
  const text = setting(config, 'certificate')
  if (text === undefined) return undefined
  const certificate = attempt(() => new X509Certificate(certificateBytes(text)))
  if (certificate === undefined) return 'Failed to decode certificate'
  return certificate.checkPrivateKey(privateKey) ? undefined : 'Certificate does not match private key'
}

function storedKey(config: KeyConfig): KeyObject | undefined {
  const text = setting(config, 'privateKey')
  return text === undefined ? undefined : attempt(() => rsaPrivateKey(text))
}

async function certificateFor(privateKey: KeyObject, { realmName, clock }: KeyMaking): Promise<string> {
  return (await selfSignedCertificate(privateKey, realmName, clock.now())).toString('base64')
}

/** `keyUse`, which default realm keys carry, can make an encryption key of a signature provider, never the reverse. */
function rsaKeys(component: KeyComponent, providerUse: KeyUse): RealmKey[] {
  const config = component.config
  const privateText = setting(config, 'privateKey')
  if (privateText === undefined) return []
  const use = setting(config, 'keyUse')?.toUpperCase() === 'ENC' ? 'ENC' : providerUse
  const certificateText = setting(config, 'certificate')
  const certificate = certificateText === undefined ? undefined : certificateBytes(certificateText)
  // The certificate spares parsing the private key, and every key made here has one.
  const publicKey = certificate === undefined ? createPublicKey(rsaPrivateKey(privateText)) : new X509Certificate(certificate).publicKey
  return [
    realmKey(component, {
      kid: publicKeyId(spkiOf(publicKey)),
      type: 'RSA',
      use,
      algorithm: setting(config, 'algorithm') ?? (use === 'SIG' ? 'RS256' : 'RSA-OAEP'),
      privateKey: () => rsaPrivateKey(privateText),
      publicKey,
      certificate,
    }),
  ]
}
