/** Identity providers of a realm and their mappers. May call what the room may call. */
import type { AdminRoute } from '../admin-route.ts'
import { importRoutes } from './import-config.ts'
import { instanceRoutes } from './instances.ts'
import { mapperRoutes } from './mappers.ts'
import { actionRoutes } from './provider-actions.ts'
import { certificateRoutes } from './upload-certificate.ts'

export const identityProviderAdminRoutes: readonly AdminRoute[] = [
  ...instanceRoutes,
  ...mapperRoutes,
  ...actionRoutes,
  ...importRoutes,
  ...certificateRoutes,
]
