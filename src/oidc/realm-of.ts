import { OAuthError } from '../http/errors.ts'
import type { HttpRequest } from '../http/values.ts'
import { httpsMissing } from '../realm/https-required.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { OidcServices } from './services.ts'

/** The realm that the path names; throws the reference's 404 when there is none. */
export async function realmOf(request: HttpRequest, { realms }: Pick<OidcServices, 'realms'>): Promise<RealmSnapshot> {
  const realm = await realms.find(request.params['realm'] ?? '')
  if (realm === undefined) throw new OAuthError('Realm does not exist', undefined, { status: 404 })
  return realm
}

/** Keys and addresses that come over a line which anybody can change lead anywhere. */
export function requireHttps(realm: RealmSnapshot, request: HttpRequest): void {
  if (httpsMissing(realm, request)) throw new OAuthError('invalid_request', 'HTTPS required', { status: 403, event: 'ssl_required' })
}

/** What every endpoint of the protocol checks before it looks at its parameters. */
export function requireUsable(realm: RealmSnapshot, request: HttpRequest): void {
  requireHttps(realm, request)
  if (!realm.enabled) throw new OAuthError('access_denied', 'Realm not enabled', { status: 403, event: 'realm_disabled' })
}
