import type { AdminServices } from '../admin/services.ts'
import type { HttpClient } from '../http/client.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Client, RealmSnapshot } from '../realm/model.ts'

/** Authenticates a client by what it sends as at the token endpoint. Declared here, implemented by the protocol's room. */
export interface ClientLogin {
  /** Undefined when nothing is proven. */
  authenticate(request: HttpRequest, realm: RealmSnapshot): Promise<Client | undefined>
}

/** What the registration of clients needs. */
export interface RegistrationServices extends AdminServices {
  readonly clientLogin: ClientLogin
  /** For addresses that strangers give: they never lead inside of the network. */
  readonly outsideHttp: HttpClient
}
