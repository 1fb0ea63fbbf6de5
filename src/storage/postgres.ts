import { AsyncLocalStorage } from 'node:async_hooks'
import type { ClientConfig, Pool, PoolClient, QueryResult } from 'pg'
import { type Announcement, announcement, Listeners } from './announcements.ts'
import { checkValues, compiler, dialects } from './dialect.ts'
import { storageLimits } from './limits.ts'
import { type PostgresAddress, type PostgresOptions, postgresAddress } from './postgres-address.ts'
import { notifyChannel, notifyPayload, PostgresListener } from './postgres-listener.ts'
import { type Database, type Row, type Sql, type SqlValue, type Statement, UniqueViolation, type Write } from './sql.ts'
import { type Connection, refuseInside, Transaction } from './transaction.ts'

export { type PostgresOptions, postgresAddress } from './postgres-address.ts'

/** PostgreSQL error codes (postgresql.org/docs/current/errcodes-appendix.html). */
const uniqueViolation = '23505'
const serializationFailure = '40001'
const deadlock = '40P01'

/**
 * Repeatable read: a row that another transaction has changed since this one began to read cannot be overwritten unseen, as it could
 * not be with the one writer of SQLite.
 */
const beginOf = (access: 'read write' | 'read only'): string => `begin isolation level repeatable read ${access}`
const beginWriting: readonly string[] = [beginOf('read write')]

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

const mayRunAgain = (error: unknown): boolean => codeOf(error) === serializationFailure || codeOf(error) === deadlock

