import type { ContextAttributes, Identity } from './identity.ts'
import type { KnownNames, ReferenceKind, Resolve } from './references.ts'

/** What is stored of a policy beyond its own columns: the reference's map of texts. */
export type PolicyConfig = Readonly<Record<string, string>>

/** Members of a policy's representation that only its type has. */
export type PolicyMembers = Readonly<Record<string, unknown>>

/** What a policy decides by. */
export interface DecisionFacts {
  readonly identity: Identity
  readonly context: ContextAttributes
  readonly names: KnownNames
  readonly now: Date
}

/** A type of policies. One file each; the id is the `type` of a policy's representation and a segment of its path. */
export interface PolicyType {
  readonly id: string
  readonly name: string
  readonly group: string
  /** True for what the server makes itself: it is no choice for administrators. */
  readonly internal?: boolean
  /** The configuration that typed members stand for. References may still be names. `before`: what is stored. */
  configOf(members: PolicyMembers, before: PolicyConfig): PolicyConfig
  /** The configuration with names replaced by ids. Throws AdminError for a name that nothing has, or forgets it, as the reference does. */
  resolve?(config: PolicyConfig, resolve: Resolve): Promise<PolicyConfig>
  /** Ids of what it refers to. */
  references?(config: PolicyConfig): { readonly kind: ReferenceKind; readonly ids: readonly string[] }
  /** The typed members. */
  members(config: PolicyConfig, names: KnownNames): PolicyMembers
  /** The configuration as realm files have it: ids replaced by names. */
  exported?(config: PolicyConfig, names: KnownNames): PolicyConfig
  /** True grants, false denies, before the policy's logic turns it round. Absent: its other policies decide. */
  grants?(config: PolicyConfig, facts: DecisionFacts): boolean
}

/** The list in a value of a configuration; empty for anything else. */
export function listIn<T>(config: PolicyConfig, key: string): readonly T[] {
  const text = Object.hasOwn(config, key) ? config[key] : undefined
  if (text === undefined || text === '') return []
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? (value as T[]) : []
  } catch {
    return []
  }
}

/** The configuration with one value set, or taken out when it is undefined. */
export function withValue(config: PolicyConfig, key: string, value: string | undefined): PolicyConfig {
  const { [key]: _old, ...rest } = config
  return value === undefined ? rest : { ...rest, [key]: value }
}

/** The configuration with some values set or taken out. */
export function withValues(config: PolicyConfig, values: Readonly<Record<string, string | undefined>>): PolicyConfig {
  return Object.entries(values).reduce((result, [key, value]) => withValue(result, key, value), config)
}

export const textMember = (members: PolicyMembers, name: string): string | undefined => {
  const value = members[name]
  return typeof value === 'string' ? value : undefined
}
