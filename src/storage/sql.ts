/**
 * The storage seam is the SQL statement. Text is written once, in the subset that SQLite and PostgreSQL share: `$1` parameters,
 * RETURNING, ON CONFLICT, `->>`, `with recursive`. Macros cover what the engines spell differently; a driver expands them.
 * The others stand in ./dialect.ts:
 *
 *     {{bytes}}     a collation that compares text bytewise: index order and prefix ranges are the same everywhere
 *     {{list $1}}   a sub-query over the strings of the JSON array given as $1: `id in {{list $1}}`
 *     {{records $1 (id text, n integer)}}  a sub-query over the objects of the JSON array given as $1, a row each
 *     {{serial}}    the type of a primary key that the database counts up by itself
 *
 * Booleans are stored as 0 and 1 in `smallint` columns, times as milliseconds in `bigint` columns, JSON as text in `json` columns.
 */
export type SqlValue = string | number | null | Uint8Array

export type Row = Record<string, SqlValue>

/** A named piece of static SQL. The name is the key of the prepared statement and of the statement counter: unique in the program. */
export interface Statement {
  readonly name: string
  readonly text: string
  /** False for one whose text is made for a single use: it is planned for its values and not kept. */
  readonly kept?: boolean
}

export const statement = (name: string, text: string): Statement => Object.freeze({ name, text })

/** A statement whose text depends on what is asked for; several may have one name. */
export const passingStatement = (name: string, text: string): Statement => Object.freeze({ name, text, kept: false })

/** A statement with its values. */
export type Write = readonly [statement: Statement, ...values: SqlValue[]]

export interface Sql {
  /** All rows. */
  all<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R[]>
  /** The first row, if there is one. */
  one<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R | undefined>
  /** Runs a write and returns how many rows it changed. Resolves when the write is durable. */
  run(statement: Statement, ...values: SqlValue[]): Promise<number>
  /**
   * Runs writes in their order, all of them or none: a transaction for those that need no answer in between. On SQLite they share their
   * commit with other writes of the moment, where a transaction has one of its own.
   */
  runAll(writes: readonly Write[]): Promise<void>
  /**
   * Runs `work` in one serializable-enough transaction: all of its writes are kept, or none if it throws. Inside only the given `tx`
   * may be used. A transaction inside a transaction is a savepoint. May run `work` again after a serialization failure.
   */
  transaction<R>(work: (tx: Sql) => Promise<R>): Promise<R>
  /** Tells every node of the deployment, this one included, something small; inside a transaction at its commit. */
  announce(channel: string, text: string): Promise<void>
  /** Calls `heard` for each announcement on the channel until the returned function is called. */
  listen(channel: string, heard: (text: string) => void): Promise<() => Promise<void>>
}

/** An open database. `close` waits for what is queued. */
export interface Database extends Sql {
  readonly engine: 'sqlite' | 'postgres'
  /** Called with the name of each statement that is executed; for statement budgets and metrics. */
  onStatement: ((name: string) => void) | undefined
  /** As for every Sql; `bulk`: it writes a realm anew, more than the usual cache holds and nothing that anybody knows yet. */
  transaction<R>(work: (tx: Sql) => Promise<R>, size?: 'bulk'): Promise<R>
  /**
   * Runs `work`, which only reads and uses nothing but the given `sql`, on the state of one moment, however long it takes; writers are not
   * kept waiting (a database in memory has but one connection, and does make them wait).
   */
  snapshot<R>(work: (sql: Sql) => Promise<R>): Promise<R>
  close(): Promise<void>
}

/** A text with U+0000, which PostgreSQL cannot hold: it came from outside, and whoever sent it is to be told. */
export class InvalidText extends Error {
  constructor(statement: string) {
    super(`statement ${statement}: a text value holds U+0000`)
    this.name = 'InvalidText'
  }
}

/** A write that broke a unique index. Both drivers translate their engine's error into this one. */
export class UniqueViolation extends Error {
  /** The name of the index or the columns, as the engine tells it. */
  readonly constraint: string
  constructor(constraint: string, cause: unknown) {
    super(`unique constraint ${constraint} violated`, { cause })
    this.name = 'UniqueViolation'
    this.constraint = constraint
  }
}
