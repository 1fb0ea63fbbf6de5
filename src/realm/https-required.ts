import { isPrivateAddress } from '../http/addresses.ts'
import type { HttpRequest } from '../http/values.ts'
import type { RealmSnapshot } from './model.ts'

/** True when the realm's `sslRequired` refuses this connection. */
export function httpsMissing(realm: Pick<RealmSnapshot, 'settings'>, request: Pick<HttpRequest, 'secure' | 'remoteAddress'>): boolean {
  if (request.secure) return false
  const required = (realm.settings.sslRequired ?? 'external').toLowerCase()
  return required === 'all' || (required === 'external' && !isPrivateAddress(request.remoteAddress))
}
