import type { AdminContext } from '../admin/admin-route.ts'
import type { AdminServices } from '../admin/services.ts'
import type { HttpRequest } from '../http/values.ts'
import type { Themes } from '../login/themes.ts'
import type { RealmSnapshot } from '../realm/model.ts'
import type { TokenUses } from './token-uses.ts'

/** Redeems the code with which the realm's login sends somebody back to a page. Declared here, implemented by the protocol's room. */
export interface SignIn {
  /** Undefined when the code is no good. */
  redeem(
    request: HttpRequest,
    realm: RealmSnapshot,
    code: { readonly clientId: string; readonly code: string; readonly redirectUri: string; readonly verifier: string },
  ): Promise<{ readonly sessionId: string; readonly userId: string; readonly nonce: string | undefined } | undefined>
}

/** What the control plane needs. */
export interface RegistryServices extends AdminServices {
  readonly tokenUses: TokenUses
  readonly signIn: SignIn
  readonly themes: Themes
}

/** A request to the control plane by somebody who may make it. */
export type RegistryContext = AdminContext<RegistryServices>
