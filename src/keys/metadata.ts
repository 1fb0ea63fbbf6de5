import { X509Certificate } from 'node:crypto'
import type { KeyMetadataRepresentation, KeysMetadataRepresentation } from '../representations/keys.ts'
import { spkiOf } from './encodings.ts'
import type { RealmKey, RealmKeys } from './key.ts'

/** The answer of GET /admin/realms/{realm}/keys: every key, disabled ones included, and the active kid of each algorithm. */
export function keysMetadata(keys: Pick<RealmKeys, 'all'>): KeysMetadataRepresentation {
  const active = keys.all.filter((key) => key.status === 'ACTIVE').toReversed()
  // The last entry of a name wins: the key of the highest priority.
  return { active: Object.fromEntries(active.map((key) => [key.algorithm, key.kid])), keys: keys.all.map(metadataOf) }
}

const metadataOf = (key: RealmKey): KeyMetadataRepresentation => ({
  providerId: key.providerId,
  providerPriority: key.providerPriority,
  kid: key.kid,
  status: key.status,
  type: key.type,
  algorithm: key.algorithm,
  ...(key.publicKey === undefined ? {} : { publicKey: spkiOf(key.publicKey).toString('base64') }),
  ...(key.certificate === undefined ? {} : { certificate: key.certificate.toString('base64') }),
  use: key.use,
  ...(key.certificate === undefined ? {} : { validTo: new X509Certificate(key.certificate).validToDate.getTime() }),
})
