/** Kinds of members a representation can have. `json` is kept as it is. */
export type FieldKind = 'text' | 'boolean' | 'integer' | 'long' | 'list' | 'map' | 'object' | 'json'

/** One member of a representation. `T` exists for the type checker alone. */
export interface Field<T> {
  readonly kind: FieldKind
  /** Of list and map: what their items are. */
  readonly item?: Field<unknown>
  /** Of object: its table. A function, since tables may refer to each other. */
  readonly table?: () => Table
  readonly phantom?: T
}

/** The members of one Keycloak representation in the order in which they are printed. */
export interface Table<F extends Record<string, Field<unknown>> = Record<string, Field<unknown>>> {
  /** The reference's class name, for error texts: `ClientRepresentation`. */
  readonly name: string
  readonly fields: F
}

/** The static type of a table: every member optional, as on the wire. */
export type Representation<T> = T extends Table<infer F> ? { -readonly [K in keyof F]?: F[K] extends Field<infer V> ? V : never } : never

export const text: Field<string> = { kind: 'text' }
export const boolean: Field<boolean> = { kind: 'boolean' }
export const integer: Field<number> = { kind: 'integer' }
export const long: Field<number> = { kind: 'long' }
export const json: Field<unknown> = { kind: 'json' }
export const list = <T>(item: Field<T>): Field<T[]> => ({ kind: 'list', item })
export const map = <T>(item: Field<T>): Field<Record<string, T>> => ({ kind: 'map', item })
export const object = <T extends Table>(table: () => T): Field<Representation<T>> => ({ kind: 'object', table })

export const table = <F extends Record<string, Field<unknown>>>(name: string, fields: F): Table<F> => ({ name, fields })
