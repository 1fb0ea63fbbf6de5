import { AdminError } from '../../http/errors.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { findGroup } from '../groups/find-group.ts'
import { roleAddresses } from './find-role.ts'

/** Fine-grained permissions of the first version are a feature that the reference has switched off by default, too. */
const switchedOff = (): AdminError =>
  new AdminError(501, { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' })

const paths: readonly { path: string; find?: (context: AdminContext) => Promise<unknown> }[] = [
  ...roleAddresses.map(({ path }) => ({ path })),
  { path: '/groups/:group', find: findGroup },
]

export const managementPermissionRoutes: readonly AdminRoute[] = paths.flatMap(({ path, find }) =>
  (['GET', 'PUT'] as const).map(
    (method): AdminRoute => ({
      method,
      path: `${path}/management/permissions`,
      summary: 'Whether fine-grained permissions are on',
      role: 'any',
      async handle(context) {
        await find?.(context)
        throw switchedOff()
      },
    }),
  ),
)
