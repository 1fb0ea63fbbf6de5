import { AdminError } from '../http/errors.ts'
import type { AccountRoute } from './account-route.ts'

const paths = ['/verifiable-credentials', '/issued-verifiable-credentials'] as const

/** Credentials for wallets are a feature that is off, and every resource of theirs says so. */
export const verifiableCredentialRoutes: readonly AccountRoute[] = paths.flatMap((path) =>
  (['GET', 'POST', 'PUT', 'DELETE'] as const).flatMap((method) =>
    [path, `${path}/*`].map(
      (own): AccountRoute => ({
        method,
        path: own,
        summary: 'Verifiable credentials: the feature is not there',
        roles: [],
        handle: async () => {
          throw new AdminError(400, { errorMessage: 'Feature oid4vc-vci not enabled' })
        },
      }),
    ),
  ),
)
