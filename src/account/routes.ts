/**
 * The Account REST API: what somebody may see and change of himself, in the reference's words. The roles that a caller needs are data in
 * each route row. Not here: the Account Console's page, which shares these paths (services.ts, `accountConsole`). May call everything to
 * its left but other surfaces.
 */
import type { Route } from '../http/routes.ts'
import { type AccountRoute, otherPaths, toRoutes } from './account-route.ts'
import { applicationRoutes } from './applications.ts'
import { consentRoutes } from './consents.ts'
import { credentialRoutes } from './credentials.ts'
import { linkedAccountRoutes } from './linked-accounts.ts'
import { membershipRoutes } from './memberships.ts'
import { profileRoutes } from './profile.ts'
import { permissionRoutes } from './resource-permissions.ts'
import { resourceRoutes } from './resources.ts'
import type { AccountServices } from './services.ts'
import { sessionRoutes } from './sessions.ts'
import { verifiableCredentialRoutes } from './verifiable-credentials.ts'

/** Resources, without the paths that are pages alone. */
export const accountRows: readonly AccountRoute[] = [
  ...profileRoutes,
  ...credentialRoutes,
  ...sessionRoutes,
  ...applicationRoutes,
  ...consentRoutes,
  ...linkedAccountRoutes,
  ...membershipRoutes,
  ...resourceRoutes,
  ...permissionRoutes,
  ...verifiableCredentialRoutes,
]

export const accountRoutes: readonly Route<AccountServices>[] = [...accountRows, ...otherPaths(accountRows)].flatMap(toRoutes)
