import { checkCommon, commonProperties, listProperty, setting } from '../config.ts'
import type { KeyProvider } from '../provider.ts'
import { checkSecretSize, generateSecret, secretKeys } from '../secret.ts'

const sizes = ['16', '24', '32', '64', '128', '256', '512']
const algorithms = ['HS256', 'HS384', 'HS512']

export const hmacGenerated: KeyProvider = {
  id: 'hmac-generated',
  help: 'Generates HMAC secret key',
  properties: [
    ...commonProperties,
    listProperty('secretSize', 'Secret size', 'Size in bytes for the generated secret', '128', sizes),
    listProperty('algorithm', 'Algorithm', 'Intended algorithm for the key', 'HS512', algorithms),
  ],
  validate: (config) => checkCommon(config) ?? checkSecretSize(config),
  generate: (config, making) => Promise.resolve(generateSecret(config, making, 128)),
  keys(component) {
    // Without an algorithm a stored secret is for HS256, whatever the form proposes.
    const algorithm = setting(component.config, 'algorithm') ?? 'HS256'
    return algorithms.includes(algorithm) ? secretKeys(component, 'SIG', algorithm) : []
  },
}
