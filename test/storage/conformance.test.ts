import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type Row, type SqlValue, statement, UniqueViolation } from '../../src/storage/sql.ts'
import { everyEngine, execute } from './suite.ts'

const on = everyEngine()

on('a row is inserted, read, updated and deleted, and each write says how many rows it changed', async (database) => {
  await execute(database, 'create table crud (id text primary key, n integer not null)')
  const insert = statement('crud.insert', 'insert into crud (id, n) values ($1, $2)')
  const list = statement('crud.list', 'select id, n from crud order by n')
  assert.equal(await database.run(insert, 'a', 1), 1)
  assert.equal(await database.run(insert, 'b', 2), 1)
  assert.deepEqual(await database.all(list), [
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
  ])
  assert.deepEqual(await database.one(list), { id: 'a', n: 1 })
  assert.equal(await database.run(statement('crud.update', 'update crud set n = n + $1'), 10), 2)
  const remove = statement('crud.remove', 'delete from crud where id = $1')
  assert.equal(await database.run(remove, 'a'), 1)
  assert.equal(await database.run(remove, 'a'), 0)
  assert.deepEqual(await database.all(list), [{ id: 'b', n: 12 }])
  assert.equal(await database.one(statement('crud.none', 'select id from crud where id = $1'), 'z'), undefined)
})

on('values of each type come back as they were given', async (database) => {
  await execute(database, 'create table kept (id integer primary key, t text, n bigint, s smallint, d json, f double precision, b bytea)')
  const insert = statement('kept.insert', 'insert into kept (id, t, n, s, d, f, b) values ($1, $2, $3, $4, $5, $6, $7)')
  const find = statement('kept.find', 'select t, n, s, d, f, b from kept where id = $1')
  const large = 'Ж🔑'.repeat(700_000)
  const rows: SqlValue[][] = [
    ['Львівська Олександра', 0, 1, '{"a":  1, "b":"Ї"}', 0.5, Buffer.from([0, 1, 255])],
    ['👩‍👩‍👧 e\u0301 \u200b\n\t"\'\\ $1 ?1 {{list $1}}', Number.MAX_SAFE_INTEGER, 0, '[]', -1.25e-7, Buffer.alloc(0)],
    ['', Number.MIN_SAFE_INTEGER, -1, '{"z":1,"a":2,"z":3}', 1e300, Buffer.alloc(100_000, 7)],
    [large, 1_790_000_000_000, 32_767, JSON.stringify({ large }), 3, Buffer.from(large.slice(0, 1_000))],
    [null, null, null, null, null, null],
  ]
  for (const [id, values] of rows.entries()) await database.run(insert, id, ...values)
  for (const [id, values] of rows.entries()) {
    const row = await database.one(find, id)
    const b = row?.['b']
    const found = [row?.['t'], row?.['n'], row?.['s'], row?.['d'], row?.['f'], b instanceof Uint8Array ? Buffer.from(b) : b]
    assert.deepEqual(found, values)
  }
})

on('a row is a plain object, and a whole number in a text column has no decimal point', async (database) => {
  await execute(database, 'create table plain (v text)')
  await database.run(statement('plain.insert', 'insert into plain (v) values ($1)'), 5)
  const row = await database.one(statement('plain.find', 'select v from plain'))
  assert.equal(row?.['v'], '5')
  assert.equal(Object.getPrototypeOf(row), Object.prototype)
})

on('counts and sums are numbers, and a truth value is 0 or 1', async (database) => {
  const text = `select count(*) as n, sum(v) as s, exists (select 1 where 1 = 1) as yes, 1 = 2 as no
                from (select 1 as v union all select 2) as both_rows`
  assert.deepEqual(await database.one(statement('sums', text)), { n: 2, s: 3, yes: 1, no: 0 })
})

on('an integer beyond the exact range of numbers is an error, not a near value', async (database) => {
  await execute(database, 'create table huge (v bigint)')
  await execute(database, 'insert into huge (v) values (9007199254740993)')
  await assert.rejects(database.one(statement('huge.find', 'select v from huge')), /too large/)
})

on('`returning` gives the rows of an insert, an update and a delete', async (database) => {
  await execute(database, 'create table given (id {{serial}} primary key, v text)')
  const insert = statement('given.insert', 'insert into given (v) values ($1), ($2) returning id, v')
  assert.deepEqual(await database.all(insert, 'a', 'b'), [
    { id: 1, v: 'a' },
    { id: 2, v: 'b' },
  ])
  assert.deepEqual(await database.one(statement('given.update', 'update given set v = $1 where id = 1 returning v'), 'c'), { v: 'c' })
  const taken = await database.all<{ id: number }>(statement('given.remove', 'delete from given returning id'))
  assert.deepEqual(taken.map(({ id }) => id).sort(), [1, 2])
})

on('{{serial}} never gives a number twice', async (database) => {
  await execute(database, 'create table counted (id {{serial}} primary key, v text)')
  const insert = statement('counted.insert', 'insert into counted (v) values ($1) returning id')
  assert.deepEqual(await database.one(insert, 'a'), { id: 1 })
  await execute(database, 'delete from counted')
  assert.deepEqual(await database.one(insert, 'b'), { id: 2 })
})

