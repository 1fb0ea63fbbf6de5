import type { Clock } from '../clock.ts'
import type { Random } from '../crypto/random.ts'
import { addFallbackProviders, generateKeys } from '../keys/generate.ts'
import { keyProviderType } from '../keys/provider.ts'
import { realmKeys } from '../keys/realm-keys.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { ComponentRepresentation } from '../representations/component.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { components as componentRows } from '../storage/components.ts'
import type { Sql } from '../storage/sql.ts'

const signatureAttributes = [
  'access.token.signed.response.alg',
  'id.token.signed.response.alg',
  'user.info.response.signature.alg',
  'authorization.signed.response.alg',
]

/** Algorithms that a client asks tokens and answers to be signed with. */
export const algorithmsOfClient = ({ attributes }: Pick<ClientRepresentation, 'attributes'>): string[] =>
  signatureAttributes.flatMap((name) => attributes?.[name] || [])

/** What every realm signs with: refresh tokens, cookies and links by HMAC, other tokens by its default algorithm. */
export const algorithmsOfRealm = ({ defaultSignatureAlgorithm }: Pick<RealmRepresentation, 'defaultSignatureAlgorithm'>): string[] => [
  'HS512',
  defaultSignatureAlgorithm || 'RS256',
]

interface Making {
  readonly random: Random
  readonly clock: Clock
}

/**
 * Gives a realm a key provider for each of the algorithms that it has no key for, in the caller's transaction. The reference does so at the
 * first token; here the key is in the JWKS before it. No statement where nothing is missing.
 */
export async function addMissingKeys(tx: Sql, realm: RealmSnapshot, algorithms: readonly string[], making: Making): Promise<void> {
  const { signing } = realm.derived(realmKeys)
  const missing = algorithms.filter((algorithm) => signing(algorithm) === undefined)
  if (missing.length > 0) await addProviders(tx, realm, missing, making)
}

/** The same for all that the realm and its clients ask for: after a key provider has gone, or has become another. */
export async function replaceLostKeys(tx: Sql, realm: RealmSnapshot, making: Making): Promise<void> {
  const clients = (await clientRows(tx).listAll(realm.id)).map(({ doc }) => JSON.parse(doc) as ClientRepresentation)
  await addProviders(tx, realm, [...algorithmsOfRealm(realm.settings), ...clients.flatMap(algorithmsOfClient)], making)
}

async function addProviders(
  tx: Sql,
  realm: Pick<RealmSnapshot, 'id' | 'name'>,
  algorithms: readonly string[],
  { random, clock }: Making,
): Promise<void> {
  const present = (await componentRows(tx).list(realm.id))
    .filter((row) => row.provider_type === keyProviderType)
    .map((row) => ({ ...(JSON.parse(row.doc) as ComponentRepresentation), id: row.id }))
  const known = new Set(present.map(({ id }) => id))
  const sections = addFallbackProviders({ [keyProviderType]: present }, algorithms, () => random.uuid())
  const fresh = (sections[keyProviderType] ?? []).filter(({ id }) => !known.has(id ?? ''))
  const generated = await generateKeys({ [keyProviderType]: fresh }, { random, clock, realmName: realm.name })
  for (const component of generated[keyProviderType] ?? []) {
    const { id = random.uuid(), name = '', providerId = '' } = component
    const whole = { ...component, id, providerType: keyProviderType, parentId: realm.id }
    await componentRows(tx).insert(realm.id, {
      id,
      parentId: realm.id,
      providerType: keyProviderType,
      providerId,
      name,
      doc: JSON.stringify(whole),
    })
  }
}
