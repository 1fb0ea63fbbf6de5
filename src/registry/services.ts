import type { AdminContext } from '../admin/admin-route.ts'
import type { AdminServices } from '../admin/services.ts'
import type { TokenUses } from './token-uses.ts'

/** What the control plane needs. */
export interface RegistryServices extends AdminServices {
  readonly tokenUses: TokenUses
}

/** A request to the control plane by somebody who may make it. */
export type RegistryContext = AdminContext<RegistryServices>
