import { grantTicket, removeTicket } from '../../authorization/uma-policies.ts'
import { readQuery } from '../../http/parameters.ts'
import type { Route } from '../../http/routes.ts'
import type { HttpResponse } from '../../http/values.ts'
import { arrangeRepresentation } from '../../representations/print.ts'
import { permissionTicketRepresentation } from '../../representations/uma.ts'
import { authorizationResources } from '../../storage/authorization-resources.ts'
import { authorizationScopes } from '../../storage/authorization-scopes.ts'
import { type PermissionTicketRow, permissionTickets, type TicketFilter } from '../../storage/permission-tickets.ts'
import { users as userRows } from '../../storage/users.ts'
import type { OidcServices } from '../services.ts'
import { json, type ProtectionRequest, pageOf, protectionRoute, readBody, refusal, write } from './protection-request.ts'

/** What people asked the owners of resources for, and what owners granted. */
export const permissionTicketRoutes: readonly Route<OidcServices>[] = [
  protectionRoute('GET', '/permission/ticket', 'What was asked for and granted', 'server', listTickets),
  protectionRoute('POST', '/permission/ticket', 'Ask for, or grant, a permission', 'server', create),
  protectionRoute('PUT', '/permission/ticket', 'Grant or refuse what was asked for', 'server', update),
  protectionRoute('GET', '/permission/ticket/count', 'How much was asked for and granted', 'server', async (context) =>
    json(await permissionTickets(context.services.database).count(context.server.id, await filterOf(context))),
  ),
  protectionRoute('DELETE', '/permission/ticket/:ticket', 'Forget what was asked for', 'server', async (context) => {
    const ticket = await findTicket(context, context.request.params['ticket'])
    if (ticket.requester_id !== context.identity.user.id)
      requireOwner(
        context,
        ticket.owner_id,
        `permissions for [${ticket.resource_id}] can be deleted only by the owner, the requester, or the resource server`,
      )
    await write(context, (target) => removeTicket(target, ticket))
    return { status: 204 }
  }),
]

const invalid = (description: string) => refusal(400, 'invalid_permission', description)

const describe = (row: PermissionTicketRow, names: boolean): Record<string, unknown> =>
  arrangeRepresentation(permissionTicketRepresentation, {
    id: row.id,
    owner: row.owner_id,
    resource: row.resource_id,
    ...(row.scope_id === '' ? {} : { scope: row.scope_id }),
    granted: row.granted_at_ms !== null,
    ...(names ? { resourceName: row.resource_name, ownerName: row.owner_name, requesterName: row.requester_name } : {}),
    ...(names && row.scope_name !== null ? { scopeName: row.scope_name } : {}),
    requester: row.requester_id,
  })

/** People with the right to the protection API decide on what is theirs; the server on everything. */
function requireOwner({ identity, server }: ProtectionRequest, ownerId: string, otherwise: string): void {
  if (identity.id !== server.id && identity.id !== ownerId) throw refusal(403, 'not_authorised', otherwise)
}

/** A user by id or name; an unknown one is looked for as an id that nobody has. */
async function userId({ services, realm }: ProtectionRequest, given: string | undefined): Promise<string | undefined> {
  if (given === undefined || given === '') return undefined
  const users = userRows(services.database)
  return ((await users.findById(realm.id, given)) ?? (await users.find(realm.id, given.toLowerCase())))?.id ?? given
}

async function filterOf(context: ProtectionRequest): Promise<TicketFilter> {
  const { request, services, server, identity } = context
  const query = readQuery(request)
  const scope = query.get('scopeId')
  const known = scope === undefined ? undefined : (await authorizationScopes(services.database).named(server.id, [scope]))[0]
  const granted = query.get('granted')
  return {
    resourceId: query.get('resourceId'),
    scopeId: scope === undefined ? undefined : (known?.id ?? scope),
    ownerId: await userId(context, query.get('owner')),
    requesterId: await userId(context, query.get('requester')),
    granted: granted === undefined ? undefined : granted.toLowerCase() === 'true',
    // Nobody learns what is between others.
    partyId: identity.id === server.id ? undefined : identity.user.id,
  }
}

