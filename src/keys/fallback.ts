/** Below every priority that an administrator would choose. */
const fallbackPriority = '-100'

/** A component to be created so that a realm gets a key for an algorithm. Its config lacks the material, which `generate` fills in. */
export interface FallbackProvider {
  readonly name: string
  readonly providerId: string
  readonly config: Readonly<Record<string, string[]>>
}

const curves: ReadonlyMap<string, string> = new Map([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
])

/**
 * Which key the reference server adds to a realm when a client asks for an algorithm without an active key.
 *
 * @param algorithm JWA name
 * @returns undefined for an algorithm that no provider makes keys for
 */
export function fallbackProvider(algorithm: string): FallbackProvider | undefined {
  const found = providerFor(algorithm)
  if (found === undefined) return undefined
  const [providerId, settings] = found
  return { name: `fallback-${algorithm}`, providerId, config: { priority: [fallbackPriority], ...settings } }
}

function providerFor(algorithm: string): [string, Record<string, string[]>] | undefined {
  const curve = curves.get(algorithm)
  if (curve !== undefined) return ['ecdsa-generated', { ecdsaEllipticCurveKey: [curve] }]
  if (/^[RP]S(256|384|512)$/.test(algorithm)) return ['rsa-generated', { algorithm: [algorithm] }]
  if (/^HS(256|384|512)$/.test(algorithm)) return ['hmac-generated', { algorithm: [algorithm] }]
  if (algorithm === 'EdDSA') return ['eddsa-generated', { eddsaEllipticCurveKey: ['Ed25519'] }]
  if (algorithm === 'AES') return ['aes-generated', {}]
  if (['RSA-OAEP', 'RSA-OAEP-256', 'RSA1_5'].includes(algorithm)) return ['rsa-enc-generated', { algorithm: [algorithm] }]
  return undefined
}
