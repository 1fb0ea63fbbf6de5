/**
 * People: search, accounts, credentials, consents, links to identity providers, profile configuration.
 * May call what the room may call.
 */
import type { AdminRoute } from '../admin-route.ts'
import { actionMailRoutes } from './action-mails.ts'
import { consentRoutes } from './consents.ts'
import { createUserRoutes } from './create-user.ts'
import { credentialRoutes } from './credentials.ts'
import { federatedIdentityRoutes } from './federated-identities.ts'
import { impersonationRoutes } from './impersonation.ts'
import { permissionRoutes } from './permissions.ts'
import { profileRoutes } from './profile.ts'
import { switchedOffRoutes } from './switched-off.ts'
import { userChangeRoutes } from './user-changes.ts'
import { userRoutes } from './users.ts'

export const userAdminRoutes: readonly AdminRoute[] = [
  ...actionMailRoutes,
  ...consentRoutes,
  ...createUserRoutes,
  ...credentialRoutes,
  ...federatedIdentityRoutes,
  ...impersonationRoutes,
  ...permissionRoutes,
  ...profileRoutes,
  ...switchedOffRoutes,
  ...userChangeRoutes,
  ...userRoutes,
]
