import { silentJson } from '../http/api-answers.ts'
import { AdminError } from '../http/errors.ts'
import { integerParameter } from '../http/page-parameters.ts'
import { readQuery } from '../http/parameters.ts'
import type { HttpResponse } from '../http/values.ts'
import { absoluteClientUrl } from '../realm/client-url.ts'
import type { ClientRepresentation } from '../representations/client.ts'
import { type AuthorizationResourceRow, authorizationResources } from '../storage/authorization-resources.ts'
import { clients as clientRows } from '../storage/clients.ts'
import { permissionTickets, type RequesterRow } from '../storage/permission-tickets.ts'
import type { AccountContext, AccountRoute } from './account-route.ts'

const view = ['manage-account', 'view-profile'] as const

export const resourceRoutes: readonly AccountRoute[] = [
  { method: 'GET', path: '/resources', summary: 'Resources that somebody owns', roles: view, handle: managed(listOwn) },
  {
    method: 'GET',
    path: '/resources/shared-with-me',
    summary: 'Resources of others that somebody may use',
    roles: view,
    handle: managed(listSharedWithMe),
  },
  {
    method: 'GET',
    path: '/resources/shared-with-others',
    summary: 'Own resources that others may use',
    roles: view,
    handle: managed(listSharedWithOthers),
  },
  {
    method: 'GET',
    path: '/resources/pending-requests',
    summary: 'Resources for which somebody has asked',
    roles: view,
    handle: managed(listPendingRequests),
  },
  {
    method: 'GET',
    path: '/resources/:resource',
    summary: 'One of the own resources',
    roles: view,
    handle: managed(async (context) => silentJson((await describe(context, [await ownResource(context)], ownScopes))[0])),
  },
]

/** Whether people share by themselves is a setting of the realm. */
export function managed(handle: AccountRoute['handle']): AccountRoute['handle'] {
  return async (context) => {
    if (context.realm.settings.userManagedAccessAllowed !== true)
      throw new AdminError(403, { errorMessage: 'User-managed access not enabled' })
    return handle(context)
  }
}

/** One of the caller's own. The reference says of a resource of others that there is one. */
export async function ownResource({ request, services, realm, caller }: AccountContext): Promise<AuthorizationResourceRow> {
  const row = await authorizationResources(services.database).findInRealm(realm.id, request.params['resource'] ?? '')
  if (row === undefined) throw new AdminError(404, { error: 'resource_not_found' })
  if (row.owner_user_id !== caller.user.id) throw new AdminError(400, { error: 'invalid_resource' })
  return row
}

/** More resources in one answer are no page any more. */
const pageMax = 10_000

interface Paging {
  readonly first: number
  readonly max: number
  /** Whether the caller asked for pages, and so is told of the next one. */
  readonly linked: boolean
}

/** Only who says both where a page begins and how long it is gets one (reference behaviour). */
function pagingOf({ request }: AccountContext): Paging {
  const query = readQuery(request)
  const [first, max] = [integerParameter(query, 'first'), integerParameter(query, 'max')]
  if (first === undefined || max === undefined || first < 0 || max < 0) return { first: 0, max: pageMax, linked: false }
  return { first, max: Math.min(max, pageMax), linked: true }
}

type Row = AuthorizationResourceRow

/** Reads one row more than the page has: thereby is known whether there is another (RFC 8288). */
async function page(
  context: AccountContext,
  read: (page: { readonly first: number; readonly max: number }) => Promise<Row[]>,
  print: (rows: readonly Row[]) => Promise<Record<string, unknown>[]>,
): Promise<HttpResponse> {
  const { first, max, linked } = pagingOf(context)
  const rows = await read({ first, max: linked ? max + 1 : max })
  const answer = silentJson(await print(rows.slice(0, max)))
  if (!linked || rows.length === 0) return answer
  const { baseUrl, path } = context.request
  const linkTo = (start: number, relation: string): string => `<${baseUrl}${path}?first=${start}&max=${max}>; rel="${relation}"`
  const links = [
    ...(rows.length > max ? [linkTo(first + max, 'next')] : []),
    ...(first > 0 ? [linkTo(Math.max(0, first - max), 'prev')] : []),
  ]
  return links.length === 0 ? answer : { ...answer, headers: { ...answer.headers, link: links } }
}

const nameOf = ({ request }: AccountContext): string | undefined => readQuery(request).get('name')

async function listOwn(context: AccountContext): Promise<HttpResponse> {
  const { services, caller } = context
  return page(
    context,
    (rows) => authorizationResources(services.database).ofUser(caller.user.id, nameOf(context), rows),
    (rows) => describe(context, rows, ownScopes),
  )
}

