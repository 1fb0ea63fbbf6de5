import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, test } from 'node:test'
import { openDatabase } from '../../src/storage/open.ts'
import { statement } from '../../src/storage/sql.ts'
import { type FreshDatabase, freshDatabase } from './postgres.ts'
import { execute, gate } from './suite.ts'

const made: FreshDatabase[] = []

async function fresh(): Promise<string> {
  const one = await freshDatabase()
  made.push(one)
  return one.url
}

after(async () => {
  for (const one of made) await one.drop()
})

/** Ends every other connection to the database, as a restart or a failover does. */
const endOthers = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'

test('a server that does not answer is one line with its address and without the password', async () => {
  const free = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => free.once('listening', resolve))
  const address = free.address()
  await new Promise((resolve) => free.close(resolve))
  const port = typeof address === 'object' ? address?.port : undefined
  const url = `jdbc:postgresql://127.0.0.1:${port}/nothing`
  await assert.rejects(openDatabase({ engine: 'postgres', url, username: 'me', password: 'hush' }), (error: Error) => {
    assert.match(
      error.message,
      new RegExp(`^the PostgreSQL database 127\\.0\\.0\\.1:${port}/nothing as me cannot be reached: .*ECONNREFUSED`),
    )
    assert.ok(!error.message.includes('hush'))
    return true
  })
})

test('a wrong password and a database that does not exist are one line each', async () => {
  const url = await fresh()
  await assert.rejects(openDatabase({ engine: 'postgres', url, password: 'wrong-one' }), (error: Error) => {
    assert.match(error.message, /cannot be reached: password authentication failed for user "ostiary"$/)
    return !error.message.includes('wrong-one')
  })
  await assert.rejects(openDatabase({ engine: 'postgres', url: `${url}x` }), /cannot be reached: database ".*x" does not exist$/)
})

test('a database in another encoding than UTF-8 is refused', async () => {
  const url = await fresh()
  const database = await openDatabase({ engine: 'postgres', url })
  await execute(database, `create database latin encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`)
  await assert.rejects(
    openDatabase({ engine: 'postgres', url: url.replace(/\/\w+$/, '/latin') }),
    /its encoding is SQL_ASCII, and UTF8 is needed$/,
  )
  await execute(database, 'drop database latin')
  await database.close()
})

test('after its connections were ended, statements work again and announcements are heard again', async () => {
  const url = await fresh()
  const database = await openDatabase({ engine: 'postgres', url, poolMax: 3 })
  const other = await openDatabase({ engine: 'postgres', url, poolMax: 1 })
  const heard = gate()
  await database.listen('news', (text) => text === 'after' && heard.open())
  const one = statement('one', 'select 1 as n')
  await Promise.all([database.one(one), database.one(one), database.one(one)])
  await execute(other, endOthers)
  let deaf = true
  void heard.opened.then(() => {
    deaf = false
  })
  // The connection that hears comes back by itself; until then an announcement is not heard.
  while (deaf) {
    await other.announce('news', 'after')
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(await database.one(one), { n: 1 })
  await database.close()
  await other.close()
})

test('a transaction whose connection is lost fails and leaves nothing', async () => {
  const url = await fresh()
  const database = await openDatabase({ engine: 'postgres', url })
  const other = await openDatabase({ engine: 'postgres', url, poolMax: 1 })
  await execute(database, 'create table torn (id text)')
  await assert.rejects(
    database.transaction(async (tx) => {
      await tx.run(statement('torn.insert', 'insert into torn (id) values ($1)'), 'a')
      await execute(other, endOthers)
    }),
  )
  assert.deepEqual(await database.one(statement('torn.count', 'select count(*) as n from torn')), { n: 0 })
  await database.close()
  await other.close()
})

test('more transactions than connections wait for their turn', async () => {
  const database = await openDatabase({ engine: 'postgres', url: await fresh(), poolMax: 2 })
  const pause = statement('pause', 'select pg_sleep(0.01) as nothing')
  await Promise.all(Array.from({ length: 20 }, () => database.transaction((tx) => tx.all(pause))))
  await database.close()
})

test('the schema of the URL holds the tables', async () => {
  const url = await fresh()
  const owner = await openDatabase({ engine: 'postgres', url })
  await execute(owner, 'create schema "Own Schema"')
  const database = await openDatabase({ engine: 'postgres', url: `${url}?currentSchema=${encodeURIComponent('"Own Schema"')}` })
  const where = statement('where', `select table_schema as name from information_schema.tables where table_name = 'realm' order by 1`)
  assert.deepEqual(await database.all(where), [{ name: 'Own Schema' }, { name: 'public' }])
  await database.close()
  await owner.close()
})

test('a column without {{bytes}} follows the order of the database, so that the conformance suite means something', async () => {
  const database = await openDatabase({ engine: 'postgres', url: await fresh() })
  const provider = await database.one(
    statement('provider', 'select datlocprovider as p from pg_database where datname = current_database()'),
  )
  const order = await database.all(statement('order', `select v from (select 'a' as v union all select 'B') as two order by v`))
  const expected = provider?.['p'] === 'i' ? ['a', 'B'] : ['B', 'a']
  assert.deepEqual(
    order.map((row) => row['v']),
    expected,
  )
  await database.close()
})
