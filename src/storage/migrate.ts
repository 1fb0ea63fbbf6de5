import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dialects } from './dialect.ts'
import { type Database, type Row, type Sql, statement } from './sql.ts'

interface Migration {
  /** Counts from 1 without a gap. */
  readonly number: number
  readonly name: string
  /** SHA-256 of the text in hexadecimal. */
  readonly checksum: string
  readonly text: string
}

interface AppliedRow extends Row {
  number: number
  name: string
  checksum: string
}

const createTable = statement(
  'migration.create-table',
  'create table if not exists migration (number integer primary key, name text not null, checksum text not null)',
)
const list = statement('migration.list', 'select number, name, checksum from migration order by number')
const record = statement('migration.record', 'insert into migration (number, name, checksum) values ($1, $2, $3)')

/** Beside this file in a checkout, beside the bundle in a release. */
const ownDirectory = join(import.meta.dirname, 'migrations')

function readMigrations(directory: string): Migration[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'))
  return files.sort().map((file, at) => {
    const name = file.slice(0, -'.sql'.length)
    if (Number(name.slice(0, 4)) !== at + 1) throw new Error(`migration ${name} is not number ${at + 1}`)
    // A checkout may turn line ends.
    const text = readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n')
    return { number: at + 1, name, checksum: createHash('sha256').update(text).digest('hex'), text }
  })
}

/** Each statement ends with a semicolon at the end of a line, so that no parser is needed. */
const statementsOf = (text: string): string[] =>
  text
    .split(/;[ \t]*(?:\n|$)/)
    .map((part) => part.replace(/^--.*\n/gm, '').trim())
    .filter((part) => part !== '')

/** A statement without a name is not kept as a prepared one. */
const once = (text: string) => statement('', text)

function checkApplied(applied: readonly AppliedRow[], known: readonly Migration[]): void {
  const last = applied.at(-1)
  if (last !== undefined && last.number > known.length) {
    throw new Error(
      `it was written by a newer version of this program: it is at migration ${last.name}, and this version knows no more than ${known.at(-1)?.name}`,
    )
  }
  for (const { number, name, checksum } of applied) {
    const migration = known[number - 1]
    if (migration?.checksum !== checksum)
      throw new Error(`migration ${name} was applied with another text than this version's ${migration?.name}`)
  }
}

/** Locks out other nodes, checks what is there, and hands on what is not applied yet. */
async function inLock(
  database: Sql,
  lock: readonly string[],
  known: readonly Migration[],
  apply: (tx: Sql, missing: Migration[]) => Promise<void>,
) {
  await database.transaction(async (tx) => {
    for (const text of lock) await tx.run(once(text))
    await tx.run(createTable)
    const applied = await tx.all<AppliedRow>(list)
    checkApplied(applied, known)
    await apply(tx, known.slice(applied.length))
  })
}

async function applyOne(tx: Sql, { number, name, checksum, text }: Migration): Promise<void> {
  try {
    for (const part of statementsOf(text)) await tx.run(once(part))
  } catch (error) {
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  await tx.run(record, number, name, checksum)
}

/**
 * Applies the migrations `NNNN-name.sql` that the database does not have, in order, each in its transaction. Safe when several nodes
 * start at once. Throws when the database is newer than the program, or when the text of an applied migration was changed.
 */
export async function migrate(database: Database, directory: string = ownDirectory): Promise<void> {
  const known = readMigrations(directory)
  const lock = dialects[database.engine].migrationLock
  let left = true
  while (left) {
    await inLock(database, lock, known, async (tx, [first, ...others]) => {
      if (first !== undefined) await applyOne(tx, first)
      left = others.length > 0
    })
  }
}
