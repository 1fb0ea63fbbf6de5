/**
 * Authorization services of a client: its resource server, resources, scopes, policies, permissions, evaluation.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { evaluationRoutes } from './evaluation.ts'
import { policyRoutes } from './policies.ts'
import { resourceServerRoutes } from './resource-server.ts'
import { resourceRoutes } from './resources.ts'
import { scopeRoutes } from './scopes.ts'

export const authorizationAdminRoutes: readonly AdminRoute[] = [
  ...resourceServerRoutes,
  ...resourceRoutes,
  ...scopeRoutes,
  ...evaluationRoutes,
  ...policyRoutes,
]