on('`on conflict` updates, or does nothing', async (database) => {
  await execute(database, 'create table upserted (id text primary key, n integer not null)')
  const put = statement(
    'upserted.put',
    'insert into upserted (id, n) values ($1, $2) on conflict (id) do update set n = upserted.n + excluded.n returning n',
  )
  assert.deepEqual(await database.one(put, 'a', 1), { n: 1 })
  assert.deepEqual(await database.one(put, 'a', 5), { n: 6 })
  const keep = statement('upserted.keep', 'insert into upserted (id, n) values ($1, $2) on conflict (id) do nothing')
  assert.equal(await database.run(keep, 'a', 9), 0)
  assert.equal(await database.run(keep, 'b', 9), 1)
})

on('`->>` reads a member of a document as text', async (database) => {
  await execute(database, 'create table documents (id text primary key, doc json not null)')
  await database.run(
    statement('documents.insert', 'insert into documents (id, doc) values ($1, $2)'),
    'a',
    '{"name":"Ярина","n":{"m":"x"}}',
  )
  const find = statement(
    'documents.find',
    `select doc ->> 'name' as name, doc ->> 'none' as none, doc from documents where doc ->> 'name' = $1`,
  )
  assert.deepEqual(await database.one(find, 'Ярина'), { name: 'Ярина', none: null, doc: '{"name":"Ярина","n":{"m":"x"}}' })
})

on('a recursive query ends on a cycle', async (database) => {
  await execute(database, 'create table edge (parent text not null, child text not null)')
  await execute(database, `insert into edge values ('a', 'b'), ('b', 'c'), ('c', 'a'), ('x', 'y')`)
  const reach = statement(
    'edge.reach',
    `with recursive reached (id) as (select $1 union select e.child from edge e join reached r on r.id = e.parent)
     select id from reached order by id`,
  )
  assert.deepEqual(
    (await database.all(reach, 'b')).map((row) => row['id']),
    ['a', 'b', 'c'],
  )
})

on('a `with` that writes is a write', async (database) => {
  await execute(database, 'create table copied (id text primary key)')
  const copy = statement('copied.insert', 'with source (id) as (select $1) insert into copied (id) select id from source returning id')
  assert.deepEqual(await database.all(copy, 'a'), [{ id: 'a' }])
  assert.deepEqual(await database.one(statement('copied.count', 'select count(*) as n from copied')), { n: 1 })
})

on('{{list}} is the strings of a JSON array: none, one, ten thousand', async (database) => {
  await execute(database, 'create table listed (id text primary key)')
  const many = Array.from({ length: 10_000 }, (_, at) => `id "${at}" ї`)
  const fill = statement('listed.fill', 'insert into listed (id) select value from {{list $1}} as given')
  assert.equal(await database.run(fill, JSON.stringify(many)), 10_000)
  const count = statement('listed.count', 'select count(*) as n from listed where id in {{list $1}} and id <> $2')
  assert.deepEqual(await database.one(count, '[]', ''), { n: 0 })
  assert.deepEqual(await database.one(count, JSON.stringify(['id "7" ї', 'no']), ''), { n: 1 })
  assert.deepEqual(await database.one(count, JSON.stringify(many), 'id "7" ї'), { n: 9_999 })
})

on('{{bytes}} orders and compares by bytes, and a range finds a prefix', async (database) => {
  await execute(database, 'create table sorted (name text {{bytes}} not null primary key)')
  const names = ['Z', 'a', 'ab', 'a b', 'a-b', 'é', 'Ж', 'B', '_', '🔑', 'ﬁ', 'aB']
  for (const name of names) await database.run(statement('sorted.insert', 'insert into sorted (name) values ($1)'), name)
  const bytewise = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const list = (await database.all(statement('sorted.list', 'select name from sorted order by name'))).map((row) => row['name'])
  assert.deepEqual(list, bytewise)
  const prefix = statement('sorted.prefix', 'select name from sorted where name >= $1 and name < $2 order by name')
  const found = (await database.all(prefix, 'a', 'b')).map((row) => row['name'])
  assert.deepEqual(found, ['a', 'a b', 'a-b', 'aB', 'ab'])
})

on('a broken unique index or primary key is a UniqueViolation, in and outside a transaction', async (database) => {
  await execute(database, 'create table single (id text primary key, name text not null, unique (name))')
  const insert = statement('single.insert', 'insert into single (id, name) values ($1, $2)')
  await database.run(insert, 'a', 'x')
  const isViolation = (error: unknown): boolean => error instanceof UniqueViolation && /single/.test(error.constraint)
  await assert.rejects(database.run(insert, 'a', 'y'), isViolation)
  await assert.rejects(database.run(insert, 'b', 'x'), isViolation)
  await assert.rejects(
    database.all(statement('single.returning', 'insert into single values ($1, $2) returning id'), 'b', 'x'),
    isViolation,
  )
  await assert.rejects(
    database.transaction((tx) => tx.run(insert, 'b', 'x')),
    isViolation,
  )
  assert.deepEqual(await database.one(statement('single.count', 'select count(*) as n from single')), { n: 1 })
})