function int8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`)
  return value
}

const asStored = (text: string): string => text

/** By type oid: what SQLite gives for the same statement. Types that no table uses come as text. */
const parsers: Readonly<Record<number, (text: string) => SqlValue>> = {
  16: (text) => (text === 't' ? 1 : 0),
  17: (text) => Buffer.from(text.slice(2), 'hex'),
  20: int8,
  21: Number,
  23: Number,
  26: Number,
  700: Number,
  701: Number,
  1700: Number,
}

const types = { getTypeParser: (oid: number) => parsers[oid] ?? asStored }

/** Rows in an error's detail may hold a secret, and errors are logged. */
function translate(name: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if ('detail' in error) error.detail = undefined
  if ('where' in error) error.where = undefined
  if (codeOf(error) === uniqueViolation) return new UniqueViolation('constraint' in error ? String(error.constraint) : name, error)
  error.message = `statement ${name}: ${error.message}`
  return error
}

/** One line without a password. A host with several addresses fails with an AggregateError that has no message of its own. */
function unreachable({ text }: PostgresAddress, error: unknown): Error {
  const reason = error instanceof Error ? error.message || String(codeOf(error)) : String(error)
  return new Error(`the PostgreSQL database ${text} cannot be reached: ${reason}`, { cause: error })
}

function clientConfig(address: PostgresAddress): ClientConfig {
  const { host, port, database, user, password, ssl, schema } = address
  return {
    host,
    port,
    database,
    ssl,
    types,
    application_name: 'ostiary',
    keepAlive: true,
    connectionTimeoutMillis: storageLimits.connectTimeoutMs,
    idle_in_transaction_session_timeout: storageLimits.idleInTransactionMs,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(schema === undefined ? {} : { options: `-c search_path=${schema.replace(/[\\ ]/g, '\\$&')}` }),
  }
}

/**
 * Connects to PostgreSQL. Throws an Error of one line that names the server and the database, never the password, when it cannot be
 * reached. The driver is loaded here, so that a server on SQLite does not carry it.
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const address = postgresAddress(options)
  const { default: pg } = await import('pg')
  const config = clientConfig(address)
  const pool = new pg.Pool({ ...config, max: options.poolMax ?? storageLimits.poolMax })
  // A connection lost while idle is no news: the pool drops it, and the next statement gets a new one.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const listeners = new Listeners()
  const listener = new PostgresListener(
    () => new pg.Client(config),
    (heard) => listeners.deliver(heard),
  )
  try {
    const { rows } = await pool.query<{ server_encoding: string }>('show server_encoding')
    if (rows[0]?.server_encoding !== 'UTF8') throw new Error(`its encoding is ${rows[0]?.server_encoding}, and UTF8 is needed`)
  } catch (error) {
    await pool.end()
    throw unreachable(address, error)
  }
  return new PostgresDatabase(address, pool, listeners, listener)
}

class PostgresDatabase implements Database {
  readonly engine = 'postgres'
  onStatement: ((name: string) => void) | undefined
  readonly #address: PostgresAddress
  readonly #pool: Pool
  readonly #listeners: Listeners
  readonly #listener: PostgresListener
  readonly #compile = compiler(dialects.postgres)
  readonly #current = new AsyncLocalStorage<Transaction>()
  /** Names that connections may keep a prepared statement for. */
  readonly #names = new Set<string>()
  readonly #underWay = new Set<Promise<unknown>>()
  /** Settles when the transaction that goes alone has ended. */
  #alone: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(address: PostgresAddress, pool: Pool, listeners: Listeners, listener: PostgresListener) {
    this.#address = address
    this.#pool = pool
    this.#listeners = listeners
    this.#listener = listener
  }

  async all<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R[]> {
    const { rows } = await this.#single(statement, values)
    return rows as R[]
  }

  async one<R extends Row>(statement: Statement, ...values: SqlValue[]): Promise<R | undefined> {
    const [first] = await this.all<R>(statement, ...values)
    return first
  }

  async run(statement: Statement, ...values: SqlValue[]): Promise<number> {
    const { rowCount } = await this.#single(statement, values)
    return rowCount ?? 0
  }

  runAll(writes: readonly Write[]): Promise<void> {
    return this.transaction((tx) => tx.runAll(writes))
  }

  transaction<R>(work: (tx: Sql) => Promise<R>, size?: 'bulk'): Promise<R> {
    const begin = size === 'bulk' ? [...beginWriting, "set local ostiary.importing = 'on'"] : beginWriting
    return this.#during('a transaction', () => this.#attempt(work, begin, 1, false))
  }

  snapshot<R>(work: (sql: Sql) => Promise<R>): Promise<R> {
    return this.#during('a snapshot', () => this.#withClient((client) => this.#runTransaction(client, work, [beginOf('read only')])))
  }

  async announce(channel: string, text: string): Promise<void> {
    const one = announcement(channel, text)
    await this.#during('an announcement', () => this.#withClient((client) => this.#notify(client, one)))
  }

  async listen(channel: string, heard: (text: string) => void): Promise<() => Promise<void>> {
    const end = this.#listeners.add(channel, heard)
    try {
      await this.#listener.start()
    } catch (error) {
      await end()
      throw unreachable(this.#address, error)
    }
    return end
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    await this.#listener.close()
    await this.#pool.end()
  }

  /** A single statement is its own transaction; one that lost a deadlock did nothing and may run again. */
  #single(statement: Statement, values: readonly SqlValue[]): Promise<QueryResult<Row>> {
    return this.#during(statement.name, async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#withClient((client) => this.#query(client, statement, values))
        } catch (error) {
          if (!mayRunAgain(error) || attempt >= storageLimits.attemptsMax) throw error
        }
      }
    })
  }

  async #attempt<R>(work: (tx: Sql) => Promise<R>, begin: readonly string[], attempt: number, alone: boolean): Promise<R> {
    if (!alone) await this.#alone
    let failure: unknown
    try {
      return await this.#withClient((client) => this.#runTransaction(client, work, begin))
    } catch (error) {
      failure = error
    }
    if (!mayRunAgain(failure) || attempt >= storageLimits.attemptsMax) throw failure
    // Each deadlock costs the second that PostgreSQL waits before it looks for one, so that the first is enough.
    const together = codeOf(failure) !== deadlock && attempt < storageLimits.attemptsBeforeAlone
    if (alone || together) return this.#attempt(work, begin, attempt + 1, alone)
    const turn = this.#alone.then(() => this.#attempt(work, begin, attempt + 1, true))
    this.#alone = turn.catch(() => undefined)
    return turn
  }

  async #runTransaction<R>(client: PoolClient, work: (tx: Sql) => Promise<R>, begin: readonly string[]): Promise<R> {
    try {
      for (const text of begin) await client.query(text)
      const { result, announcements } = await Transaction.run(this.#connection(client), this.#current, work)
      for (const one of announcements) await this.#notify(client, one)
      await client.query('commit')
      return result
    } catch (error) {
      // The connection may be what failed; the pool drops it then.
      await client.query('rollback').catch(() => undefined)
      throw error
    }
  }

  #connection(client: PoolClient): Connection {
    return {
      rows: async (statement, values) => (await this.#query(client, statement, values)).rows,
      changes: async (statement, values) => (await this.#query(client, statement, values)).rowCount ?? 0,
      control: async (text) => {
        await client.query(text)
      },
      listen: (channel, heard) => this.listen(channel, heard),
    }
  }

  async #notify(client: PoolClient, one: Announcement): Promise<void> {
    await client.query({ name: 'ostiary.notify', text: 'select pg_notify($1, $2)', values: [notifyChannel, notifyPayload(one)] })
  }

  async #query(client: PoolClient, statement: Statement, values: readonly SqlValue[]): Promise<QueryResult<Row>> {
    const compiled = this.#compile(statement)
    checkValues(compiled, values)
    this.onStatement?.(statement.name)
    const { name, kept, text } = compiled
    if (kept && this.#names.size < storageLimits.preparedMax) this.#names.add(name)
    try {
      return await client.query<Row>({ text, values: [...values], ...(kept && this.#names.has(name) ? { name } : {}) })
    } catch (error) {
      throw translate(name, error)
    }
  }

  async #withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (this.#pool.waitingCount >= storageLimits.queuedMax)
      throw new Error(`more than ${storageLimits.queuedMax} statements wait for a connection`)
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw unreachable(this.#address, error)
    })
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }

  /** Refuses work after `close` and inside somebody's transaction, and lets `close` wait for the rest. */
  async #during<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error(`${what}: the database is closed`)
    refuseInside(this.#current, what)
    const running = work()
    this.#underWay.add(running)
    try {
      return await running
    } finally {
      this.#underWay.delete(running)
    }
  }
}
