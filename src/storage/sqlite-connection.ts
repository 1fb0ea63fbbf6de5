import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Compiled } from './dialect.ts'
import { storageLimits } from './limits.ts'
import { type Row, type SqlValue, UniqueViolation } from './sql.ts'

interface Prepared {
  readonly text: string
  readonly statement: StatementSync
  readonly columns: readonly string[]
}

/** SQLite extended result codes (sqlite.org/rescode.html): a unique index, a primary key, a row id that is taken. */
const uniqueCodes: readonly unknown[] = [2067, 1555, 2579]

function translate(name: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if ('errcode' in error && uniqueCodes.includes(error.errcode)) {
    return new UniqueViolation(error.message.replace('UNIQUE constraint failed: ', ''), error)
  }
  error.message = `statement ${name}: ${error.message}`
  return error
}

/** A JavaScript number would be bound as a floating-point value, and 5 in a text column would read 5.0. */
const bound = (value: SqlValue): SQLInputValue => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value)

/** One connection of node:sqlite with its prepared statements. Everything is synchronous. */
export class SqliteConnection {
  readonly #database: DatabaseSync
  /** By name, the least recently used first. */
  readonly #prepared = new Map<string, Prepared>()

  /** Throws node:sqlite's error when the file cannot be opened or is no database. */
  constructor(file: string, { readOnly, cacheKib }: { readOnly: boolean; cacheKib: number }) {
    this.#database = new DatabaseSync(file, { readOnly, timeout: storageLimits.lockWaitMs, enableForeignKeyConstraints: true })
    try {
      this.#configure(file, readOnly, cacheKib)
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  #configure(file: string, readOnly: boolean, cacheKib: number): void {
    const database = this.#database
    if (!readOnly && file !== ':memory:') {
      const mode = database.prepare('pragma journal_mode = wal').get()?.['journal_mode']
      if (mode !== 'wal') throw new Error('its file system cannot hold a write-ahead log')
    }
    // FULL flushes the log at every commit: with NORMAL an acknowledged write could be lost with the power.
    database.exec(
      `pragma synchronous = full; pragma cache_size = -${cacheKib}; pragma mmap_size = 0;
       pragma journal_size_limit = ${storageLimits.walBytesMax}; pragma trusted_schema = off`,
    )
    // Reads the header and the schema, so that a file that is no database is found out now.
    database.prepare('select count(*) from sqlite_schema').get()
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  /** Transaction control; not a statement of the program. */
  control(text: string): void {
    this.#database.exec(text)
  }

  /** Takes memory only as pages come, and gives it back. */
  resizeCache(kib: number): void {
    this.#database.exec(`pragma cache_size = -${kib}; pragma shrink_memory`)
  }

  rows(compiled: Compiled, values: readonly SqlValue[]): Row[] {
    try {
      const { statement, columns } = this.#prepare(compiled)
      const arrays = statement.all(...values.map(bound)) as unknown as SqlValue[][]
      return arrays.map((array) => {
        const row: Row = {}
        for (const [at, column] of columns.entries()) row[column] = array[at] ?? null
        return row
      })
    } catch (error) {
      throw translate(compiled.name, error)
    }
  }

  /** Returns how many rows were changed. */
  changes(compiled: Compiled, values: readonly SqlValue[]): number {
    try {
      return Number(this.#prepare(compiled).statement.run(...values.map(bound)).changes)
    } catch (error) {
      throw translate(compiled.name, error)
    }
  }

  close(): void {
    this.#prepared.clear()
    this.#database.close()
  }

  #prepare({ name, kept: keeps, text }: Compiled): Prepared {
    const kept = keeps ? this.#prepared.get(name) : undefined
    if (kept !== undefined) {
      if (kept.text !== text) throw new Error('two statements have this name')
      this.#prepared.delete(name)
      this.#prepared.set(name, kept)
      return kept
    }
    const statement = this.#database.prepare(text)
    statement.setReturnArrays(true)
    const prepared = { text, statement, columns: statement.columns().map((column) => column.name) }
    if (keeps) this.#prepared.set(name, prepared)
    if (this.#prepared.size > storageLimits.preparedMax) {
      const [oldest = ''] = this.#prepared.keys()
      this.#prepared.delete(oldest)
    }
    return prepared
  }
}
