import type { Random } from '../../crypto/random.ts'
import type { ClientRepresentation } from '../../representations/client.ts'
import type { Composites, RoleRepresentation } from '../../representations/role.ts'
import { placeholder } from './placeholder.ts'

/** The roles of one realm while they are being put together. */
export interface RoleSet {
  readonly realm: RoleRepresentation[]
  /** By clientId; a client without roles has an empty list. */
  readonly client: Record<string, RoleRepresentation[]>
  /** The realm role of that name; it is made from `role` when there is none yet, and stays as it is when there is. */
  realmRole(role: RoleRepresentation): RoleRepresentation
  /** The client's role of that name, made with a description when there is none yet. `made` says which. */
  clientRole(clientId: string, name: string, description?: string): { role: RoleRepresentation; made: boolean }
  /** Adds roles to a client, whether or not it has roles of these names. */
  bring(clientId: string, roles: readonly RoleRepresentation[]): void
}

export function roleSet(realmId: string, clients: readonly ClientRepresentation[], random: Random): RoleSet {
  const ids = new Map(clients.map((client) => [client.clientId ?? '', client.id]))
  const realm: RoleRepresentation[] = []
  const client: Record<string, RoleRepresentation[]> = Object.fromEntries([...ids.keys()].map((clientId) => [clientId, []]))
  const listOf = (clientId: string): RoleRepresentation[] => {
    client[clientId] ??= []
    return client[clientId]
  }
  return {
    realm,
    client,
    realmRole: (given) => {
      const present = realm.find((other) => other.name === given.name)
      if (present) return present
      const role = completeRole(given, { clientRole: false, containerId: realmId }, random)
      realm.push(role)
      return role
    },
    clientRole: (clientId, name, description) => {
      const present = listOf(clientId).find((other) => other.name === name)
      if (present) return { role: present, made: false }
      const given = { name, ...(description === undefined ? {} : { description }) }
      const role = completeRole(given, { clientRole: true, containerId: ids.get(clientId) }, random)
      listOf(clientId).push(role)
      return { role, made: true }
    },
    bring: (clientId, roles) => {
      const container = { clientRole: true, containerId: ids.get(clientId) }
      listOf(clientId).push(...roles.map((role) => completeRole(role, container, random)))
    },
  }
}

interface Container {
  readonly clientRole: boolean
  /** The realm's or the client's id; undefined for roles of a client that the realm does not have. */
  readonly containerId: string | undefined
}

/** A role as the reference stores it: it is composite when it has composites, whatever it says. */
export function completeRole(given: RoleRepresentation, { clientRole, containerId }: Container, random: Random): RoleRepresentation {
  const { composites, ...own } = given
  const role: RoleRepresentation = {
    ...own,
    id: given.id ?? random.uuid(),
    composite: false,
    clientRole,
    ...(containerId === undefined ? {} : { containerId }),
    attributes: { ...given.attributes },
  }
  return addComposites(role, composites)
}

/** Adds to a role of a set that is being put together; lists keep their order and hold each name once. */
export function addComposites(role: RoleRepresentation, more: Composites | undefined): RoleRepresentation {
  const realm = [...new Set([...(role.composites?.realm ?? []), ...(more?.realm ?? [])])]
  const client: Record<string, string[]> = { ...role.composites?.client }
  for (const [clientId, names] of [...Object.entries(more?.client ?? {}), ...Object.entries(more?.application ?? {})]) {
    const all = [...new Set([...(client[clientId] ?? []), ...names])]
    if (all.length > 0) client[clientId] = all
  }
  const hasClients = Object.keys(client).length > 0
  if (realm.length === 0 && !hasClients) return role
  role.composite = true
  role.composites = { ...(realm.length > 0 ? { realm } : {}), ...(hasClients ? { client } : {}) }
  return role
}

/** Descriptions of built-in roles are message keys made from their names, all but one literally. */
export const builtInDescription = (name: string): string => placeholder(`role_${name === 'offline_access' ? 'offline-access' : name}`)
