import { checkCommon, checkRequired, commonProperties, listProperty, textProperty, withSettings } from '../config.ts'
import type { KeyProvider } from '../provider.ts'

const keystoreHelp = `Path to the keystore file. The keystore should be located inside a folder named like the realm name inside
the main keystores directory (by default \`data\` directory under {project_name}'s installation folder). For a
realm called \`test\` the keystore file should located inside \`\${kc.home.dir}/data/test\`. This way the keystore
file is isolated between different realms. If the path is relative, the file will be located from that folder.
`
const typeHelp =
  'Keystore type. This parameter is not mandatory. If omitted, the type will be detected from keystore file or default keystore type will be used'

const algorithms = [
  ...['AES', 'EdDSA', 'ES256', 'ES384', 'ES512', 'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
]
const keystore = textProperty('keystore', 'Keystore', keystoreHelp)
const keystorePassword = textProperty('keystorePassword', 'Keystore Password', 'Password for the keys', { secret: true })
const keyAlias = textProperty('keyAlias', 'Key Alias', 'Alias for the private key')
const keyPassword = textProperty('keyPassword', 'Key Password', 'Password for the private key', { secret: true })

/** Keystore files of Java are not read: the component is kept for export, and gives no keys. */
export const javaKeystore: KeyProvider = {
  id: 'java-keystore',
  help: 'Loads keys from a Java keys file',
  properties: [
    ...commonProperties,
    listProperty('algorithm', 'Algorithm', 'Intended algorithm for the key', 'RS256', algorithms),
    keystore,
    keystorePassword,
    listProperty('keystoreType', 'Keystore Type', typeHelp, 'JKS', ['JKS', 'PKCS12', 'BCFKS']),
    keyAlias,
    keyPassword,
    listProperty('keyUse', 'Key use', 'Whether the key should be used for signing or encryption.', 'sig', ['sig', 'enc']),
  ],
  validate: (config) =>
    checkCommon(config) ??
    checkRequired(config, keystore) ??
    checkRequired(config, keystorePassword) ??
    checkRequired(config, keyAlias) ??
    checkRequired(config, keyPassword),
  generate: (config) => Promise.resolve(withSettings(config, {})),
  keys: () => [],
}
