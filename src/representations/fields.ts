// The JSON of each resource of the Admin API, of realm files and of partial imports: one file per resource, one field table per class of the
// reference server, and four readings of a table: parse.ts (JSON → value), print.ts (value → JSON), merge.ts (PUT, differences), mask.ts (secrets).
// Nothing here knows storage, realms or what a member does. May call nobody; may be called by every folder to its right.

/** Kinds of members a representation can have. `json` is kept as it is; `lists` reads one value as a list of one. */
export type FieldKind = 'text' | 'boolean' | 'integer' | 'long' | 'choice' | 'list' | 'map' | 'lists' | 'object' | 'json'

/** Whom a secret is hidden from: everybody who reads it, or only those who export it. */
export type SecretFrom = 'read' | 'export'

/** One member of a representation. `T` exists for the type checker alone. */
export interface Field<T> {
  readonly kind: FieldKind
  /** Of list and map: what their items are. */
  readonly item?: Field<unknown>
  /** Of object: its table. A function, since tables may refer to each other. */
  readonly table?: () => Table
  /** Of choice: the words accepted, in the reference's order, since a number means the word at its place. */
  readonly words?: readonly string[]
  /** Of list: a set in the reference, so that doubles are dropped. */
  readonly unique?: boolean
  /** Of list: the reference keeps no order, so that two orders are no difference. */
  readonly unordered?: boolean
  /** The value of an absent member. */
  readonly initial?: string | number | boolean | readonly [] | Readonly<Record<string, never>>
  /** The reference holds it in a primitive: null reads as false or 0, and it is always printed. */
  readonly primitive?: boolean
  /** Read from a body and never printed: an old name. */
  readonly readOnly?: boolean
  /** Not printed when empty. */
  readonly nonEmpty?: boolean
  /** Of object: the reference looks inside later, so that unknown members stay and what is not an object is dropped. */
  readonly loose?: boolean
  /** Of map: a PUT adds to it and null removes a name; with `empty` so does an empty value. */
  readonly merge?: { readonly empty: boolean }
  /** A PUT without the member clears it. */
  readonly cleared?: boolean
  /** Masked for readers or in exports: the whole value, or the named keys of a map. */
  readonly secret?: { readonly from: SecretFrom; readonly keys?: readonly string[] }
  readonly phantom?: T
}

/** A map that a PUT adds to. */
export interface MergedField<T> extends Field<Record<string, T>> {
  readonly merge: { readonly empty: boolean }
}

/** What a table says beyond its members. */
export interface TableOptions {
  /** The reference drops unknown members of this class without a word. */
  readonly ignoresUnknown?: boolean
  /** A PUT replaces the whole: absent members are cleared, except the named ones. */
  readonly put?: { readonly absent: 'clear'; readonly except: readonly string[] }
  /** Members that set others, or nothing, when they are read: old names, pairs of names. Called with undefined for null. */
  readonly reading?: Readonly<Record<string, (value: unknown) => Readonly<Record<string, unknown>>>>
  /** The member by which a set knows its items; all of them unless given. */
  readonly identity?: string
  /** A string may stand for the whole object. */
  readonly fromText?: (text: string) => Readonly<Record<string, unknown>>
}

/** The members of one Keycloak representation in the order in which they are printed. */
export interface Table<F extends Record<string, Field<unknown>> = Record<string, Field<unknown>>> extends TableOptions {
  /** The reference's class name, for error texts: `ClientRepresentation`. */
  readonly name: string
  readonly fields: F
}

/** The static type of a table: every member optional, as on the wire. */
export type Representation<T> = T extends Table<infer F> ? { -readonly [K in keyof F]?: F[K] extends Field<infer V> ? V : never } : never

/** The body of a PUT: as the representation, but in the maps that it adds to null removes a name. */
export type Patch<T> =
  T extends Table<infer F>
    ? {
        -readonly [K in keyof F]?: F[K] extends MergedField<infer V> ? Record<string, V | null> : F[K] extends Field<infer V> ? V : never
      }
    : never

/** The fields of a type written by hand: where tables refer to each other in a circle the type comes first. */
export type FieldsOf<R> = { [K in keyof R]-?: Field<Exclude<R[K], undefined>> }

export const text: Field<string> = { kind: 'text' }
export const boolean: Field<boolean> = { kind: 'boolean' }
/** 32 bits, signed. */
export const integer: Field<number> = { kind: 'integer' }
/** 64 bits, signed; beyond 2^53 the last digits are lost. */
export const long: Field<number> = { kind: 'long' }
export const json: Field<unknown> = { kind: 'json' }
export const choice = <const W extends readonly string[]>(...words: W): Field<W[number]> => ({ kind: 'choice', words })
export const list = <T>(item: Field<T>): Field<T[]> => ({ kind: 'list', item })
export const set = <T>(item: Field<T>): Field<T[]> => ({ kind: 'list', item, unique: true, unordered: true })
export const map = <T>(item: Field<T>): Field<Record<string, T>> => ({ kind: 'map', item })
/** A map of lists of strings in which one value may stand for its list. */
export const lists: Field<Record<string, string[]>> = { kind: 'lists', item: list(text) }
export const object = <T extends Table>(table: () => T): Field<Representation<T>> => ({ kind: 'object', table })

export const unordered = <T>(field: Field<T[]>): Field<T[]> => ({ ...field, unordered: true })
/** A member that has a value where the JSON is silent. Null still takes it away. */
export const initially = <T>(field: Field<T>, initial: NonNullable<Field<T>['initial']>): Field<T> => ({ ...field, initial })
export const primitive = <T extends boolean | number>(field: Field<T>, initial?: T): Field<T> => {
  return { ...field, primitive: true, initial: initial ?? (field.kind === 'boolean' ? false : 0) }
}
/** Absent it stays absent; null reads as false or 0. */
export const primitiveWhenRead = <T extends boolean | number>(field: Field<T>): Field<T> => ({ ...field, primitive: true })
export const readOnly = <T>(field: Field<T>): Field<T> => ({ ...field, readOnly: true })
export const nonEmpty = <T>(field: Field<T>): Field<T> => ({ ...field, nonEmpty: true })
export const loose = <T>(field: Field<T>): Field<T> => ({ ...field, loose: true })
export const cleared = <T>(field: Field<T>): Field<T> => ({ ...field, cleared: true })
export const merged = <T>(field: Field<Record<string, T>>, empty?: 'empty removes'): MergedField<T> => {
  return { ...field, merge: { empty: empty !== undefined } }
}
export const secret = (field: Field<string>, from: SecretFrom): Field<string> => ({ ...field, secret: { from } })
export const secretKeys = <F extends Field<Record<string, string>>>(field: F, from: SecretFrom, ...keys: string[]): F => {
  return { ...field, secret: { from, keys } }
}

export const table = <F extends Record<string, Field<unknown>>>(name: string, fields: F, options: TableOptions = {}): Table<F> => {
  return { ...options, name, fields }
}
