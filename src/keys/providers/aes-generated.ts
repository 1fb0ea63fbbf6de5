/**
 * providers/: one key provider type per file, named by its provider id; `../providers.ts` lists them. A file holds the id, the form and
 * the choice of algorithm; what several types share (RSA, curves, secrets) is beside the list. May call the rest of `keys/`.
 */
import { checkCommon, commonProperties, listProperty } from '../config.ts'
import type { KeyProvider } from '../provider.ts'
import { checkSecretSize, generateSecret, secretKeys } from '../secret.ts'

const sizeHelp = 'Size in bytes for the generated AES Key. Size 16 is for AES-128, Size 24 for AES-192 and Size 32 for AES-256.'

export const aesGenerated: KeyProvider = {
  id: 'aes-generated',
  help: 'Generates AES secret key',
  properties: [...commonProperties, listProperty('secretSize', 'AES Key size', sizeHelp, '32', ['16', '24', '32'])],
  validate: (config) => checkCommon(config) ?? checkSecretSize(config),
  generate: (config, making) => Promise.resolve(generateSecret(config, making, 32)),
  keys: (component) => secretKeys(component, 'ENC', 'AES'),
}
