import type { Field, Representation, SecretFrom, Table } from './fields.ts'

/** What stands for a secret in answers. */
export const secretMask = '**********'

/** References to a vault are no secrets and are shown as they are. */
const vaultReference = /^\$\{vault\..+\}$/

function masked(value: unknown): unknown {
  if (typeof value !== 'string') return value
  return vaultReference.test(value) ? value : secretMask
}

/**
 * The representation with its secrets masked: `read` for the answers of the Admin API (SMTP passwords, secrets of identity providers), `export`
 * for partial exports (client secrets too). Representations inside are masked as well, components apart: maskComponent. Returns a new value.
 */
export function maskRepresentation<T extends Table>(table: T, value: Representation<T>, from: SecretFrom): Representation<T> {
  return maskMembers(table, value as Readonly<Record<string, unknown>>, from) as Representation<T>
}

function maskMembers(table: Table, value: Readonly<Record<string, unknown>>, from: SecretFrom): Record<string, unknown> {
  const result: Record<string, unknown> = { ...value }
  for (const [name, field] of Object.entries(table.fields)) {
    const content = Object.hasOwn(value, name) ? value[name] : undefined
    if (content !== undefined && content !== null) result[name] = maskValue(field, content, from)
  }
  return result
}

function maskValue(field: Field<unknown>, value: unknown, from: SecretFrom): unknown {
  const hidden = field.secret !== undefined && (field.secret.from === 'read' || from === 'export') ? field.secret : undefined
  if (typeof value !== 'object' || value === null) return hidden === undefined ? value : masked(value)
  const entries = value as Readonly<Record<string, unknown>>
  if (hidden?.keys !== undefined) return mapEntries(entries, (content, name) => (hidden.keys?.includes(name) ? masked(content) : content))
  const table = field.kind === 'object' ? field.table?.() : undefined
  if (table !== undefined) return maskMembers(table, entries, from)
  const { item } = field
  if (item === undefined || (item.kind !== 'object' && item.kind !== 'list')) return value
  if (Array.isArray(value)) return value.map((each) => maskValue(item, each, from))
  return mapEntries(entries, (content) => maskValue(item, content, from))
}

function mapEntries(
  entries: Readonly<Record<string, unknown>>,
  change: (value: unknown, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value, name)]))
}

/** A configuration property of a component's provider, as far as masking needs it. */
export interface ComponentProperty {
  readonly name: string
  readonly secret?: boolean
}

/** The secret properties of the reference's component providers: for components whose provider is not among ours. */
const knownSecrets = new Set(['bindCredential', 'privateKey', 'secret', 'keystorePassword', 'keyPassword', 'password', 'clientSecret'])

/**
 * A component's configuration as readers and exports see it: properties that the provider does not declare are left out (the generated keys of
 * a key provider are such), secret ones are masked. Of a provider that we do not know everything is shown but what looks like a secret.
 */
export function maskComponentConfig(
  config: Readonly<Record<string, readonly string[]>>,
  properties: readonly ComponentProperty[] | undefined,
): Record<string, string[]> {
  const shown = Object.entries(config).filter(([name]) => properties === undefined || properties.some((property) => property.name === name))
  return Object.fromEntries(
    shown.map(([name, values]) => {
      const secret =
        properties === undefined ? knownSecrets.has(name) : properties.find((property) => property.name === name)?.secret === true
      return [name, values.map((value) => (secret ? String(masked(value)) : value))]
    }),
  )
}

/** The configuration of a PUT with masked secrets given back from the stored one. */
export function unmaskComponentConfig<V extends string[] | null>(
  config: Readonly<Record<string, V>>,
  stored: Readonly<Record<string, string[]>>,
): Record<string, V | string[]> {
  return Object.fromEntries(
    Object.entries(config).map(([name, values]) => [
      name,
      values?.length === 1 && values[0] === secretMask ? (stored[name] ?? values) : values,
    ]),
  )
}
