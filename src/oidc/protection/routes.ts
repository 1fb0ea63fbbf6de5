/**
 * The protection API of authorization services: what resource servers and the owners of resources tell us. Not here: the grant that makes
 * requesting party tokens (../grants/uma-ticket.ts). May call what the room may call.
 */
import type { Route } from '../../http/routes.ts'
import type { OidcServices } from '../services.ts'
import { permissionRoutes } from './permission.ts'
import { permissionTicketRoutes } from './permission-ticket.ts'
import { resourceSetRoutes } from './resource-set.ts'
import { umaPolicyRoutes } from './uma-policy.ts'

export const protectionRoutes: readonly Route<OidcServices>[] = [
  ...resourceSetRoutes,
  ...permissionRoutes,
  ...permissionTicketRoutes,
  ...umaPolicyRoutes,
]
