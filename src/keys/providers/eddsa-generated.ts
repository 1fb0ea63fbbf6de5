import { checkCommon, checkOneOf, commonProperties, listProperty } from '../config.ts'
import { curveKeys, generateCurveKey } from '../curves.ts'
import type { KeyProvider } from '../provider.ts'

const names = { curve: 'eddsaEllipticCurveKey', privateKey: 'eddsaPrivateKey', publicKey: 'eddsaPublicKey' }
const curves = ['Ed25519', 'Ed448']
const curve = listProperty(names.curve, 'Elliptic Curve', 'Elliptic Curve used in EdDSA', 'Ed25519', curves)

export const eddsaGenerated: KeyProvider = {
  id: 'eddsa-generated',
  help: 'Generates EdDSA keys',
  properties: [...commonProperties, curve],
  validate: (config) => checkCommon(config) ?? checkOneOf(config, curve, curves),
  generate: (config) => generateCurveKey(config, names, 'Ed25519'),
  keys: (component) => curveKeys(component, names, { type: 'OKP', use: 'SIG', algorithm: () => 'EdDSA' }),
}
