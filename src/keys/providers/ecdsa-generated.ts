import { checkBoolean, checkCommon, checkOneOf, commonProperties, listProperty } from '../config.ts'
import { curveKeys, generateCertificate, generateCurveKey, nistCurves, withCurveCertificate } from '../curves.ts'
import type { KeyProvider } from '../provider.ts'

const names = { curve: 'ecdsaEllipticCurveKey', privateKey: 'ecdsaPrivateKey', publicKey: 'ecdsaPublicKey' }
const curve = listProperty(names.curve, 'Elliptic Curve', 'Elliptic Curve used in ECDSA', 'P-256', nistCurves)
/** RFC 7518 section 3.4: each algorithm has its curve. */
const algorithms: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }

export const ecdsaGenerated: KeyProvider = {
  id: 'ecdsa-generated',
  help: 'Generates ECDSA keys',
  properties: [...commonProperties, generateCertificate, curve],
  validate: (config) => checkCommon(config) ?? checkBoolean(config, generateCertificate) ?? checkOneOf(config, curve, nistCurves),
  generate: async (config, making) => withCurveCertificate(await generateCurveKey(config, names, 'P-256'), names, making),
  keys: (component) => curveKeys(component, names, { type: 'EC', use: 'SIG', algorithm: (on) => algorithms[on] }),
}
