import type { Field, Patch, Representation, Table } from './fields.ts'
import { setMember } from './json-reader.ts'
import { secretMask } from './mask.ts'

/**
 * A PUT as the reference means it: members of the patch replace those of the base, absent ones stay; in some maps (`attributes` of clients and
 * client scopes, `config` of components, security headers) the names of the patch are added to the base's and null removes one; some members,
 * and whole tables, are cleared where the patch is silent. A secret that comes back masked keeps its value. Returns a new value.
 * What a member means beyond that (a client's scopes do not change by PUT) is the business of its resource.
 */
export function mergeRepresentation<T extends Table>(table: T, base: Representation<T>, patch: Patch<T>): Representation<T> {
  const before = base as Readonly<Record<string, unknown>>
  const changes = patch as Readonly<Record<string, unknown>>
  const result: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(table.fields)) {
    const given = changes[name]
    const value = given === undefined || given === null ? kept(table, name, field, before[name]) : replaced(field, before[name], given)
    if (value !== undefined) result[name] = value
  }
  for (const source of [before, changes]) {
    for (const [name, value] of Object.entries(source)) {
      if (!Object.hasOwn(table.fields, name) && value !== undefined) setMember(result, name, value)
    }
  }
  return result as Representation<T>
}

function kept(table: Table, name: string, field: Field<unknown>, before: unknown): unknown {
  if (field.cleared === true) return undefined
  return table.put !== undefined && !table.put.except.includes(name) ? undefined : before
}

function replaced(field: Field<unknown>, before: unknown, given: unknown): unknown {
  if (field.kind !== 'map' || !isMembers(given)) return given
  const old = isMembers(before) ? before : {}
  const result: Record<string, unknown> = field.merge === undefined ? {} : { ...old }
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || (field.merge?.empty === true && isEmptied(value))) delete result[name]
    else setMember(result, name, keepsSecret(field, name, value) ? (member(old, name) ?? value) : value)
  }
  return result
}

/** Secrets hidden from exports only never come back masked from a reader, so that a mask is taken by its word there. */
function keepsSecret(field: Field<unknown>, name: string, value: unknown): boolean {
  return value === secretMask && field.secret?.from === 'read' && field.secret.keys?.includes(name) === true
}

/** A member of its own: `__proto__` and `constructor` are names like any other. */
function member(members: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

function isEmptied(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0)
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The names of the members in which two representations differ, in the table's order, unknown ones last. Deep; the order of a list counts
 * unless the reference keeps none; an absent primitive equals its initial value.
 */
export function diffRepresentation<T extends Table>(table: T, a: Representation<T>, b: Representation<T>): string[] {
  const left = a as Readonly<Record<string, unknown>>
  const right = b as Readonly<Record<string, unknown>>
  const names = new Set([...Object.keys(table.fields), ...Object.keys(left), ...Object.keys(right)])
  return [...names].filter((name) => {
    const field = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined
    return canonical(field, member(left, name)) !== canonical(field, member(right, name))
  })
}

/** One text for all values that mean the same. */
function canonical(field: Field<unknown> | undefined, given: unknown): string {
  const value = given ?? (field?.primitive === true ? field.initial : undefined)
  if (value === undefined) return ''
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(field?.item, item))
    return `[${(field?.unordered === true ? items.sort() : items).join()}]`
  }
  if (!isMembers(value) || JSON.stringify(value).charAt(0) !== '{') return JSON.stringify(value)
  const fields = field?.kind === 'object' ? (field.table?.().fields ?? {}) : {}
  const names = new Set([...Object.keys(fields), ...Object.keys(value)])
  const parts = [...names].sort().map((name) => {
    const text = canonical(Object.hasOwn(fields, name) ? fields[name] : field?.item, member(value, name))
    return text === '' ? '' : `${JSON.stringify(name)}:${text}`
  })
  return `{${parts.filter((part) => part !== '').join()}}`
}
