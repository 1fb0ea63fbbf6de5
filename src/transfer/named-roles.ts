/** Roles as names: realm roles apart from those of each client. Absent sections have no roles. */
export interface NamedRoles {
  readonly realm?: string[]
  readonly client?: Record<string, string[]>
}

/** Sorts roles into the sections of a representation, in their order. `client` is the clientId of a client role. */
export function namedRoles(rows: readonly { readonly name: string; readonly client: string | null }[]): NamedRoles {
  const sections = Map.groupBy(rows, (row) => row.client)
  const names = (list: readonly { readonly name: string }[]): string[] => list.map((row) => row.name)
  const realm = sections.get(null)
  const client = Object.fromEntries(
    Array.from(sections).flatMap(([clientId, list]) => (clientId === null ? [] : [[clientId, names(list)]])),
  )
  return { ...(realm ? { realm: names(realm) } : {}), ...(Object.keys(client).length > 0 ? { client } : {}) }
}
