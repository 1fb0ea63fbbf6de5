import type { TokenRoles } from '../protocol-mapper.ts'

/** A role as mappers' configs name it. */
export interface NamedRole {
  /** Undefined for a realm role. */
  readonly clientId: string | undefined
  readonly name: string
}

/** Splits `client.role` at its last dot; without a dot it is a realm role. Undefined for no name. */
export function parseRole(text: string | undefined): NamedRole | undefined {
  if (text === undefined || text === '') return undefined
  const dot = text.lastIndexOf('.')
  return dot < 0 ? { clientId: undefined, name: text } : { clientId: text.slice(0, dot), name: text.slice(dot + 1) }
}

export function addRole(roles: TokenRoles, { clientId, name }: NamedRole): void {
  if (clientId === undefined) {
    roles.realm.add(name)
    return
  }
  const ofClient = roles.client.get(clientId)
  if (ofClient) ofClient.add(name)
  else roles.client.set(clientId, new Set([name]))
}

/** True when the role was there. A client whose last role goes is no longer one with roles. */
export function removeRole(roles: TokenRoles, { clientId, name }: NamedRole): boolean {
  if (clientId === undefined) return roles.realm.delete(name)
  const ofClient = roles.client.get(clientId)
  const removed = ofClient?.delete(name) ?? false
  if (ofClient?.size === 0) roles.client.delete(clientId)
  return removed
}
