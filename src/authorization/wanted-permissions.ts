import { AdminError } from '../http/errors.ts'
import { type AuthorizationResourceRow, authorizationResources } from '../storage/authorization-resources.ts'
import { authorizationScopes } from '../storage/authorization-scopes.ts'
import { type PermissionTicketRow, permissionTickets } from '../storage/permission-tickets.ts'
import type { Sql } from '../storage/sql.ts'
import type { WantedPermission } from './decide.ts'
import type { Identity } from './identity.ts'
import type { ResourceServer } from './resource-server.ts'
import { type Resource, withScopes } from './resources.ts'

/** One permission of a request: a resource by id or name, or a whole type, and scopes by name. Without a resource: all that have the scopes. */
export interface RequestedPermission {
  readonly resource: string | undefined
  readonly scopes: readonly string[]
}

/** A permission that an earlier token has. */
export interface EarlierPermission {
  readonly resourceId: string
  readonly scopes: readonly string[]
}

export interface PermissionRequest {
  readonly permissions: readonly RequestedPermission[]
  /** Scopes that are wanted of each resource. */
  readonly scopes: readonly string[]
  readonly earlier: readonly EarlierPermission[]
  /** At most so many resources are looked at. */
  readonly resourcesMax: number
}

/** Resources of one owner that a request without permissions looks at: more tell a client nothing that it could use. */
const resourcesMax = 100_000

/** Everything that somebody might have: the server's resources, his own, and what owners granted him. A fixed number of statements. */
export async function allPermissions(sql: Sql, server: ResourceServer, identity: Identity, limit: number): Promise<WantedPermission[]> {
  const stored = authorizationResources(sql)
  const max = Math.min(limit, resourcesMax)
  const ofServer = await stored.listOfOwner(server.id, server.id, max)
  const own = identity.id === server.id ? [] : await stored.listOfOwner(server.id, identity.id, max - ofServer.length)
  const tickets = await permissionTickets(sql).granted(server.id, identity.user.id)
  const shared = await stored.findAll(server.id, [...new Set(tickets.map(({ resource_id }) => resource_id))])
  const resources = await withScopes(sql, [...ofServer, ...own])
  const inherited = await inheritedScopes(sql, server, resources)
  const direct = resources.map((resource) => ({
    resource,
    scopeIds: resource.scopeIds.length > 0 ? resource.scopeIds : reachable(server, resource, inherited),
    granted: false,
  }))
  const listed = new Set(resources.map(({ id }) => id))
  const others = (await withScopes(sql, shared)).filter(({ id }) => !listed.has(id))
  const granted = others.map((resource) => ({
    resource,
    scopeIds: tickets.flatMap(({ resource_id, scope_id }) => (resource_id === resource.id && scope_id !== '' ? [scope_id] : [])),
    granted: true,
  }))
  return [...direct, ...granted].slice(0, max)
}

