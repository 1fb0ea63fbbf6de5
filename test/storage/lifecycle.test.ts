import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { migrate } from '../../src/storage/migrate.ts'
import { openDatabase } from '../../src/storage/open.ts'
import { type Database, statement } from '../../src/storage/sql.ts'
import { engines } from './engines.ts'
import { execute } from './suite.ts'

const houses = statement('house.list', 'select id from house order by id')

/** A folder of migrations, each a name and its text. */
function folder(migrations: Readonly<Record<string, string>>): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'ostiary-migrations-'))
  for (const [name, text] of Object.entries(migrations)) writeFileSync(join(path, name), text)
  return { path, remove: () => rmSync(path, { recursive: true }) }
}

const first = {
  '0001-house.sql': "-- A house; and its key.\ncreate table house (id text primary key);\ninsert into house values ('a;b');\n",
}
const second = { '0002-door.sql': 'alter table house add column door text;\nupdate house set door = id;\n' }

/** Gives the check a new database with the migrations of the program, and cleans up. */
async function withPlace(engine: (typeof engines)[number], check: (open: () => Promise<Database>) => Promise<void>): Promise<void> {
  const place = await engine.make()
  const databases: Database[] = []
  try {
    await check(async () => {
      const database = await openDatabase(place.options)
      databases.push(database)
      return database
    })
  } finally {
    for (const database of databases) await database.close()
    await place.remove()
  }
}

/** Applies these migrations instead of the program's own. */
async function migrateWith(database: Database, migrations: Readonly<Record<string, string>>): Promise<void> {
  const made = folder(migrations)
  try {
    await migrate(database, made.path)
  } finally {
    made.remove()
  }
}

for (const engine of engines) {
  test(`${engine.name}: migrations are applied in order, once, and line ends do not matter`, () =>
    withPlace(engine, async (open) => {
      const database = await open()
      await execute(database, 'drop table migration')
      await migrateWith(database, first)
      await migrateWith(database, first)
      assert.deepEqual(await database.all(houses), [{ id: 'a;b' }])
      const turned = { '0001-house.sql': first['0001-house.sql'].replaceAll('\n', '\r\n') }
      await migrateWith(database, { ...turned, ...second })
      assert.deepEqual(await database.all(statement('house.doors', 'select id, door from house')), [{ id: 'a;b', door: 'a;b' }])
    }))

  test(`${engine.name}: a database that is newer than the program is refused`, () =>
    withPlace(engine, async (open) => {
      const database = await open()
      await execute(database, 'drop table migration')
      await migrateWith(database, { ...first, ...second })
      await assert.rejects(migrateWith(database, first), /written by a newer version .* 0002-door, .* 0001-house$/)
    }))

  test(`${engine.name}: an applied migration whose text was changed is refused`, () =>
    withPlace(engine, async (open) => {
      const database = await open()
      await execute(database, 'drop table migration')
      await migrateWith(database, first)
      const changed = { '0001-house.sql': `${first['0001-house.sql']}-- one more word\n` }
      await assert.rejects(migrateWith(database, { ...changed, ...second }), /migration 0001-house was applied with another text/)
    }))

  test(`${engine.name}: a migration that fails leaves nothing of itself and is named`, () =>
    withPlace(engine, async (open) => {
      const database = await open()
      await execute(database, 'drop table migration')
      const broken = { '0002-door.sql': 'create table door (id text primary key);\ncreate tabel window (id text);\n' }
      await assert.rejects(migrateWith(database, { ...first, ...broken }), /^Error: migration 0002-door failed: .*tabel/)
      await migrateWith(database, { ...first, '0002-door.sql': 'create table door (id text primary key);\n' })
      assert.deepEqual(await database.all(houses), [{ id: 'a;b' }])
    }))

  test(`${engine.name}: a gap in the numbers of migrations is refused`, () =>
    withPlace(engine, async (open) => {
      const database = await open()
      await assert.rejects(migrateWith(database, second), /migration 0002-door is not number 1/)
    }))

  test(`${engine.name}: nodes that start at once on one new database migrate it once`, () =>
    withPlace(engine, async (open) => {
      const databases = await Promise.all(Array.from({ length: 5 }, open))
      const applied = statement('migrations.count', 'select count(*) as n from migration where number = 1')
      for (const database of databases) assert.deepEqual(await database.one(applied), { n: 1 })
    }))

  test(`${engine.name}: close waits for what is queued and under way, and refuses what comes later`, () =>
    withPlace(engine, async (open) => {
      const database = await open()
      await execute(database, 'create table late (id integer primary key)')
      const insert = statement('late.insert', 'insert into late (id) values ($1)')
      const writes = Array.from({ length: 50 }, (_, id) => database.run(insert, id))
      const transaction = database.transaction(async (tx) => {
        await new Promise((resolve) => setImmediate(resolve))
        return tx.run(insert, 1_000)
      })
      await database.close()
      assert.deepEqual(await Promise.all(writes), Array(50).fill(1))
      assert.equal(await transaction, 1)
      await database.close()
      await assert.rejects(database.run(insert, 2_000), /late\.insert: the database is closed/)
      await assert.rejects(
        database.transaction(async () => undefined),
        /the database is closed/,
      )
    }))
}

for (const engine of engines.filter(({ name }) => name !== 'memory')) {
  test(`${engine.name}: what was written is there after close and open`, () =>
    withPlace(engine, async (open) => {
      const before = await open()
      await execute(before, 'create table kept (id text primary key)')
      await execute(before, `insert into kept values ('a')`)
      await before.close()
      const after = await open()
      assert.deepEqual(await after.all(statement('kept.list', 'select id from kept')), [{ id: 'a' }])
    }))

  test(`${engine.name}: a newer database is refused in one line that says where it is`, async () => {
    const place = await engine.make()
    const database = await openDatabase(place.options)
    await execute(database, `insert into migration (number, name, checksum) values (9999, '9999-future', '')`)
    await database.close()
    await assert.rejects(openDatabase(place.options), (error: Error) => {
      assert.match(
        error.message,
        /^the (?:database file .*ostiary\.db|PostgreSQL database .*) cannot be used: it was written by a newer version[^\n]*$/,
      )
      assert.ok(place.options.engine !== 'postgres' || !error.message.includes(new URL(place.options.url).password))
      return true
    })
    await place.remove()
  })
}
