/**
 * The storage room: SQL text lives here and nowhere else. sql.ts is the seam that the other rooms see; sqlite.ts and postgres.ts are
 * the engines behind it, dialect.ts is what they spell differently, transaction.ts what they share; migrations/ is the schema and
 * migrate.ts applies it; every other file is the repository of one family of tables. Not here: what a row means (realm, users,
 * sessions). It may call log, clock, crypto, config, http and representations, and needs almost none of them.
 */
import { migrate } from './migrate.ts'
import { openPostgres, postgresAddress } from './postgres.ts'
import type { Database } from './sql.ts'
import { openSqlite } from './sqlite.ts'

/** Which database to use. `memory` is SQLite without a file: everything is gone at `close`. */
export type DatabaseOptions =
  | { readonly engine: 'memory' }
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'postgres'; readonly url: string; readonly username?: string; readonly password?: string; readonly poolMax?: number }

/** Words for messages: where the data is, without a password. */
const placeOf = (options: DatabaseOptions): string => {
  if (options.engine === 'sqlite') return `database file ${options.file}`
  return options.engine === 'postgres' ? `PostgreSQL database ${postgresAddress(options).text}` : 'database in memory'
}

const engines = {
  memory: () => openSqlite({ file: ':memory:' }),
  sqlite: (options: DatabaseOptions & { engine: 'sqlite' }) => openSqlite(options),
  postgres: (options: DatabaseOptions & { engine: 'postgres' }) => openPostgres(options),
}

function openEngine(options: DatabaseOptions): Promise<Database> {
  if (options.engine === 'postgres') return engines.postgres(options)
  return options.engine === 'sqlite' ? engines.sqlite(options) : engines.memory()
}

/**
 * Opens the database and brings its schema up to date. Throws an Error of one line that names the file or the server (never the
 * password) when it cannot be reached, is no database, or was written by a newer version of this program.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database = await openEngine(options)
  try {
    await migrate(database)
  } catch (error) {
    await database.close()
    throw new Error(`the ${placeOf(options)} cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  return database
}
