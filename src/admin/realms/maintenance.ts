import type { HttpResponse } from '../../http/values.ts'
import { sessionRows } from '../../storage/sessions.ts'
import { type AdminContext, type AdminRoute, audit } from '../admin-route.ts'
import { json, noContent } from '../bodies.ts'

const view = ['view-realm', 'manage-realm'] as const
const manage = ['manage-realm'] as const

/** The reference has a cache of each; here snapshots of realms are the only one, and keys are part of them. */
const caches = [
  ['clear-realm-cache', 'Forget what is kept in memory of a realm'],
  ['clear-user-cache', 'Forget what is kept in memory of users'],
  ['clear-keys-cache', 'Forget what is kept in memory of keys'],
  ['clear-crl-cache', 'Forget what is kept in memory of revoked certificates'],
] as const

export const maintenanceRoutes: readonly AdminRoute[] = [
  ...caches.map(
    ([name, summary]): AdminRoute => ({
      method: 'POST',
      path: `/${name}`,
      summary,
      role: manage,
      handle: (context) => clearCache(context, name),
    }),
  ),
  { method: 'GET', path: '/client-session-stats', summary: 'How many sessions each client has', role: view, handle: sessionStats },
  {
    method: 'GET',
    path: '/credential-registrators',
    summary: 'Required actions that set up a credential',
    role: view,
    handle: listRegistrators,
  },
]

async function clearCache(context: AdminContext, name: string): Promise<HttpResponse> {
  await context.services.realms.changed(context.realm.id)
  audit(context, { operation: 'ACTION', resourceType: 'REALM', resourcePath: name })
  return noContent()
}

/** Clients without sessions are left out; numbers are texts (reference behaviour). */
async function sessionStats({ services, realm }: AdminContext): Promise<HttpResponse> {
  const rows = Map.groupBy(await sessionRows(services.database).statsOfRealm(realm.id), (row) => row.id)
  const count = (list: readonly { offline: number; sessions: number }[], offline: number): string =>
    String(list.find((row) => row.offline === offline)?.sessions ?? 0)
  return json(
    Array.from(rows, ([id, list]) => ({
      offline: count(list, 1),
      clientId: list[0]?.client_id ?? '',
      active: count(list, 0),
      id,
    })),
  )
}

/** Actions by which users set up credentials on their own. */
const registrators: ReadonlySet<string> = new Set([
  'CONFIGURE_TOTP',
  'webauthn-register',
  'webauthn-register-passwordless',
  'CONFIGURE_RECOVERY_AUTHN_CODES',
])

async function listRegistrators({ realm }: AdminContext): Promise<HttpResponse> {
  const { requiredActions } = await realm.authentication()
  return json(requiredActions.filter(({ alias, enabled }) => enabled && registrators.has(alias)).map(({ alias }) => alias))
}
