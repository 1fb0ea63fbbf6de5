import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { refuseManagementPermissions } from '../feature-not-enabled.ts'
import { findGroup } from '../groups/find-group.ts'
import { roleAddresses } from './find-role.ts'

const paths: readonly { path: string; find?: (context: AdminContext) => Promise<unknown> }[] = [
  ...roleAddresses.map(({ path }) => ({ path })),
  { path: '/groups/:group', find: findGroup },
]

/** Fine-grained permissions of the first version are a feature that the reference has switched off by default, too. */
export const managementPermissionRoutes: readonly AdminRoute[] = paths.flatMap(({ path, find }) =>
  (['GET', 'PUT'] as const).map(
    (method): AdminRoute => ({
      method,
      path: `${path}/management/permissions`,
      summary: 'Whether fine-grained permissions are on',
      role: 'any',
      async handle(context) {
        await find?.(context)
        return refuseManagementPermissions(context)
      },
    }),
  ),
)
