import { AsyncLocalStorage } from 'node:async_hooks'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { announcement, Listeners } from './announcements.ts'
import { type Compiled, checkValues, compiler, dialects } from './dialect.ts'
import { storageLimits } from './limits.ts'
import type { Database, Row, Sql, SqlValue, Statement, Write } from './sql.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { type Connection, refuseInside, Transaction } from './transaction.ts'
import { WriteQueue } from './write-queue.ts'

/** The file holds keys and password hashes: nobody but its owner may read it. The log beside it inherits the mode. */
function prepareFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
}

/**
 * Opens a SQLite file, making it and its folder when they are not there; `:memory:` is a database without a file. Throws an Error of
 * one line that names the file when it cannot be opened or is no database.
 */
export async function openSqlite({ file }: { readonly file: string }): Promise<Database> {
  try {
    const memory = file === ':memory:'
    if (!memory) prepareFile(file)
    const writer = new SqliteConnection(file, { readOnly: false, cacheKib: storageLimits.writerCacheKib })
    try {
      const reader = memory ? undefined : new SqliteConnection(file, { readOnly: true, cacheKib: storageLimits.readerCacheKib })
      return new SqliteDatabase(writer, reader, memory ? undefined : file)
    } catch (error) {
      writer.close()
      throw error
    }
  } catch (error) {
    throw new Error(`the database file ${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** One connection that writes, behind a queue, and one that reads what is committed; in memory there is one for both. */
class SqliteDatabase implements Database {
  readonly engine = 'sqlite'
  onStatement: ((name: string) => void) | undefined
  readonly #writer: SqliteConnection
  readonly #reader: SqliteConnection | undefined
  /** Undefined in memory. */
  readonly #file: string | undefined
  readonly #queue: WriteQueue
  readonly #compile = compiler(dialects.sqlite)
  readonly #listeners = new Listeners()
  readonly #current = new AsyncLocalStorage<Transaction>()
  readonly #connection: Connection
  #closed = false

  constructor(writer: SqliteConnection, reader: SqliteConnection | undefined, file: string | undefined) {
    this.#writer = writer
    this.#reader = reader
    this.#file = file
    this.#queue = new WriteQueue(writer)
    this.#connection = this.#connectionOver(writer)
  }

  #connectionOver(one: SqliteConnection): Connection {
    return {
      rows: async (statement, values) => this.#count(this.#checked(statement, values), (compiled) => one.rows(compiled, values)),
      changes: async (statement, values) => this.#count(this.#checked(statement, values), (compiled) => one.changes(compiled, values)),
      control: async (text) => one.control(text),
      listen: (channel, heard) => this.listen(channel, heard),
    }
  }

  async all<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R[]> {
    const compiled = this.#enter(statement, values)
    if (compiled.writes) return this.#queue.write(() => this.#count(compiled, () => this.#writer.rows(compiled, values) as R[]))
    const reader = this.#reader
    if (reader !== undefined) return this.#count(compiled, () => reader.rows(compiled, values) as R[])
    return this.#queue.read(() => this.#count(compiled, () => this.#writer.rows(compiled, values) as R[]))
  }

  async one<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R | undefined> {
    const [first] = await this.all<R>(statement, ...values)
    return first
  }

  async run(statement: Statement, ...values: SqlValue[]): Promise<number> {
    const compiled = this.#enter(statement, values)
    return this.#queue.write(() => this.#count(compiled, () => this.#writer.changes(compiled, values)))
  }

  async runAll(writes: readonly Write[]): Promise<void> {
    const entered = writes.map(([statement, ...values]) => ({ compiled: this.#enter(statement, values), values }))
    return this.#queue.write(() => this.#allOrNone(entered))
  }

  async transaction<R>(work: (tx: Sql) => Promise<R>, size?: 'bulk'): Promise<R> {
    this.#refuse('a transaction')
    const giveBack = await this.#queue.turn()
    try {
      if (size === 'bulk') this.#writer.resizeCache(storageLimits.bulkCacheKib)
      this.#writer.control('begin immediate')
      const { result, announcements } = await Transaction.run(this.#connection, this.#current, work)
      this.#writer.control('commit')
      for (const one of announcements) this.#listeners.deliver(one)
      return result
    } finally {
      // Still open: the work or the commit failed.
      if (this.#writer.inTransaction) this.#writer.control('rollback')
      if (size === 'bulk') this.#writer.resizeCache(storageLimits.writerCacheKib)
      giveBack()
    }
  }

  /** A connection of its own: what it has begun to read stays as it is while others write. */
  async snapshot<R>(work: (sql: Sql) => Promise<R>): Promise<R> {
    this.#refuse('a snapshot')
    if (this.#file === undefined) return this.transaction(work)
    const own = new SqliteConnection(this.#file, { readOnly: true, cacheKib: storageLimits.readerCacheKib })
    try {
      own.control('begin')
      const { result } = await Transaction.run(this.#connectionOver(own), this.#current, work)
      return result
    } finally {
      own.close()
    }
  }

  async announce(channel: string, text: string): Promise<void> {
    this.#refuse('an announcement')
    this.#listeners.deliver(announcement(channel, text))
  }

  async listen(channel: string, heard: (text: string) => void): Promise<() => Promise<void>> {
    return this.#listeners.add(channel, heard)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue.drain()
    this.#reader?.close()
    // The last connection to close writes the log back into the file and removes it.
    this.#writer.close()
  }

  #allOrNone(writes: readonly { readonly compiled: Compiled; readonly values: readonly SqlValue[] }[]): void {
    this.#writer.control('savepoint all_or_none')
    try {
      for (const { compiled, values } of writes) this.#count(compiled, () => this.#writer.changes(compiled, values))
    } catch (error) {
      if (this.#writer.inTransaction) this.#writer.control('rollback to all_or_none; release all_or_none')
      throw error
    }
    this.#writer.control('release all_or_none')
  }

  #checked(statement: Statement, values: readonly SqlValue[]): Compiled {
    const compiled = this.#compile(statement)
    checkValues(compiled, values)
    return compiled
  }

  #enter(statement: Statement, values: readonly SqlValue[]): Compiled {
    this.#refuse(statement.name)
    return this.#checked(statement, values)
  }

  #refuse(what: string): void {
    if (this.#closed) throw new Error(`${what}: the database is closed`)
    refuseInside(this.#current, what)
  }

  #count<T>(compiled: Compiled, execute: (compiled: Compiled) => T): T {
    this.onStatement?.(compiled.name)
    return execute(compiled)
  }
}
