/**
 * keys/: the keys of a realm: providers (one file each in `providers/`), choice of the signing key, JWKS, signing and verifying JWTs.
 * Reads the components of a realm snapshot; creating and rotating components is left to those who write them. Knows no claims, sessions
 * or clients. May call `crypto/` and the types of `realm/` and `representations/`; storage never.
 */
import { findSignatureAlgorithm } from '../crypto/jws-algorithms.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { ComponentRepresentation } from '../representations/component.ts'
import { attempt, spkiOf } from './encodings.ts'
import { jwksDocument } from './jwks.ts'
import type { KeyType, RealmKey, RealmKeys } from './key.ts'
import { keyProviderType } from './provider.ts'
import { findKeyProvider } from './providers.ts'

/**
 * The keys of a realm, made once per snapshot: `realm.derived(realmKeys)`. A component whose provider is unknown or whose material can
 * not be read gives no keys, and the others work on. Order: priority, highest first, then component id.
 */
export function realmKeys(realm: Pick<RealmSnapshot, 'components'>): RealmKeys {
  const all = Object.freeze(
    realm.components
      .filter((component) => component.providerType === keyProviderType)
      .flatMap(keysOf)
      .sort(compare),
  )
  const usable = all.filter((key) => key.status !== 'DISABLED')
  const active = all.filter((key) => key.status === 'ACTIVE')
  const firstByKid = new Map(usable.toReversed().map((key) => [key.kid, key]))
  let jwksBytes: Buffer | undefined
  return Object.freeze({
    all,
    signing: (algorithm: string) => active.find((key) => key.use === 'SIG' && key.algorithm === algorithm && canSign(key)),
    encryption: (algorithm: string) => active.find((key) => key.use === 'ENC' && key.algorithm === algorithm),
    byKid: (kid: string) => firstByKid.get(kid),
    get jwksBytes(): Buffer {
      jwksBytes ??= Buffer.from(JSON.stringify(jwksDocument(all)))
      return jwksBytes
    },
  })
}

/** `public_key` of GET /realms/{realm}: base64 of the SubjectPublicKeyInfo of the active RS256 key; undefined when there is none. */
export function realmPublicKey(realm: Pick<RealmSnapshot, 'derived'>): string | undefined {
  const publicKey = realm.derived(realmKeys).signing('RS256')?.publicKey
  return publicKey === undefined ? undefined : spkiOf(publicKey).toString('base64')
}

const keysOf = (component: ComponentRepresentation): RealmKey[] =>
  attempt(() => findKeyProvider(component.providerId ?? '')?.keys(component)) ?? []

function compare(one: RealmKey, other: RealmKey): number {
  if (one.providerPriority !== other.providerPriority) return other.providerPriority - one.providerPriority
  return one.providerId < other.providerId ? -1 : one.providerId > other.providerId ? 1 : 0
}

const typeOf: Readonly<Record<string, KeyType>> = { rsa: 'RSA', ec: 'EC', edwards: 'OKP', hmac: 'OCT' }

/** The config of a component may name any algorithm, also one that its key can not do. */
const canSign = (key: RealmKey): boolean => typeOf[findSignatureAlgorithm(key.algorithm)?.kind ?? ''] === key.type
