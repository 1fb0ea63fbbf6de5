import type { Random } from '../crypto/random.ts'
import { AdminError } from '../http/errors.ts'
import type { UmaPermissionRepresentation } from '../representations/policy.ts'
import { authorizationPolicies, type PolicyRow } from '../storage/authorization-policies.ts'
import { type PermissionTicketRow, permissionTickets } from '../storage/permission-tickets.ts'
import type { Sql } from '../storage/sql.ts'
import { commonMembers, configOf, createPolicy, namesFor, updatePolicy, writeLinks } from './policies.ts'
import { listIn, type PolicyConfig } from './policy-type.ts'
import type { ReferenceKind } from './references.ts'
import type { ServerContext } from './write-resources.ts'

/** Whom an owner lets in, by kind: each kind is one policy inside of his, which lets in everybody that it names. */
const kinds = {
  roles: { type: 'role', item: (text: string): unknown => ({ id: text, required: false }) },
  groups: { type: 'group', item: (text: string): unknown => ({ path: text }) },
  clients: { type: 'client', item: (text: string): unknown => text },
  users: { type: 'user', item: (text: string): unknown => text },
} as const satisfies Partial<Record<keyof UmaPermissionRepresentation, { type: ReferenceKind; item(text: string): unknown }>>

type Kind = keyof typeof kinds
const kindNames = Object.keys(kinds) as Kind[]

export interface UmaPolicyInput {
  readonly name: string | undefined
  readonly description: string | undefined
  readonly logic?: string | undefined
  readonly decisionStrategy?: string | undefined
  readonly ownerId: string
  readonly resourceId: string
  readonly scopes: readonly string[]
  readonly given: Pick<UmaPermissionRepresentation, Kind>
}

/** Makes an owner's policy. Returns its id. Throws AdminError. */
export async function createUmaPolicy(context: ServerContext, input: UmaPolicyInput): Promise<string> {
  const children = await createChildren(context, input.ownerId, input.given)
  const { id } = await createPolicy(context, 'uma', {
    ...input,
    resources: [input.resourceId],
    policies: children,
    config: {},
  })
  return id
}

async function createChildren(context: ServerContext, ownerId: string, given: UmaPolicyInput['given']): Promise<string[]> {
  const ids: string[] = []
  for (const kind of kindNames) {
    const texts = given[kind] ?? []
    if (texts.length === 0) continue
    const config = { [kind]: JSON.stringify(texts.map((text) => kinds[kind].item(text))) }
    ids.push((await createPolicy(context, kinds[kind].type, { name: context.random.uuid(), ownerId, config })).id)
  }
  return ids
}

/** A PUT: whom it lets in is replaced. A policy that lets nobody in goes (reference behaviour). */
export async function updateUmaPolicy(context: ServerContext, row: PolicyRow, input: Omit<UmaPolicyInput, 'resourceId'>): Promise<void> {
  const { tx } = context
  const stored = authorizationPolicies(tx)
  const before = (await stored.links([row.id])).map(({ child_id }) => child_id)
  const children = await createChildren(context, input.ownerId, input.given)
  if (children.length === 0) return stored.remove([row.id])
  await updatePolicy(context, row, { ...input, policies: children, config: configOf(row) })
  await stored.remove(before)
  const scopes = new Set((await stored.scopesOf([row.id])).map(({ id }) => id))
  for (const ticket of await permissionTickets(tx).ofPolicy(row.id)) {
    if (ticket.scope_id !== '' && !scopes.has(ticket.scope_id)) await permissionTickets(tx).remove(context.server.id, ticket.id)
  }
}

