import { frontendOf } from '../realm/frontend-url.ts'
import type { RealmSnapshot } from '../realm/model.ts'

/** The issuer of a realm's tokens: the URL below which its discovery document is found (OpenID Connect Discovery section 4). */
export const issuerOf = (baseUrl: string, realm: Pick<RealmSnapshot, 'name' | 'attributes'>): string =>
  `${frontendOf(realm) ?? baseUrl}/realms/${encodeURIComponent(realm.name)}`

/**
 * The realm that an issuer names, wherever it is said to be; undefined for any other text. A token that nobody has verified may say
 * anything: whether the realm has this issuer is known when the token is verified.
 */
export function realmNameOf(issuer: unknown): string | undefined {
  const part = typeof issuer === 'string' ? /^https?:\/\/.+\/realms\/([^/?#]+)$/.exec(issuer)?.[1] : undefined
  if (part === undefined) return undefined
  try {
    const name = decodeURIComponent(part)
    return encodeURIComponent(name) === part ? name : undefined
  } catch {
    return undefined
  }
}
