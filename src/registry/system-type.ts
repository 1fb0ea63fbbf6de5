/** The client attribute that makes a client an external system. Its index stands in the migration external-systems. */
export const typeAttribute = 'registry_type'

/** `external-system`: it calls the registry from outside. `internal-registry`: another registry of the same platform. */
export const systemTypes = ['external-system', 'internal-registry'] as const

export type SystemType = (typeof systemTypes)[number]

/** Realm roles of a system that is made without a list of its own: what the data-exchange gateway asks of callers from outside. */
export const defaultRoles: Readonly<Record<SystemType, readonly string[]>> = {
  'external-system': ['trembita-invoker'],
  'internal-registry': [],
}
