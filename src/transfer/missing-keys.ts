import { addFallbackProviders, type ComponentSections, generateKeys } from '../keys/generate.ts'
import type { RealmKeys } from '../keys/key.ts'
import { realmKeys } from '../keys/realm-keys.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import type { RealmRepresentation } from '../representations/realm.ts'
import { clients as clientRows } from '../storage/clients.ts'
import type { TransferParts } from './import-realm.ts'

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

type Making = Pick<TransferParts, 'random' | 'clock'>

/**
 * Key providers, to be written, for those of the algorithms that a realm has no key for: none where nothing is missing. The reference makes
 * them at the first token; here the key is in the JWKS before it. An RSA key takes long: call it before a transaction where that is possible.
 *
 * @param keys those of the realm unless they are about to be others
 */
export function missingKeys(
  realm: RealmSnapshot,
  algorithms: readonly string[],
  { random, clock }: Making,
  keys: RealmKeys = realm.derived(realmKeys),
): Promise<ComponentSections> {
  const missing = algorithms.filter((algorithm) => keys.signing(algorithm) === undefined)
  return generateKeys(
    addFallbackProviders({}, missing, () => random.uuid()),
    { random, clock, realmName: realm.name },
  )
}

/** Key providers for what the realm and its clients sign with and could not, were these the components of the realm. */
export async function lostKeys(
  parts: Making & Pick<TransferParts, 'database'>,
  realm: RealmSnapshot,
  components: RealmSnapshot['components'],
): Promise<ComponentSections> {
  const clients = (await clientRows(parts.database).listAll(realm.id)).map(({ doc }) => JSON.parse(doc) as ClientRepresentation)
  const algorithms = [...algorithmsOfRealm(realm.settings), ...clients.flatMap(algorithmsOfClient)]
  return missingKeys(realm, algorithms, parts, realmKeys({ components }))
}
