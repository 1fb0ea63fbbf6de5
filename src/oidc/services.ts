import type { HttpClient } from '../http/client.ts'
import type { LoginServices } from '../login/services.ts'
import type { ClientKeys } from './client-auth/client-keys.ts'

/** What the protocol endpoints need: what a login needs, since they begin and end it. */
export interface OidcServices extends LoginServices {
  /** For addresses that administrators give to clients. */
  readonly http: HttpClient
  /** The keys by which clients sign. */
  readonly clientKeys: ClientKeys
  /** Name of the realm that also answers at /oauth2: there `access_type` counts. */
  readonly oauth2Realm: string | undefined
}