on('of writes given at once the one that fails, fails alone', async (database) => {
  await execute(database, 'create table alone (id integer primary key)')
  const insert = statement('alone.insert', 'insert into alone (id) values ($1)')
  const outcomes = await Promise.allSettled([1, 2, 2, 3, 1, 4].map((id) => database.run(insert, id)))
  assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 2)
  const left = await database.all<{ id: number }>(statement('alone.list', 'select id from alone order by id'))
  assert.deepEqual(
    left.map(({ id }) => id),
    [1, 2, 3, 4],
  )
})

on('any other error names the statement and keeps the values to itself', async (database) => {
  await execute(database, 'create table strict_one (id text primary key, v text not null)')
  const insert = statement('strict.insert', 'insert into strict_one (id, v) values ($1, $2)')
  await assert.rejects(database.run(insert, 'the-secret', null), (error: Error) => {
    assert.match(error.message, /^statement strict\.insert: /)
    assert.ok(!JSON.stringify(Object.getOwnPropertyNames(error).map((name) => Reflect.get(error, name))).includes('the-secret'))
    return !(error instanceof UniqueViolation)
  })
})

on('a foreign key is kept, and cascades', async (database) => {
  await execute(database, 'create table owner (id text primary key)')
  await execute(database, 'create table owned (id text primary key, owner_id text not null references owner (id) on delete cascade)')
  const own = statement('owned.insert', 'insert into owned (id, owner_id) values ($1, $2)')
  await assert.rejects(database.run(own, 'x', 'nobody'), /foreign key/i)
  await execute(database, `insert into owner values ('a')`)
  await database.run(own, 'x', 'a')
  assert.equal(await execute(database, 'delete from owner'), 1)
  assert.deepEqual(await database.one(statement('owned.count', 'select count(*) as n from owned')), { n: 0 })
})

on('something that is deleted with `returning` is taken by exactly one of 100 callers', async (database) => {
  await execute(database, 'create table code (id text primary key, doc json not null)')
  const take = statement('code.take', 'delete from code where id = $1 returning doc')
  for (const id of ['a', 'b', 'c']) {
    await database.run(statement('code.insert', 'insert into code (id, doc) values ($1, $2)'), id, '{}')
    const inTransaction = (at: number): Promise<Row | undefined> =>
      at % 2 === 0 ? database.one(take, id) : database.transaction((tx) => tx.one(take, id))
    const taken = await Promise.all(Array.from({ length: 100 }, (_, at) => inTransaction(at)))
    assert.deepEqual(
      taken.filter((row) => row !== undefined),
      [{ doc: '{}' }],
    )
  }
})

on('each executed statement is counted by its name, transaction control and announcements are not', async (database) => {
  await execute(database, 'create table tallied (id integer primary key)')
  const insert = statement('tallied.insert', 'insert into tallied (id) values ($1)')
  const count = statement('tallied.count', 'select count(*) as n from tallied')
  const names: string[] = []
  database.onStatement = (name) => names.push(name)
  await database.run(insert, 1)
  await database.one(count)
  await database.transaction(async (tx) => {
    await tx.run(insert, 2)
    await tx.transaction((inner) => inner.all(count))
    await tx.announce('tallied', 'x')
  })
  await assert.rejects(database.run(insert, 1))
  database.onStatement = undefined
  await database.one(count)
  assert.deepEqual(names, ['tallied.insert', 'tallied.count', 'tallied.insert', 'tallied.count', 'tallied.insert'])
})

on('a wrong number of values, a text with U+0000 and an unknown macro are refused', async (database) => {
  const two = statement('two', 'select $1 as a, $2 as b')
  await assert.rejects(database.one(two, 'a'), /statement two: takes 2 values, was given 1/)
  await assert.rejects(database.one(two, 'a', 'b', 'c'), /takes 2 values, was given 3/)
  await assert.rejects(database.one(two, 'a', 'b\0'), /U\+0000/)
  await assert.rejects(database.one(statement('odd', 'select {{odd}} as a')), /statement odd: no macro \{\{odd\}\}/)
})

on('more statements than a connection keeps prepared all work', async (database) => {
  for (let at = 0; at < 1_100; at++) {
    const n = at % 550
    assert.deepEqual(await database.one(statement(`many.${n}`, `select ${n} as n`)), { n })
  }
})

on('every table of the first migration is there', async (database) => {
  const text = readFileSync(new URL('../../src/storage/migrations/0001-house.sql', import.meta.url), 'utf8')
  const tables = [...text.matchAll(/^create table (\w+)/gm)].map((match) => match[1])
  assert.ok(tables.length > 20)
  for (const table of tables) {
    assert.deepEqual(await database.one(statement(`count.${table}`, `select count(*) as n from ${table}`)), { n: 0 })
  }
})
