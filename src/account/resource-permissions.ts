import { findResourceServer } from '../authorization/resource-server.ts'
import { grantTicket, removeTicket } from '../authorization/uma-policies.ts'
import type { ServerContext } from '../authorization/write-resources.ts'
import { noContent, silentJson } from '../http/api-answers.ts'
import { AdminError } from '../http/errors.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import { type SharedPermission, sharedPermission } from '../representations/account.ts'
import { readRepresentations } from '../representations/request-body.ts'
import type { AuthorizationResourceRow } from '../storage/authorization-resources.ts'
import { authorizationScopes } from '../storage/authorization-scopes.ts'
import { permissionTickets } from '../storage/permission-tickets.ts'
import { type UserRow, users as userRows } from '../storage/users.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'
import { forbidden } from './caller.ts'
import { managed, ownResource, peopleOf, personOf } from './resources.ts'

const view = ['manage-account', 'view-profile'] as const
const one = '/resources/:resource'

export const permissionRoutes: readonly AccountRoute[] = [
  {
    method: 'GET',
    path: `${one}/permissions`,
    summary: 'Who may do what with a resource',
    roles: view,
    handle: managed((context) => listPeople(context, true)),
  },
  {
    method: 'PUT',
    path: `${one}/permissions`,
    summary: 'Let people do something with a resource, or no more',
    // The reference looks for the resource before it asks for manage-account.
    roles: view,
    handle: managed(putPermissions),
  },
  {
    method: 'GET',
    path: `${one}/permissions/requests`,
    summary: 'Who has asked for what of a resource',
    roles: view,
    handle: managed((context) => listPeople(context, false)),
  },
  { method: 'GET', path: `${one}/user`, summary: 'Somebody who has asked for a resource', roles: view, handle: managed(findPerson) },
]

async function listPeople(context: AccountContext, granted: boolean): Promise<HttpResponse> {
  const { id } = await ownResource(context)
  const tickets = await permissionTickets(context.services.database).ofResources([id])
  return silentJson(peopleOf(tickets.filter(({ granted_at_ms }) => (granted_at_ms !== null) === granted)))
}

/** By username or e-mail address. */
async function findUser({ services, realm }: AccountContext, name: string): Promise<UserRow | undefined> {
  const users = userRows(services.database)
  const text = name.toLowerCase()
  return (await users.find(realm.id, text)) ?? (await users.findByEmail(realm.id, text))
}

/** Nobody is told of people who have not asked: whether there is one, though, shows (reference behaviour). */
async function findPerson(context: AccountContext): Promise<HttpResponse> {
  const resource = await ownResource(context)
  const value = readQuery(context.request).get('value')
  const user = value === undefined ? undefined : await findUser(context, value)
  if (user === undefined) return noContent()
  const tickets = await permissionTickets(context.services.database).ofResources([resource.id], user.id)
  return tickets.length === 0 ? { status: 403 } : silentJson({ id: user.id, ...personOf(user) })
}

/** People in one request: each is looked up. */
const peopleMax = 1_000

/** Of the people who are named each may do what is listed, and nothing else; the others keep what they have. */
async function putPermissions(context: AccountContext): Promise<HttpResponse> {
  const { request, services, realm } = context
  const resource = await ownResource(context)
  if (!context.caller.roles.has('manage-account')) throw forbidden()
  const invalid = new AdminError(400, { error: 'invalid_permissions' })
  const given = request.body.length === 0 ? [] : readRepresentations(request, sharedPermission)
  if (given.length === 0 || given.length > peopleMax) throw invalid
  const server = await findResourceServer(services.database, realm.id, resource.server_id)
  if (server === undefined) throw new AdminError(404, { error: 'resource_not_found' })
  const people: { readonly user: UserRow; readonly scopes: readonly string[] }[] = []
  for (const one of given) people.push(await personIn(context, one))
  const named = await authorizationScopes(services.database).named(
    server.id,
    people.flatMap(({ scopes }) => scopes),
  )
  await services.database.transaction(async (tx) => {
    const target: ServerContext = { tx, realmId: realm.id, server, random: services.random }
    for (const { user, scopes } of people) {
      const ids = scopes.map((text) => named.find(({ id, name }) => name === text || id === text)?.id)
      if (ids.some((id) => id === undefined)) throw new AdminError(400, { error: 'invalid_scope' })
      await share(context, target, resource, user, new Set(ids.filter((id) => id !== undefined)))
    }
  })
  return noContent()
}

async function personIn(context: AccountContext, { username, scopes }: SharedPermission) {
  const user = username === undefined ? undefined : await findUser(context, username)
  if (user === undefined) throw new AdminError(404, { error: username ?? 'unknown_error' })
  if (scopes === undefined) throw new AdminError(400, { error: 'invalid_permissions' })
  return { user, scopes }
}

/** Scopes in one grant: as many as a resource has. */
const scopesMax = 1_000

async function share(
  { services }: AccountContext,
  target: ServerContext,
  resource: AuthorizationResourceRow,
  user: UserRow,
  wanted: ReadonlySet<string>,
): Promise<void> {
  const stored = permissionTickets(target.tx)
  const now = services.clock.now()
  const filter = { resourceId: resource.id, requesterId: user.id }
  const known = await stored.search(target.server.id, filter, { max: scopesMax, first: 0 })
  for (const ticket of known) if (!wanted.has(ticket.scope_id)) await removeTicket(target, ticket)
  const had = new Set(known.map(({ scope_id }) => scope_id))
  for (const scopeId of wanted) {
    if (had.has(scopeId)) continue
    const id = services.random.uuid()
    await stored.insert(target.server.id, { id, resourceId: resource.id, scopeId, requesterId: user.id, createdAtMs: now })
  }
  for (const ticket of await stored.search(target.server.id, filter, { max: scopesMax, first: 0 }))
    if (ticket.granted_at_ms === null) await grantTicket(target, ticket, now)
}
