import type { RealmSnapshot } from '../realm/model.ts'

/** The issuer of a realm's tokens: the URL below which its discovery document is found (OpenID Connect Discovery section 4.3). */
export const issuerOf = (baseUrl: string, realm: Pick<RealmSnapshot, 'name'>): string =>
  `${baseUrl}/realms/${encodeURIComponent(realm.name)}`

/** The realm that an issuer of this server names; undefined for any other text. A token that nobody has verified may say anything. */
export function realmNameOf(baseUrl: string, issuer: unknown): string | undefined {
  const beginning = `${baseUrl}/realms/`
  if (typeof issuer !== 'string' || !issuer.startsWith(beginning)) return undefined
  try {
    const name = decodeURIComponent(issuer.slice(beginning.length))
    return issuerOf(baseUrl, { name }) === issuer && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}
