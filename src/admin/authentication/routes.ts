/** Flows, executions, authenticator configurations, required actions. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'
import { configRoutes } from './configs.ts'
import { executionRoutes } from './executions.ts'
import { flowExecutionRoutes } from './flow-executions.ts'
import { flowRoutes } from './flows.ts'
import { providerRoutes } from './providers.ts'
import { requiredActionConfigRoutes } from './required-action-configs.ts'
import { requiredActionRoutes } from './required-actions.ts'

export const authenticationAdminRoutes: readonly AdminRoute[] = [
  ...flowRoutes,
  ...flowExecutionRoutes,
  ...executionRoutes,
  ...configRoutes,
  ...providerRoutes,
  ...requiredActionRoutes,
  ...requiredActionConfigRoutes,
]
