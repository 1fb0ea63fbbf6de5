import type { AdminRoute } from '../admin-route.ts'
import { featureNotEnabled } from '../feature-not-enabled.ts'

const disabled = (method: AdminRoute['method'], path: string, summary: string): AdminRoute => ({
  method,
  path,
  summary,
  role: 'any',
  async handle() {
    throw featureNotEnabled()
  },
})

/** Rights over single clients, and types of clients: features of the reference that are off unless asked for. */
export const disabledFeatureRoutes: readonly AdminRoute[] = [
  disabled('GET', '/clients/:client/management/permissions', 'Rights over one client'),
  disabled('PUT', '/clients/:client/management/permissions', 'Change rights over one client'),
  disabled('GET', '/client-types', 'Types of clients'),
  disabled('PUT', '/client-types', 'Change types of clients'),
]
