import { readQuery } from '../../http/parameters.ts'
import type { HttpResponse } from '../../http/values.ts'
import { printRepresentation } from '../../representations/print.ts'
import { type RealmRepresentation, realmRepresentation } from '../../representations/realm.ts'
import { identityProviders } from '../../storage/identity-providers.ts'
import type { Sql } from '../../storage/sql.ts'
import { exportPartial } from '../../transfer/export-partial.ts'
import type { AdminContext, AdminRoute } from '../admin-route.ts'
import { flagParameter } from '../bodies.ts'
import { describeProviders } from '../identity-providers/instances.ts'

export const partialExportRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/partial-export',
    summary: 'A realm without its people, secrets masked',
    role: ['manage-realm'],
    handle: partialExport,
  },
]

/** Who asks for clients, or for groups and roles, must be allowed to see them. */
async function partialExport({ request, services, realm, permissions }: AdminContext): Promise<HttpResponse> {
  const query = readQuery(request)
  const clients = flagParameter(query, 'exportClients') ?? false
  const groupsAndRoles = flagParameter(query, 'exportGroupsAndRoles') ?? false
  if (clients) permissions.require('view-clients', 'manage-clients')
  if (groupsAndRoles) permissions.require('view-users', 'manage-users')
  const { name } = realm
  const exported = await services.database.snapshot(async (sql) => ({
    ...(await exportPartial(sql, name, { clients, groupsAndRoles })),
    ...(await exportedProviders(sql, realm.id)),
  }))
  // Organizations have no part in it (reference behaviour).
  delete exported.organizations
  return { status: 200, headers: { 'content-type': 'application/json' }, body: printRepresentation(realmRepresentation, exported) }
}

/** As they are read one by one, but for their organizations. */
async function exportedProviders(sql: Sql, realmId: string): Promise<RealmRepresentation> {
  const providers = await describeProviders(sql, realmId, await identityProviders(sql).list(realmId))
  return { identityProviders: providers.map(({ organizationId: _organization, ...provider }) => provider) }
}
