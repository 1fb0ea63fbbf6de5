import type { RealmSnapshot } from '../realm/model.ts'

/** The issuer of a realm's tokens: the URL below which its discovery document is found (OpenID Connect Discovery section 4.3). */
export const issuerOf = (baseUrl: string, realm: Pick<RealmSnapshot, 'name'>): string =>
  `${baseUrl}/realms/${encodeURIComponent(realm.name)}`
