import type { HttpRequest } from '../../http/values.ts'
import type { RealmSnapshot } from '../../realm/model.ts'

/** Below the address of the official console, whose own client signs people in: `/admin/{realm}/console/*` are its redirect URIs. */
export const pagesPath = '/admin/:realm/console/external-systems'

/** Addresses of the pages of one realm, absolute. */
export interface Addresses {
  readonly list: string
  readonly create: string
  readonly signedIn: string
  readonly signOut: string
  /** `below`: `/block`. */
  system(name: string, below?: string): string
}

export function addressesOf({ baseUrl }: Pick<HttpRequest, 'baseUrl'>, { name }: Pick<RealmSnapshot, 'name'>): Addresses {
  const list = `${baseUrl}${pagesPath.replace(':realm', encodeURIComponent(name))}`
  return {
    list,
    create: `${list}/new`,
    signedIn: `${list}/signed-in`,
    signOut: `${list}/sign-out`,
    system: (system, below = '') => `${list}/systems/${encodeURIComponent(system)}${below}`,
  }
}
