import { AdminError } from '../../http/errors.ts'
import type { AdminRoute } from '../admin-route.ts'

/** The answer to what the reference has only after its operator has switched it on, or what is not here. */
export const featureNotEnabled = (): AdminError =>
  new AdminError(501, { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' })

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
