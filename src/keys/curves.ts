import { generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { selfSignedCertificate } from '../crypto/certificate.ts'
import { booleanProperty, setting, withSettings } from './config.ts'
import { attempt, certificateBytes, pkcs8PrivateKey, publicKeyId, spkiOf, spkiPublicKey } from './encodings.ts'
import type { KeyType, KeyUse, RealmKey } from './key.ts'
import type { KeyComponent, KeyConfig, KeyMaking } from './provider.ts'
import { realmKey } from './realm-key.ts'

/** The config members in which one family of curve keys is stored. */
export interface CurveSettings {
  readonly curve: string
  readonly privateKey: string
  readonly publicKey: string
}

const generateEc = promisify(generateKeyPair)

/** The curves by the names of the config (JWA) and of node. */
const nodeCurves: Readonly<Record<string, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  Ed25519: 'ed25519',
  Ed448: 'ed448',
}

export const nistCurves = ['P-256', 'P-384', 'P-521'] as const

export const generateCertificate = booleanProperty(
  'ecGenerateCertificate',
  'Generate Certificate',
  'If a certificate should be build on creation. If the certificate is build, it will be available in the realm JWK for the key in the claim x5c and corresponding thumbprints may be available in the claims like x5t or x5t#S256.',
  false,
)

/** The JWA name of a key's curve. */
function curveOf(key: KeyObject): string | undefined {
  const name = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType
  return Object.entries(nodeCurves).find(([, node]) => node === name)?.[0]
}

/** A key pair on the wanted curve: the stored one when it is whole and on that curve, else a new one. */
export async function generateCurveKey(config: KeyConfig, names: CurveSettings, defaultCurve: string): Promise<Record<string, string[]>> {
  const curve = setting(config, names.curve) ?? defaultCurve
  const stored = attempt(() => readPair(config, names))
  if (stored !== undefined && curveOf(stored.publicKey) === curve) return withSettings(config, { [names.curve]: curve })
  const { privateKey, publicKey } = await generatePair(curve)
  return withSettings(config, {
    [names.curve]: curve,
    [names.privateKey]: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    [names.publicKey]: spkiOf(publicKey).toString('base64'),
  })
}

function generatePair(curve: string): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  if (curve === 'Ed25519') return promisify(generateKeyPair)('ed25519')
  if (curve === 'Ed448') return promisify(generateKeyPair)('ed448')
  return generateEc('ec', { namedCurve: nodeCurves[curve] ?? curve })
}

/**
 * The certificate of a generated curve key, where the config asks for one. The reference server makes it anew whenever it loads the key;
 * it is stored here, so that `x5c` stays the same on every node and after every start.
 */
export async function withCurveCertificate(
  config: Record<string, string[]>,
  names: CurveSettings,
  { realmName, clock }: KeyMaking,
): Promise<Record<string, string[]>> {
  if (setting(config, generateCertificate.name) !== 'true') return withSettings(config, { certificate: undefined })
  const { publicKey, privateKey } = readPair(config, names)
  const stored = attempt(() => new X509Certificate(certificateBytes(setting(config, 'certificate') ?? '')))
  if (stored?.publicKey.equals(publicKey)) return config
  const certificate = await selfSignedCertificate(privateKey(), realmName, clock.now())
  return withSettings(config, { certificate: certificate.toString('base64') })
}

function readPair(config: KeyConfig | undefined, names: CurveSettings): { publicKey: KeyObject; privateKey: () => KeyObject } {
  const publicText = setting(config, names.publicKey)
  const privateText = setting(config, names.privateKey)
  if (publicText === undefined || privateText === undefined) throw new TypeError('the component has no key pair')
  return { publicKey: spkiPublicKey(publicText), privateKey: () => pkcs8PrivateKey(privateText) }
}

/** The key of a stored curve component. `algorithm` gets the JWA name of the curve that the key is really on. */
export function curveKeys(
  component: KeyComponent,
  names: CurveSettings,
  kind: { readonly type: KeyType; readonly use: KeyUse; readonly algorithm: (curve: string) => string | undefined },
): RealmKey[] {
  if (setting(component.config, names.privateKey) === undefined) return []
  const { publicKey, privateKey } = readPair(component.config, names)
  const algorithm = kind.algorithm(curveOf(publicKey) ?? '')
  if (algorithm === undefined) return []
  const certificate = setting(component.config, generateCertificate.name) === 'true' ? setting(component.config, 'certificate') : undefined
  return [
    realmKey(component, {
      kid: publicKeyId(spkiOf(publicKey)),
      type: kind.type,
      use: kind.use,
      algorithm,
      privateKey,
      publicKey,
      certificate: certificate === undefined ? undefined : certificateBytes(certificate),
    }),
  ]
}
