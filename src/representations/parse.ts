import { readScalar, toText } from './coerce.ts'
import { type Field, list, object, type Patch, type Representation, type Table } from './fields.ts'
import {
  failure,
  type JsonReader,
  type Origin,
  openJson,
  pathText,
  placeOf,
  readAnything,
  readItem,
  readName,
  readString,
  readToken,
  setMember,
  type Token,
} from './json-reader.ts'
import { unknownMember } from './representation-error.ts'

export interface ParseOptions {
  /** `reject`: an unknown member is an error, as in the Admin API. `keep`: it stays under its name and is printed back, as in realm files. */
  readonly unknown: 'reject' | 'keep'
  /** Told the path of each unknown member that is kept: `clients[3].nope`. */
  readonly onUnknown?: (path: string) => void
  /** Where the text begins, when it is a piece of another. */
  readonly origin?: Origin
}

interface Reading extends ParseOptions {
  readonly reader: JsonReader
  /** Null stays in the maps that a PUT adds to. */
  readonly nulls: boolean
}

/**
 * Reads a JSON text as one representation, as forgiving about types as the reference is ("true" for true, 5 for "5", null for absent).
 * Members of primitives have their value afterwards even where the text is silent. What follows the closing brace is not read.
 * Throws RepresentationError and nothing else.
 */
export function parseRepresentation<T extends Table>(table: T, text: Buffer | string, options: ParseOptions): Representation<T> {
  return parseField(
    object(() => table),
    text,
    options,
  )
}

/** As parseRepresentation, for the body of a PUT: for mergeRepresentation. Unknown members are an error. */
export function parsePatch<T extends Table>(table: T, text: Buffer | string): Patch<T> {
  const field: Field<unknown> = object(() => table)
  return readWhole<Patch<T>>(field as Field<Patch<T>>, { reader: openJson(text), unknown: 'reject', nulls: true })
}

/** As parseRepresentation, for a list of them. */
export function parseRepresentations<T extends Table>(table: T, text: Buffer | string, options: ParseOptions): Representation<T>[] {
  return parseField(list(object(() => table)), text, options)
}

/** As parseRepresentation, for bodies that are not objects: `list(text)`. */
export function parseField<T>(field: Field<T>, text: Buffer | string, options: ParseOptions): T {
  return readWhole(field, { ...options, reader: openJson(text, options.origin), nulls: false })
}

function readWhole<T>(field: Field<T>, reading: Reading): T {
  const { reader } = reading
  if (reader.at === 0 && reader.bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) {
    throw failure(reader, 'empty', 'the text is empty')
  }
  const value = readValue(reading, field, readToken(reader))
  if (value === undefined) throw failure(reader, 'empty', 'null')
  return value as T
}

/** Undefined stands for null. */
function readValue(reading: Reading, field: Field<unknown>, token: Token): unknown {
  const { reader } = reading
  switch (field.kind) {
    case 'json':
      return readAnything(reader, token)
    case 'object':
      return readObject(reading, field, token)
    case 'list':
      return readList(reading, field, token)
    case 'map':
      return readMap(reading, field, token)
    case 'lists':
      return readLists(reading, token)
    default:
      return readScalar(reader, field, token)
  }
}

function readInside(reading: Reading, field: Field<unknown>, token: Token, step: string | number): unknown {
  const { reader } = reading
  const { inside } = reader
  reader.inside = true
  reader.path.push(step)
  const value = readValue(reading, field, token)
  reader.path.pop()
  reader.inside = inside
  return value
}

function readObject(reading: Reading, field: Field<unknown>, token: Token): unknown {
  const { reader } = reading
  const table = field.table?.()
  if (table === undefined || token === 'null') return undefined
  if (field.loose === true) return readLoose(reading, table, token)
  if (token === 'string') {
    const text = readString(reader)
    if (table.fromText !== undefined) return filled(table, { ...table.fromText(text) }, new Set())
  }
  if (token !== '{') throw failure(reader, 'mismatch', `${table.name} is expected`)
  return readMembers(reading, table)
}

function readLoose(reading: Reading, table: Table, token: Token): unknown {
  if (token === '{') return readMembers({ reader: reading.reader, unknown: 'keep', nulls: false }, table)
  readAnything(reading.reader, token)
  return undefined
}

