import { findSignatureAlgorithm } from '../crypto/jws-algorithms.ts'
import type { ComponentExportRepresentation } from '../representations/component.ts'
import { fallbackProvider } from './fallback.ts'
import { type KeyMaking, keyProviderType } from './provider.ts'
import { findKeyProvider } from './providers.ts'

/** Components by provider type, as a realm's JSON has them. */
export type ComponentSections = Readonly<Record<string, ComponentExportRepresentation[]>>

/**
 * Makes the key material that the key providers of a new realm lack, all at once. Components of other types and providers that we do
 * not know come back untouched.
 */
export async function generateKeys(
  sections: ComponentSections,
  making: KeyMaking,
): Promise<Record<string, ComponentExportRepresentation[]>> {
  const providers = sections[keyProviderType] ?? []
  const generated = await Promise.all(
    providers.map(async (component) => {
      const provider = findKeyProvider(component.providerId ?? '')
      return provider ? { ...component, config: await provider.generate(component.config ?? {}, making) } : component
    }),
  )
  return { ...sections, [keyProviderType]: generated }
}

/**
 * Adds a key provider for each signature algorithm that is asked for and that no provider of the realm makes. The reference does so at
 * the first token; here the key is in the JWKS before it (a verifier that caches the JWKS then knows it in time). Whoever changes a client
 * names what he likes: an algorithm that signs nothing would lack its key each time anew, and gets none.
 */
export function addFallbackProviders(sections: ComponentSections, algorithms: Iterable<string>, newId: () => string): ComponentSections {
  const providers = [...(sections[keyProviderType] ?? [])]
  for (const algorithm of new Set(algorithms)) {
    const fallback = findSignatureAlgorithm(algorithm) === undefined ? undefined : fallbackProvider(algorithm)
    if (fallback === undefined || providers.some((component) => signsWith(component, algorithm))) continue
    providers.push({ id: newId(), name: fallback.name, providerId: fallback.providerId, config: fallback.config })
  }
  return { ...sections, [keyProviderType]: providers }
}

/** The algorithm of a provider that does not say one. */
const defaultAlgorithms: Readonly<Record<string, string>> = {
  'rsa-generated': 'RS256',
  rsa: 'RS256',
  'hmac-generated': 'HS256',
  'eddsa-generated': 'EdDSA',
}
const curveAlgorithms: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }

function signsWith({ providerId = '', config = {} }: ComponentExportRepresentation, algorithm: string): boolean {
  if (config['enabled']?.[0] === 'false' || config['active']?.[0] === 'false') return false
  if (providerId === 'ecdsa-generated') return curveAlgorithms[config['ecdsaEllipticCurveKey']?.[0] ?? 'P-256'] === algorithm
  return (config['algorithm']?.[0] ?? defaultAlgorithms[providerId]) === algorithm
}
