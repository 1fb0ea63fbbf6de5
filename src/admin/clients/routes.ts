/**
 * Clients: their settings, secrets and certificates, protocol mappers, scopes, what their tokens would hold.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { certificateRoutes } from './certificates.ts'
import { clientRoutes } from './clients.ts'
import { descriptionConverterRoutes } from './description-converter.ts'
import { disabledFeatureRoutes } from './disabled-features.ts'
import { evaluateScopeRoutes } from './evaluate-scopes.ts'
import { initialAccessRoutes } from './initial-access.ts'
import { installationRoutes } from './installation.ts'
import { nodeRoutes } from './nodes.ts'
import { registrationPolicyRoutes } from './registration-policies.ts'
import { secretRoutes } from './secrets.ts'

export const clientAdminRoutes: readonly AdminRoute[] = [
  ...clientRoutes,
  ...secretRoutes,
  ...certificateRoutes,
  ...nodeRoutes,
  ...installationRoutes,
  ...evaluateScopeRoutes,
  ...initialAccessRoutes,
  ...registrationPolicyRoutes,
  ...descriptionConverterRoutes,
  ...disabledFeatureRoutes,
]
