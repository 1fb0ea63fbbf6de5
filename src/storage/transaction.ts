import type { AsyncLocalStorage } from 'node:async_hooks'
import { type Announcement, announcement } from './announcements.ts'
import type { Row, Sql, SqlValue, Statement, Write } from './sql.ts'

/** One connection to the engine, on which a transaction has begun. */
export interface Connection {
  rows(statement: Statement, values: readonly SqlValue[]): Promise<Row[]>
  /** Returns how many rows were changed. */
  changes(statement: Statement, values: readonly SqlValue[]): Promise<number>
  /** Savepoints and the like. */
  control(text: string): Promise<void>
  listen: Sql['listen']
}

/** The innermost transaction that the running code is in. One per database. */
export type CurrentTransaction = AsyncLocalStorage<Transaction>

/** Using the outer Sql inside a transaction would wait for its own end (SQLite) or miss its writes (PostgreSQL). */
export function refuseInside(current: CurrentTransaction, what: string): void {
  if (current.getStore()?.open === true) throw new Error(`${what}: inside a transaction only its own tx may be used`)
}

/**
 * The Sql inside a transaction. Statements run one after the other, also when they are given at once. One that fails, fails the whole
 * transaction, on SQLite as on PostgreSQL: what may fail and be survived goes into a nested transaction, which is a savepoint.
 */
export class Transaction implements Sql {
  readonly #connection: Connection
  readonly #current: CurrentTransaction
  readonly #outer: Transaction | undefined
  #last: Promise<unknown> = Promise.resolve()
  #failure: { readonly error: unknown } | undefined
  #announcements: Announcement[] = []
  #open = true

  private constructor(connection: Connection, current: CurrentTransaction, outer?: Transaction) {
    this.#connection = connection
    this.#current = current
    this.#outer = outer
  }

  /** Runs the work up to, not including, the commit. Rejects when the work or any of its statements failed: then roll back. */
  static async run<R>(
    connection: Connection,
    current: CurrentTransaction,
    work: (tx: Sql) => Promise<R>,
    outer?: Transaction,
  ): Promise<{ result: R; announcements: readonly Announcement[] }> {
    const tx = new Transaction(connection, current, outer)
    try {
      const result = await current.run(tx, () => work(tx))
      await tx.#last
      if (tx.#failure !== undefined) throw tx.#failure.error
      return { result, announcements: tx.#announcements }
    } finally {
      tx.#open = false
      await tx.#last
    }
  }

  /** True while this one or one around it runs. */
  get open(): boolean {
    return this.#open || this.#outer?.open === true
  }

  all<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R[]> {
    return this.#next(statement.name, () => this.#connection.rows(statement, values) as Promise<R[]>)
  }

  async one<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R | undefined> {
    const [first] = await this.all<R>(statement, ...values)
    return first
  }

  run(statement: Statement, ...values: SqlValue[]): Promise<number> {
    return this.#next(statement.name, () => this.#connection.changes(statement, values))
  }

  async runAll(writes: readonly Write[]): Promise<void> {
    await Promise.all(writes.map((write) => this.run(...write)))
  }

  transaction<R>(work: (tx: Sql) => Promise<R>): Promise<R> {
    return this.#next('a nested transaction', () => this.#savepoint(work), false)
  }

  async announce(channel: string, text: string): Promise<void> {
    this.#announcements.push(announcement(channel, text))
  }

  listen(channel: string, heard: (text: string) => void): Promise<() => Promise<void>> {
    return this.#connection.listen(channel, heard)
  }

  /** Nested savepoints may share one name: the innermost is meant. */
  async #savepoint<R>(work: (tx: Sql) => Promise<R>): Promise<R> {
    await this.#control('savepoint inner_transaction')
    try {
      const { result, announcements } = await Transaction.run(this.#connection, this.#current, work, this)
      await this.#control('release savepoint inner_transaction')
      this.#announcements.push(...announcements)
      return result
    } catch (error) {
      await this.#control('rollback to savepoint inner_transaction')
      await this.#control('release savepoint inner_transaction')
      throw error
    }
  }

  /** When a savepoint cannot be set or undone, the engine has given up the transaction: nothing may run after it. */
  async #control(text: string): Promise<void> {
    try {
      await this.#connection.control(text)
    } catch (error) {
      this.#failure ??= { error }
      throw error
    }
  }

  /** Runs the step after those before it. A step that fails, fails the transaction, unless it has put itself right. */
  async #next<T>(what: string, step: () => Promise<T>, fatal = true): Promise<T> {
    if (!this.#open) throw new Error(`${what}: the transaction has ended`)
    const innermost = this.#current.getStore()
    if (innermost?.open === true && innermost.#isWithin(this))
      throw new Error(`${what}: inside a nested transaction only its own tx may be used`)
    const before = this.#last
    const run = async (): Promise<T> => {
      await before
      if (this.#failure !== undefined)
        throw new Error(`${what}: an earlier statement of the transaction failed`, { cause: this.#failure.error })
      try {
        return await step()
      } catch (error) {
        if (fatal) this.#failure ??= { error }
        throw error
      }
    }
    const running = run()
    this.#last = running.catch(() => undefined)
    return running
  }

  /** True when this one, or one around it, is open and somewhere inside the other. */
  #isWithin(other: Transaction): boolean {
    let open = false
    for (let at: Transaction | undefined = this; at !== undefined; at = at.#outer) {
      if (at === other) return open
      open ||= at.#open
    }
    return false
  }
}
