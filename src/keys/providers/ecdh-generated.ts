import { checkBoolean, checkCommon, checkOneOf, commonProperties, listProperty, setting } from '../config.ts'
import { curveKeys, generateCertificate, generateCurveKey, nistCurves, withCurveCertificate } from '../curves.ts'
import type { KeyProvider } from '../provider.ts'

const names = { curve: 'ecdhEllipticCurveKey', privateKey: 'ecdhPrivateKey', publicKey: 'ecdhPublicKey' }
const curve = listProperty(names.curve, 'Elliptic Curve', 'Elliptic Curve used in ECDH', 'P-256', nistCurves)
const algorithmHelp = 'Algorithm for processing the Content Encryption Key'
const algorithms = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW']

export const ecdhGenerated: KeyProvider = {
  id: 'ecdh-generated',
  help: 'Generates ECDH keys',
  properties: [
    ...commonProperties,
    generateCertificate,
    curve,
    listProperty('ecdhAlgorithm', 'Algorithm', algorithmHelp, 'ECDH-ES', algorithms),
  ],
  validate: (config) => checkCommon(config) ?? checkBoolean(config, generateCertificate) ?? checkOneOf(config, curve, nistCurves),
  generate: async (config, making) => withCurveCertificate(await generateCurveKey(config, names, 'P-256'), names, making),
  keys(component) {
    // The reference server publishes "alg": "RS256" for a component without an algorithm, which no client can use.
    const algorithm = setting(component.config, 'ecdhAlgorithm') ?? 'ECDH-ES'
    return curveKeys(component, names, { type: 'EC', use: 'ENC', algorithm: () => algorithm })
  },
}
