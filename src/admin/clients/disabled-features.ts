import type { AdminRoute } from '../admin-route.ts'
import { featureNotEnabled, refuseManagementPermissions } from '../feature-not-enabled.ts'
import { requireClient } from './client-view.ts'

const disabled = (method: AdminRoute['method'], path: string, summary: string): AdminRoute => ({
  method,
  path,
  summary,
  role: 'any',
  async handle() {
    throw featureNotEnabled()
  },
})

const permissions = (method: AdminRoute['method'], summary: string): AdminRoute => ({
  method,
  path: '/clients/:client/management/permissions',
  summary,
  role: 'any',
  async handle(context) {
    await requireClient(context)
    return refuseManagementPermissions(context)
  },
})

/** Rights over single clients, and types of clients: features of the reference that are off unless asked for. */
export const disabledFeatureRoutes: readonly AdminRoute[] = [
  permissions('GET', 'Rights over one client'),
  permissions('PUT', 'Change rights over one client'),
  disabled('GET', '/client-types', 'Types of clients'),
  disabled('PUT', '/client-types', 'Change types of clients'),
]
