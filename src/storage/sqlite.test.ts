import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { openDatabase } from './open.ts'
import { statement } from './sql.ts'
import { openSqlite } from './sqlite.ts'

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ostiary-sqlite-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The one line that an operator sees. */
const refusal = (file: string) => (error: Error) =>
  error.message.startsWith(`the database file ${file} cannot be `) && !error.message.includes('\n')

test('a file that is no database, or a folder, is refused in one line that names it', async (t) => {
  const garbage = join(directory(t), 'garbage.db')
  writeFileSync(garbage, 'this is a letter, not a database. '.repeat(1_000))
  await assert.rejects(openSqlite({ file: garbage }), refusal(garbage))
  const folder = join(directory(t), 'folder.db')
  mkdirSync(folder)
  await assert.rejects(openSqlite({ file: folder }), refusal(folder))
  const below = join(garbage, 'below.db')
  await assert.rejects(openSqlite({ file: below }), refusal(below))
})

test('a file that was cut off is refused in one line that names it', async (t) => {
  const file = join(directory(t), 'cut.db')
  const database = await openDatabase({ engine: 'sqlite', file })
  await database.close()
  truncateSync(file, 6_000)
  await assert.rejects(openDatabase({ engine: 'sqlite', file }), refusal(file))
})

test('folders on the way are made, and nobody else may read the file', async (t) => {
  const file = join(directory(t), 'a', 'b', 'new.db')
  const database = await openDatabase({ engine: 'sqlite', file })
  for (const path of [file, `${file}-wal`]) assert.equal(statSync(path).mode & 0o777, 0o600, path)
  assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700)
  await database.close()
})

test('close leaves one file, with everything in it', async (t) => {
  const file = join(directory(t), 'one.db')
  const database = await openDatabase({ engine: 'sqlite', file })
  await database.run(statement('t', 'create table t as select 7 as n'))
  assert.ok(existsSync(`${file}-wal`))
  await database.close()
  assert.ok(!existsSync(`${file}-wal`))
  const plain = new DatabaseSync(file)
  assert.equal(plain.prepare('select n from t').get()?.['n'], 7)
  plain.close()
})

test('every connection flushes the log at each commit and keeps foreign keys', async (t) => {
  const database = await openDatabase({ engine: 'sqlite', file: join(directory(t), 'pragma.db') })
  const pragma = (name: string) => statement(`pragma.${name}`, `pragma ${name}`)
  // On the writer; `synchronous` cannot be asked inside a reading transaction of its own.
  assert.deepEqual(await database.one(pragma('synchronous')), { synchronous: 2 })
  assert.deepEqual(await database.one(pragma('journal_mode')), { journal_mode: 'wal' })
  assert.deepEqual(await database.one(pragma('foreign_keys')), { foreign_keys: 1 })
  await database.close()
})

test('two statements of one name are found out', async () => {
  const database = await openDatabase({ engine: 'memory' })
  await database.one(statement('same', 'select 1 as n'))
  await assert.rejects(database.one(statement('same', 'select 2 as n')), /statement same: two statements have this name/)
  await database.close()
})

test('two processes may share a file: each waits for the other and sees its writes', async (t) => {
  const file = join(directory(t), 'shared.db')
  const one = await openDatabase({ engine: 'sqlite', file })
  const other = await openDatabase({ engine: 'sqlite', file })
  await one.run(statement('t', 'create table t (n integer)'))
  await Promise.all(
    [one, other].flatMap((database) => [1, 2, 3].map((n) => database.run(statement('t.insert', 'insert into t values ($1)'), n))),
  )
  assert.deepEqual(await one.one(statement('t.count', 'select count(*) as n from t')), { n: 6 })
  await one.close()
  await other.close()
})
