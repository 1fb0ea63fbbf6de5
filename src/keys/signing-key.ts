import type { RealmSnapshot } from '../realm/model.ts'
import type { RealmKey } from './key.ts'
import { realmKeys } from './realm-keys.ts'

type KeyHolder = Pick<RealmSnapshot, 'derived' | 'settings'>

/** The realm has no active key for an algorithm it must sign with. */
export class MissingKey extends Error {
  readonly algorithm: string
  constructor(algorithm: string) {
    super(`the realm has no active key for ${algorithm}`)
    this.name = 'MissingKey'
    this.algorithm = algorithm
  }
}

/** What only this server reads is signed with a secret key: refresh tokens, cookies, links in e-mails. */
const ownAlgorithm = 'HS512'

/** The key for an algorithm that a client asks for, or the realm's own. Throws MissingKey. */
export const signingKey = (realm: KeyHolder, wanted: string | undefined): RealmKey =>
  requireKey(realm, wanted || realm.settings.defaultSignatureAlgorithm || 'RS256')

/** The key for tokens that only this server reads. Throws MissingKey. */
export const ownSigningKey = (realm: KeyHolder): RealmKey => requireKey(realm, ownAlgorithm)

function requireKey(realm: KeyHolder, algorithm: string): RealmKey {
  const key = realm.derived(realmKeys).signing(algorithm)
  if (key === undefined) throw new MissingKey(algorithm)
  return key
}
