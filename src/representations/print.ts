import type { Field, Representation, Table } from './fields.ts'
import { rawJson, setMember } from './json-reader.ts'

/**
 * The JSON text of a representation: members in the table's order, absent ones and null left out, members that the reference holds in
 * primitives always there, unknown members that were kept at the end.
 */
export function printRepresentation<T extends Table>(table: T, value: Representation<T>): string {
  return JSON.stringify(arrangeRepresentation(table, value))
}

/** The JSON text of a list of representations. */
export function printRepresentations<T extends Table>(table: T, values: readonly Representation<T>[]): string {
  return JSON.stringify(values.map((value) => arrangeRepresentation(table, value)))
}

/** As printRepresentation, before it is text: a new value for `JSON.stringify`. */
export function arrangeRepresentation<T extends Table>(table: T, value: Representation<T>): Record<string, unknown> {
  return arrangeMembers(table, value as Record<string, unknown>)
}

/** The members that the table does not know. */
export function unknownMembers<T extends Table>(table: T, value: Representation<T>): Record<string, unknown> {
  const unknown: Record<string, unknown> = {}
  for (const [name, content] of Object.entries(value)) {
    if (!Object.hasOwn(table.fields, name) && content !== undefined) setMember(unknown, name, content)
  }
  return unknown
}

function arrangeMembers(table: Table, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(table.fields)) {
    const content = Object.hasOwn(value, name) ? value[name] : undefined
    const printed = content ?? (field.primitive === true ? field.initial : undefined)
    if (printed === undefined || field.readOnly === true || (field.nonEmpty === true && isEmpty(printed))) continue
    members[name] = arrange(field, printed)
  }
  for (const [name, content] of Object.entries(unknownMembers(table, value))) setMember(members, name, content)
  return members
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function arrange(field: Field<unknown>, value: unknown): unknown {
  if (field.kind === 'long') return typeof value === 'number' && !Number.isSafeInteger(value) ? wholeLong(value) : value
  if (typeof value !== 'object' || value === null || field.kind === 'json') return value
  if (field.kind === 'object') {
    const table = field.table?.()
    return table === undefined ? value : arrangeMembers(table, value as Readonly<Record<string, unknown>>)
  }
  const { item } = field
  if (item === undefined) return value
  if (field.kind === 'list') return Array.isArray(value) ? value.map((each) => arrange(item, each)) : value
  const entries: Record<string, unknown> = {}
  for (const [name, content] of Object.entries(value)) {
    if (content !== undefined && content !== null) setMember(entries, name, arrange(item, content))
  }
  return entries
}

/** Beyond 2^53 all digits are written, and no more than 64 bits hold. */
function wholeLong(value: number): unknown {
  if (!Number.isFinite(value)) return undefined
  const whole = BigInt(Math.trunc(value))
  return rawJson(String(whole > 2n ** 63n - 1n ? 2n ** 63n - 1n : whole < -(2n ** 63n) ? -(2n ** 63n) : whole))
}