async function listSharedWithMe(context: AccountContext): Promise<HttpResponse> {
  const { services, caller } = context
  return page(
    context,
    (rows) => authorizationResources(services.database).sharedWith(caller.user.id, nameOf(context), rows),
    (rows) => describe(context, rows, askedScopes(true)),
  )
}

async function listSharedWithOthers(context: AccountContext): Promise<HttpResponse> {
  const { services, caller } = context
  return page(
    context,
    (rows) => authorizationResources(services.database).sharedBy(caller.user.id, rows),
    (rows) => describe(context, rows, grantedPeople),
  )
}

async function listPendingRequests(context: AccountContext): Promise<HttpResponse> {
  const { services, caller } = context
  const rows = await authorizationResources(services.database).askedForBy(caller.user.id, { first: 0, max: pageMax })
  return silentJson(await describe(context, rows, askedScopes(false)))
}

/** Members that a list adds to its resources, by the resource's id. One statement for all. */
type More = (context: AccountContext, ids: readonly string[]) => Promise<(id: string) => Record<string, unknown>>

const shownScope = (name: string, displayName: string | null, iconUri: string | null): Record<string, unknown> => ({
  name,
  ...(displayName === null ? {} : { displayName }),
  ...(iconUri === null ? {} : { iconUri }),
})

const ownScopes: More = async ({ services }, ids) => {
  const scopes = Map.groupBy(await authorizationResources(services.database).scopes(ids), ({ resource_id }) => resource_id)
  return (id) => ({ scopes: (scopes.get(id) ?? []).map(({ name, display_name, icon_uri }) => shownScope(name, display_name, icon_uri)) })
}

/** Of resources of others: what was granted, or what was asked for. */
const askedScopes =
  (granted: boolean): More =>
  async ({ services, caller }, ids) => {
    const rows = await permissionTickets(services.database).ofResources(ids, caller.user.id)
    const tickets = Map.groupBy(
      rows.filter(({ granted_at_ms }) => (granted_at_ms !== null) === granted),
      ({ resource_id }) => resource_id,
    )
    return (id) => ({
      scopes: (tickets.get(id) ?? []).flatMap(({ scope_name, scope_display_name, scope_icon_uri }) =>
        scope_name === null ? [] : [shownScope(scope_name, scope_display_name, scope_icon_uri)],
      ),
    })
  }

const grantedPeople: More = async ({ services }, ids) => {
  const rows = await permissionTickets(services.database).ofResources(ids)
  const tickets = Map.groupBy(
    rows.filter(({ granted_at_ms }) => granted_at_ms !== null),
    ({ resource_id }) => resource_id,
  )
  return (id) => ({ permissions: peopleOf(tickets.get(id) ?? []) })
}

/** Who asked, with names of scopes: one entry for each person. */
export function peopleOf(tickets: readonly RequesterRow[]): Record<string, unknown>[] {
  return Array.from(Map.groupBy(tickets, ({ requester_id }) => requester_id).values(), (own) => ({
    ...(own[0] === undefined ? {} : personOf(own[0])),
    scopes: own.flatMap(({ scope_name }) => scope_name ?? []),
  }))
}

/** What an owner is told of somebody who has asked him. */
export const personOf = (person: Pick<RequesterRow, 'username' | 'first_name' | 'last_name' | 'email'>): Record<string, unknown> => ({
  username: person.username,
  ...(person.first_name === null ? {} : { firstName: person.first_name }),
  ...(person.last_name === null ? {} : { lastName: person.last_name }),
  ...(person.email === null ? {} : { email: person.email }),
})

/** Three statements, however many resources there are. */
async function describe(context: AccountContext, rows: readonly Row[], more: More): Promise<Record<string, unknown>[]> {
  const { services, realm, request } = context
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const servers = [...new Set(rows.map(({ server_id }) => server_id))]
  const clients = new Map((await clientRows(services.database).findMany(realm.id, servers)).map((row) => [row.id, row]))
  const uris = Map.groupBy(await authorizationResources(services.database).uris(ids), ({ resource_id }) => resource_id)
  const moreOf = await more(context, ids)
  return rows.map((row) => {
    const { scopes, permissions } = moreOf(row.id)
    const client = clients.get(row.server_id)
    const doc: ClientRepresentation = client === undefined ? {} : JSON.parse(client.doc)
    return {
      name: row.name,
      ...(row.display_name === null ? {} : { displayName: row.display_name }),
      client: { clientId: client?.client_id, name: doc.name, baseUrl: absoluteClientUrl({ doc }, request.baseUrl, doc.baseUrl) },
      ...(permissions === undefined ? {} : { permissions }),
      _id: row.id,
      uris: (uris.get(row.id) ?? []).map(({ uri }) => uri),
      ...(scopes === undefined ? {} : { scopes }),
      ...(row.icon_uri === null ? {} : { icon_uri: row.icon_uri }),
    }
  })
}