function readMembers(reading: Reading, table: Table): Record<string, unknown> {
  const { reader } = reading
  const value: Record<string, unknown> = {}
  const seen = new Set<string>()
  for (let name = readName(reader, true); name !== undefined; name = readName(reader, false)) {
    const token = readToken(reader)
    const field = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined
    if (field === undefined) {
      readUnknown(reading, table, name, token, value)
      continue
    }
    seen.add(name)
    const read = readInside(reading, field, token, name)
    const convert = table.reading !== undefined && Object.hasOwn(table.reading, name) ? table.reading[name] : undefined
    const members = convert === undefined ? { [name]: read } : convert(read)
    for (const [member, content] of Object.entries(members)) {
      seen.add(member)
      if (content === undefined) delete value[member]
      else value[member] = content
    }
  }
  return filled(table, value, seen)
}

/** Gives absent members their initial values. A member that was null stays away. */
function filled(table: Table, value: Record<string, unknown>, seen: ReadonlySet<string>): Record<string, unknown> {
  for (const [name, field] of Object.entries(table.fields)) {
    if (field.initial !== undefined && !seen.has(name) && value[name] === undefined) value[name] = structuredClone(field.initial)
  }
  return value
}

function readUnknown(reading: Reading, table: Table, name: string, token: Token, value: Record<string, unknown>): void {
  const { reader } = reading
  reader.path.push(name)
  if (reading.unknown === 'reject' && table.ignoresUnknown !== true) throw unknownMember(table.name, name, placeOf(reader))
  const content = readAnything(reader, token)
  if (reading.unknown === 'keep') {
    setMember(value, name, content)
    reading.onUnknown?.(pathText(reader.path))
  }
  reader.path.pop()
}

/**
 * Null items of strings and numbers are dropped, since the types have none. Null for an object is refused: the reference accepts it here and
 * fails over it later with a 500.
 */
function readList(reading: Reading, field: Field<unknown>, token: Token): unknown {
  const { reader } = reading
  if (token === 'null' || field.item === undefined) return undefined
  if (token !== '[') {
    if (token === 'string') readString(reader)
    throw failure(reader, 'mismatch', 'a list is expected')
  }
  const items: unknown[] = []
  const known = new Set<string>()
  let index = 0
  for (let item = readItem(reader, true); item !== undefined; item = readItem(reader, false)) {
    const value = readInside(reading, field.item, item, index++)
    if (value === undefined) {
      if (field.item.kind === 'object') throw failure(reader, 'mismatch', 'null in a list of objects')
      continue
    }
    if (field.unique === true) {
      const key = identityOf(field.item, value)
      if (known.has(key)) continue
      known.add(key)
    }
    items.push(value)
  }
  return items
}

function identityOf(item: Field<unknown>, value: unknown): string {
  const member = item.table?.().identity
  const key = member === undefined ? undefined : (value as Readonly<Record<string, unknown>>)[member]
  return JSON.stringify(key === undefined ? value : { key })
}

function readMap(reading: Reading, field: Field<unknown>, token: Token): unknown {
  const { reader } = reading
  if (token === 'null' || field.item === undefined) return undefined
  if (token !== '{') {
    if (token === 'string') readString(reader)
    throw failure(reader, 'mismatch', 'an object is expected')
  }
  const entries: Record<string, unknown> = {}
  for (let name = readName(reader, true); name !== undefined; name = readName(reader, false)) {
    const value = readInside(reading, field.item, readToken(reader), name)
    if (value !== undefined) setMember(entries, name, value)
    else if (reading.nulls && field.merge !== undefined) setMember(entries, name, null)
    else delete entries[name]
  }
  return entries
}

/** The attributes of users and resources: one value may stand for its list, and what is no object counts as an empty one. */
function readLists(reading: Reading, token: Token): unknown {
  const { reader } = reading
  if (token === 'null') return undefined
  const entries: Record<string, string[]> = {}
  if (token !== '{') {
    readAnything(reader, token)
    return entries
  }
  for (let name = readName(reader, true); name !== undefined; name = readName(reader, false)) {
    const values: string[] = []
    const first = readToken(reader)
    if (first === '[') {
      for (let item = readItem(reader, true); item !== undefined; item = readItem(reader, false)) addText(reader, item, values)
    } else addText(reader, first, values)
    setMember(entries, name, values)
  }
  return entries
}

function addText(reader: JsonReader, token: Token, values: string[]): void {
  const text = toText(readAnything(reader, token), token)
  if (text !== undefined) values.push(text)
}