/** Scopes of the server's own resources by type: those of users inherit them. */
async function inheritedScopes(
  sql: Sql,
  server: ResourceServer,
  resources: readonly Resource[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const types = new Set(resources.flatMap(({ type, ownerId }) => (type === undefined || ownerId === server.id ? [] : [type])))
  if (types.size === 0) return new Map()
  const rows = await authorizationResources(sql).scopesOfTypes(server.id, [...types])
  return new Map(
    Array.from(
      Map.groupBy(rows, ({ type }) => type),
      ([type, list]) => [type, list.map(({ scope_id }) => scope_id)],
    ),
  )
}

/** What the server owns inherits nothing. */
function reachable(server: ResourceServer, resource: Resource, inherited: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (resource.type === undefined || resource.ownerId === server.id) return resource.scopeIds
  return [...new Set([...resource.scopeIds, ...(inherited.get(resource.type) ?? [])])]
}

/** A word before a type in the place of a resource's name, and whose resources it means. */
const typePrefixes = {
  'resource-type:': (row: AuthorizationResourceRow, server: ResourceServer) => row.owner_id === server.id,
  'resource-type-any:': () => true,
  'resource-type-instance:': (row: AuthorizationResourceRow, server: ResourceServer) => row.owner_id !== server.id,
  'resource-type-owner:': (row: AuthorizationResourceRow, _server: ResourceServer, identity: Identity) => row.owner_id === identity.id,
} as const

function typeOf(
  text: string,
): { type: string; fits: (row: AuthorizationResourceRow, server: ResourceServer, identity: Identity) => boolean } | undefined {
  for (const [prefix, fits] of Object.entries(typePrefixes)) if (text.startsWith(prefix)) return { type: text.slice(prefix.length), fits }
  return undefined
}

/** Everything that requests of one kind need, read at once. */
interface Found {
  readonly server: ResourceServer
  readonly byId: ReadonlyMap<string, Resource>
  readonly named: readonly AuthorizationResourceRow[]
  readonly typed: readonly AuthorizationResourceRow[]
  readonly ofScopes: readonly AuthorizationResourceRow[]
  readonly tickets: readonly PermissionTicketRow[]
  readonly scopeIdOf: ReadonlyMap<string, string>
  readonly inherited: ReadonlyMap<string, readonly string[]>
}

async function load(sql: Sql, server: ResourceServer, identity: Identity, request: PermissionRequest): Promise<Found> {
  const stored = authorizationResources(sql)
  const { permissions, earlier } = request
  const texts = [...new Set(permissions.flatMap(({ resource }) => resource ?? []))]
  const scopeNames = new Set([...permissions, ...earlier, request].flatMap(({ scopes }) => scopes))
  const scopes = await authorizationScopes(sql).named(server.id, [...scopeNames])
  const scopeIdOf = new Map(scopes.map(({ id, name }) => [name, id]))
  const types = texts.flatMap((text) => typeOf(text)?.type ?? [])
  const wanted = permissions.filter(({ resource }) => resource === undefined).flatMap(({ scopes: names }) => [...names, ...request.scopes])
  const [named, typed, ofScopes, tickets, before] = [
    [...(await stored.named(server.id, identity.id, texts)), ...(await stored.named(server.id, server.id, texts))],
    types.length === 0 ? [] : await stored.listOfTypes(server.id, types),
    wanted.length === 0
      ? []
      : await stored.listOfScopes(
          server.id,
          wanted.flatMap((name) => scopeIdOf.get(name) ?? []),
        ),
    texts.length === 0 ? [] : await permissionTickets(sql).granted(server.id, identity.user.id),
    earlier.length === 0
      ? []
      : await stored.findAll(
          server.id,
          earlier.map(({ resourceId }) => resourceId),
        ),
  ]
  const shared = await stored.findAll(
    server.id,
    tickets.filter(({ resource_name }) => texts.includes(resource_name)).map((ticket) => ticket.resource_id),
  )
  const rows = new Map([...named, ...typed, ...ofScopes, ...before, ...shared].map((row) => [row.id, row]))
  const resources = await withScopes(sql, [...rows.values()])
  return {
    server,
    byId: new Map(resources.map((resource) => [resource.id, resource])),
    named,
    typed,
    ofScopes,
    tickets,
    scopeIdOf,
    inherited: await inheritedScopes(sql, server, resources),
  }
}

/** Collects what is wanted: one permission for each resource. */
interface Collected {
  readonly resource: Resource | undefined
  readonly scopeIds: Set<string>
  granted: boolean
}

/**
 * What a request wants, in the order of the request. Throws AdminError: no such resource, none of the scopes exists. A fixed number of
 * statements, however many permissions it has.
 */
export async function requestedPermissions(
  sql: Sql,
  server: ResourceServer,
  identity: Identity,
  request: PermissionRequest,
): Promise<WantedPermission[]> {
  const found = await load(sql, server, identity, request)
  const all = new Map<string, Collected>()
  const full = (): boolean => all.size >= request.resourcesMax
  for (const permission of request.permissions) {
    if (full()) break
    const names = [...new Set([...permission.scopes, ...request.scopes])]
    const scopeIds = names.flatMap((name) => found.scopeIdOf.get(name) ?? [])
    if (names.length > 0 && scopeIds.length === 0) {
      const given = permission.scopes.length > 0 ? permission.scopes : request.scopes
      throw new AdminError(400, { error: 'invalid_scope', error_description: `One of the given scopes [${given.join(', ')}] is invalid` })
    }
    if (permission.resource === undefined) addByScopes(found, all, scopeIds, full)
    else addByResource({ server, identity }, found, all, { text: permission.resource, scopeIds, full })
  }
  addEarlier(request, found, all, full)
  return Array.from(all.values(), ({ resource, scopeIds, granted }) => ({ resource, scopeIds: [...scopeIds], granted }))
}

/** Adds a resource with the scopes of it that are wanted; undefined when it has none of them. */
function add(found: Found, all: Map<string, Collected>, id: string, wanted: readonly string[]): Collected | undefined {
  const resource = found.byId.get(id)
  const known = all.get(id)
  if (known !== undefined || resource === undefined) return known
  const available = reachable(found.server, resource, found.inherited)
  const asked = new Set(wanted)
  const scopeIds = new Set(wanted.length === 0 ? available : available.filter((scopeId) => asked.has(scopeId)))
  if (wanted.length > 0 && scopeIds.size === 0) return undefined
  const collected = { resource, scopeIds, granted: false }
  all.set(id, collected)
  return collected
}

function addByResource(
  { server, identity }: { server: ResourceServer; identity: Identity },
  found: Found,
  all: Map<string, Collected>,
  { text, scopeIds, full }: { text: string; scopeIds: readonly string[]; full: () => boolean },
): void {
  if (found.named.some(({ id }) => id === text)) {
    add(found, all, text, scopeIds)
    return
  }
  const ofType = typeOf(text)
  if (ofType !== undefined) {
    for (const row of found.typed) {
      if (!full() && row.type === ofType.type && ofType.fits(row, server, identity)) add(found, all, row.id, scopeIds)
    }
    return
  }
  const owned = (ownerId: string) => found.named.find(({ name, owner_id }) => name === text && owner_id === ownerId)
  const own = owned(identity.id)
  if (own !== undefined) add(found, all, own.id, scopeIds)
  if (identity.id === server.id) return
  addShared(found, all, text, scopeIds)
  const ofServer = owned(server.id)
  if (ofServer !== undefined) add(found, all, ofServer.id, scopeIds)
  if (all.size === 0) {
    throw new AdminError(400, { error: 'invalid_resource', error_description: `Resource with id [${text}] does not exist.` })
  }
}

/** What the owner of a resource of that name has granted. */
function addShared(found: Found, all: Map<string, Collected>, name: string, wanted: readonly string[]): void {
  const tickets = found.tickets.filter(({ resource_name }) => resource_name === name)
  const [first] = tickets
  if (first === undefined) return
  const granted = new Set(tickets.map(({ scope_id }) => scope_id))
  const shared = add(
    found,
    all,
    first.resource_id,
    wanted.filter((id) => granted.has(id)),
  )
  if (shared === undefined) return
  for (const id of shared.scopeIds) if (!granted.has(id)) shared.scopeIds.delete(id)
  shared.granted = true
}

/** All resources that have the scopes; the scopes alone when there is no such resource. */
function addByScopes(found: Found, all: Map<string, Collected>, scopeIds: readonly string[], full: () => boolean): void {
  const asked = new Set(scopeIds)
  let isOnResource = false
  for (const { id } of found.ofScopes) {
    const resource = found.byId.get(id)
    if (resource === undefined || !resource.scopeIds.some((scopeId) => asked.has(scopeId))) continue
    isOnResource = true
    if (full()) return
    const known = all.get(id)
    if (known === undefined) add(found, all, id, scopeIds)
    else for (const scopeId of scopeIds) known.scopeIds.add(scopeId)
  }
  if (isOnResource) return
  for (const id of scopeIds) if (!full() && !all.has(id)) all.set(id, { resource: undefined, scopeIds: new Set([id]), granted: false })
}

/** What an earlier token has is asked for again, so that the new one has both. */
function addEarlier({ earlier }: PermissionRequest, found: Found, all: Map<string, Collected>, full: () => boolean): void {
  for (const { resourceId, scopes } of earlier) {
    if (full()) return
    const resource = found.byId.get(resourceId)
    if (resource === undefined) continue
    const known = all.get(resourceId) ?? { resource, scopeIds: new Set<string>(), granted: false }
    all.set(resourceId, known)
    for (const name of scopes) {
      const id = found.scopeIdOf.get(name)
      if (id !== undefined) known.scopeIds.add(id)
    }
  }
}

/** Ids of resources by URI: one that has it, or with `matching` the one whose pattern fits best. */
export async function resourceIdsByUri(sql: Sql, server: ResourceServer, uri: string, matching: boolean): Promise<string[]> {
  const stored = authorizationResources(sql)
  const exact = await stored.search(server.id, { uri }, { max: resourcesMax, first: 0 })
  if (exact.length > 0 || !matching) return exact.map(({ id }) => id)
  const patterns = await stored.patternsOfServer(server.id)
  const best = bestPattern(
    patterns.map((row) => row.uri),
    uri,
  )
  return patterns.flatMap((row) => (row.uri === best ? [row.resource_id] : [])).slice(0, 1)
}

/** The pattern that fits a path: `*` at its end stands for anything, `*.suffix` for a file, `{name}` for one step. The longest wins. */
export function bestPattern(patterns: readonly string[], path: string): string | undefined {
  const fitting = patterns.filter((pattern) => patternFits(pattern, path))
  return fitting.reduce<string | undefined>(
    (best, pattern) => (best !== undefined && weight(best) >= weight(pattern) ? best : pattern),
    undefined,
  )
}

/** Fixed text counts more than a variable, a variable more than a wildcard. */
const weight = (pattern: string): number => pattern.replace(/\{[^/}]*\}/g, '').replace('*', '').length * 2 + (pattern.includes('{') ? 1 : 0)

function patternFits(pattern: string, path: string): boolean {
  const steps = pattern.split('/')
  const given = path.split('/')
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1
    if (isLast && step === '*') return given.length >= index
    const value = given[index]
    if (value === undefined) return false
    if (isLast && step.startsWith('*.')) return given.at(-1)?.endsWith(step.slice(1)) === true
    if (/^\{[^}]*\}$/.test(step) ? value === '' : step !== value) return false
  }
  return steps.length === given.length
}
