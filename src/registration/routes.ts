/**
 * Registration of clients by their own software, below /realms/{realm}/clients-registrations: a file per form in which clients are described,
 * and the realm's policies (policies/). Not here: what a client may be and how it is stored, which is the Admin API's, as are the tokens with
 * which registration begins. May call admin and everything to its left but the other surfaces.
 */
import { AdminError } from '../http/errors.ts'
import type { Route } from '../http/routes.ts'
import { defaultRoutes } from './default.ts'
import { installRoutes } from './install.ts'
import { openidConnectRoutes } from './openid-connect.ts'
import { basePath, realmOf } from './request.ts'
import type { RegistrationServices } from './services.ts'

/** The forms that there are. */
export const registrationForms: readonly Route<RegistrationServices>[] = [...openidConnectRoutes, ...defaultRoutes, ...installRoutes]

export const registrationRoutes: readonly Route<RegistrationServices>[] = [
  ...registrationForms,
  {
    method: 'POST',
    path: `${basePath}/:form`,
    family: 'admin',
    summary: 'Forms of registration that there are not',
    async handle(request, services) {
      await realmOf(request, services)
      throw new AdminError(404, { error: 'Client registration provider not found' })
    },
  },
]