/** Owners' policies as the protection API prints them. A fixed number of statements. */
export async function describeUmaPolicies(sql: Sql, realmId: string, rows: readonly PolicyRow[]): Promise<UmaPermissionRepresentation[]> {
  const stored = authorizationPolicies(sql)
  const ids = rows.map(({ id }) => id)
  const links = Map.groupBy(await stored.links(ids), ({ parent_id }) => parent_id)
  const children = new Map((await stored.reachable(ids)).map((row) => [row.id, row]))
  const scopes = Map.groupBy(await stored.scopesOf(ids), ({ policy_id }) => policy_id)
  const names = await namesFor(
    sql,
    realmId,
    Array.from(children.values(), (row) => ({ type: row.type, config: configOf(row) })),
  )
  return rows.map((row) => {
    const inside = (links.get(row.id) ?? []).flatMap(({ child_id }) => children.get(child_id) ?? [])
    const named = (kind: Kind): string[] =>
      inside.flatMap((child) => {
        if (child.type !== kinds[kind].type) return []
        return referenceIds(kind, configOf(child)).flatMap((id) => {
          const known = names.find(kinds[kind].type, id)
          return known === undefined ? [] : [known.client === undefined ? known.name : `${known.client}/${known.name}`]
        })
      })
    const lists = Object.fromEntries(kindNames.map((kind) => [kind, named(kind)] as const).filter(([, list]) => list.length > 0))
    return {
      ...commonMembers(row),
      ...(row.owner_id === null ? {} : { owner: row.owner_id }),
      scopes: (scopes.get(row.id) ?? []).map(({ name }) => name),
      ...lists,
    } as UmaPermissionRepresentation
  })
}

function referenceIds(kind: Kind, config: PolicyConfig): readonly string[] {
  const items = listIn<string | { id?: string }>(config, kind)
  return items.flatMap((item) => (typeof item === 'string' ? item : (item.id ?? [])))
}

/** What a ticket says is granted to who asked: one policy for each resource and person. */
export async function grantTicket(context: ServerContext, ticket: PermissionTicketRow, grantedAtMs: number): Promise<void> {
  const { tx, server } = context
  const others = await permissionTickets(tx).search(
    server.id,
    { resourceId: ticket.resource_id, requesterId: ticket.requester_id, granted: true },
    { max: ticketsMax, first: 0 },
  )
  const known = others.find(({ policy_id }) => policy_id !== null)?.policy_id
  const policyId = known ?? (await createUmaPolicy(context, sharing(context.random, ticket)))
  if (ticket.scope_id !== '') {
    const scopes = await authorizationPolicies(tx).scopesOf([policyId])
    await writeLinks(context, policyId, { scopes: [...scopes.map(({ id }) => id), ticket.scope_id] })
  }
  await permissionTickets(tx).grant(ticket.id, policyId, grantedAtMs)
}

/** Tickets of one person for one resource: as many as it has scopes. */
const ticketsMax = 1_000

const sharing = (random: Random, ticket: PermissionTicketRow): UmaPolicyInput => ({
  name: random.uuid(),
  description: undefined,
  ownerId: ticket.owner_id,
  resourceId: ticket.resource_id,
  scopes: [],
  given: { users: [ticket.requester_id] },
})

/** Takes back what a ticket granted, and the ticket with it. */
export async function removeTicket({ tx, server }: ServerContext, ticket: PermissionTicketRow): Promise<void> {
  await permissionTickets(tx).remove(server.id, ticket.id)
  if (ticket.policy_id === null) return
  const stored = authorizationPolicies(tx)
  const left = (await stored.scopesOf([ticket.policy_id])).filter(({ id }) => id !== ticket.scope_id)
  if (ticket.scope_id === '' || left.length === 0) return stored.remove([ticket.policy_id])
  await stored.replaceScopes(
    ticket.policy_id,
    left.map(({ id }) => id),
  )
}

/** The resource that an owner's policy is about; undefined for a policy that is no owner's. */
export async function resourceOfPolicy(sql: Sql, row: PolicyRow): Promise<{ id: string; name: string } | undefined> {
  return (await authorizationPolicies(sql).resourcesOf([row.id]))[0]
}

export const policyMissing = (id: string): AdminError =>
  new AdminError(404, { error: 'invalid_request', error_description: `Policy with [${id}] does not exist` })