async function listTickets(context: ProtectionRequest): Promise<HttpResponse> {
  const query = readQuery(context.request)
  const rows = await permissionTickets(context.services.database).search(context.server.id, await filterOf(context), pageOf(query))
  return json(rows.map((row) => describe(row, query.get('returnNames') === 'true')))
}

async function findTicket({ services, server }: ProtectionRequest, id: string | undefined): Promise<PermissionTicketRow> {
  const row = id === undefined ? undefined : await permissionTickets(services.database).find(server.id, id)
  if (row === undefined) throw refusal(400, 'invalid_request', 'invalid_ticket')
  return row
}

async function create(context: ProtectionRequest): Promise<HttpResponse> {
  const { services, server, realm } = context
  const given = readBody(context, permissionTicketRepresentation)
  if (given.id !== undefined) throw invalid('created permissions should not have id')
  if (given.resource === undefined) throw invalid('created permissions should have resource')
  if (given.scope === undefined && given.scopeName === undefined) throw invalid('created permissions should have scope or scopeName')
  if (given.requester === undefined && given.requesterName === undefined) {
    throw invalid('created permissions should have requester or requesterName')
  }
  const resource = await authorizationResources(services.database).findById(server.id, given.resource)
  if (resource === undefined) {
    throw refusal(400, 'invalid_resource_id', `Resource set with id [${given.resource}] does not exists in this server.`)
  }
  const owners = `permissions for [${resource.id}] can be only created by the owner or by the resource server itself`
  requireOwner(context, resource.owner_id, owners)
  if (resource.owner_managed_access !== 1) {
    throw invalid('permission can only be created for resources with user-managed access enabled')
  }
  const users = userRows(services.database)
  const requester =
    given.requester === undefined
      ? await users.find(realm.id, (given.requesterName ?? '').toLowerCase())
      : await users.findById(realm.id, given.requester)
  if (requester === undefined) throw invalid('Requester does not exists in this server as user.')
  const named = given.scopeName ?? given.scope ?? ''
  const scopes = authorizationScopes(services.database)
  const scope = given.scopeName === undefined ? await scopes.findById(server.id, named) : await scopes.find(server.id, named)
  if (scope === undefined) throw refusal(400, 'invalid_scope', `Scope [${named}] is invalid`)
  const row = await insert(context, {
    resourceId: resource.id,
    scopeId: scope.id,
    requesterId: requester.id,
    granted: given.granted ?? false,
  })
  return json(describe(row, false))
}

async function insert(
  context: ProtectionRequest,
  ticket: { resourceId: string; scopeId: string; requesterId: string; granted: boolean },
): Promise<PermissionTicketRow> {
  const { clock, random } = context.services
  return write(context, async (target) => {
    const stored = permissionTickets(target.tx)
    const id = random.uuid()
    if ((await stored.insert(target.server.id, { id, ...ticket, createdAtMs: clock.now() })) === 0)
      throw invalid('Permission already exists')
    const row = await stored.find(target.server.id, id)
    if (row === undefined) throw new Error('a ticket that was just written is not there')
    if (!ticket.granted) return row
    await grantTicket(target, row, clock.now())
    return { ...row, granted_at_ms: clock.now() }
  })
}

async function update(context: ProtectionRequest): Promise<HttpResponse> {
  const given = readBody(context, permissionTicketRepresentation)
  const ticket = await findTicket(context, given.id)
  const owners = `permissions for [${ticket.resource_id}] can be updated only by the owner or by the resource server`
  requireOwner(context, ticket.owner_id, owners)
  const isGranted = ticket.granted_at_ms !== null
  await write(context, async (target) => {
    if (given.granted === true && !isGranted) await grantTicket(target, ticket, context.services.clock.now())
    if (given.granted !== true && isGranted) await removeTicket(target, ticket)
  })
  return { status: 204 }
}
