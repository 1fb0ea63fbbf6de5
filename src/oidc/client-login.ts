import { OAuthError } from '../http/errors.ts'
import { readForm } from '../http/parameters.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'
import { authenticateClient } from './client-auth/authenticate.ts'
import type { OidcServices } from './services.ts'

/** Who a client is by what it sends as at the token endpoint; undefined when it proves nothing. */
export async function clientOf(
  services: Pick<OidcServices, 'database' | 'clock' | 'clientKeys'>,
  request: HttpRequest,
  realm: RealmSnapshot,
): Promise<Client | undefined> {
  try {
    return (await authenticateClient(request, readForm(request), { ...services, realm, details: {} }, () => undefined)).client
  } catch (error) {
    if (error instanceof OAuthError) return undefined
    throw error
  }
}
