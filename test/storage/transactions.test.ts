import assert from 'node:assert/strict'
import { type Database, type Sql, statement } from '../../src/storage/sql.ts'
import { everyEngine, execute, gate } from './suite.ts'

const on = everyEngine()

const insert = (table: string) => statement(`${table}.insert`, `insert into ${table} (id) values ($1)`)

async function table(database: Database, name: string): Promise<void> {
  await execute(database, `create table ${name} (id text primary key)`)
}

async function ids(sql: Sql, name: string): Promise<unknown[]> {
  return (await sql.all(statement(`${name}.ids`, `select id from ${name} order by id`))).map((row) => row['id'])
}

on('a transaction keeps all of its writes and returns what its work returns', async (database) => {
  await table(database, 'committed')
  const result = await database.transaction(async (tx) => {
    await tx.run(insert('committed'), 'a')
    await tx.run(insert('committed'), 'b')
    assert.deepEqual(await ids(tx, 'committed'), ['a', 'b'])
    return 'done'
  })
  assert.equal(result, 'done')
  assert.deepEqual(await ids(database, 'committed'), ['a', 'b'])
})

on('a transaction whose work throws keeps nothing', async (database) => {
  await table(database, 'undone')
  const work = async (tx: Sql): Promise<void> => {
    await tx.run(insert('undone'), 'a')
    throw new Error('no')
  }
  await assert.rejects(database.transaction(work), /^Error: no$/)
  assert.deepEqual(await ids(database, 'undone'), [])
})

on('writes that are given together are kept all or none, and others of the moment do not suffer', async (database) => {
  await table(database, 'together')
  await database.runAll([
    [insert('together'), 'a'],
    [insert('together'), 'b'],
  ])
  const outcomes = await Promise.allSettled([
    database.run(insert('together'), 'before'),
    database.runAll([
      [insert('together'), 'c'],
      [insert('together'), 'a'],
    ]),
    database.run(insert('together'), 'later'),
  ])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await ids(database, 'together'), ['a', 'b', 'before', 'later'])
  await database.transaction(async (tx) => {
    await tx.runAll([
      [insert('together'), 'd'],
      [insert('together'), 'e'],
    ])
  })
  assert.deepEqual(await ids(database, 'together'), ['a', 'b', 'before', 'd', 'e', 'later'])
})

on('a nested transaction is undone alone, or with the outer one', async (database) => {
  await table(database, 'nested')
  await database.transaction(async (tx) => {
    await tx.run(insert('nested'), 'a')
    await tx.transaction(async (inner) => {
      await inner.run(insert('nested'), 'b')
      await assert.rejects(inner.transaction((innermost) => innermost.run(insert('nested'), 'b')))
      await inner.run(insert('nested'), 'c')
    })
    const failing = tx.transaction(async (inner) => {
      await inner.transaction((innermost) => innermost.run(insert('nested'), 'd'))
      throw new Error('no')
    })
    await assert.rejects(failing, /^Error: no$/)
    assert.deepEqual(await ids(tx, 'nested'), ['a', 'b', 'c'])
  })
  assert.deepEqual(await ids(database, 'nested'), ['a', 'b', 'c'])
  const outerFails = database.transaction(async (tx) => {
    await tx.transaction((inner) => inner.run(insert('nested'), 'e'))
    throw new Error('no')
  })
  await assert.rejects(outerFails, /^Error: no$/)
  assert.deepEqual(await ids(database, 'nested'), ['a', 'b', 'c'])
})

on('nested transactions and statements given at once do not mix', async (database) => {
  await table(database, 'mixed')
  await database.transaction(async (tx) => {
    const outcomes = await Promise.allSettled([
      tx.transaction(async (inner) => {
        await inner.run(insert('mixed'), 'a')
        await inner.run(insert('mixed'), 'b')
      }),
      tx.transaction(async (inner) => {
        await inner.run(insert('mixed'), 'c')
        throw new Error('no')
      }),
      tx.run(insert('mixed'), 'd'),
    ])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
  })
  assert.deepEqual(await ids(database, 'mixed'), ['a', 'b', 'd'])
})

on('a failed statement fails its transaction, also when its error is caught', async (database) => {
  await table(database, 'doomed')
  const work = async (tx: Sql): Promise<void> => {
    await tx.run(insert('doomed'), 'a')
    await assert.rejects(tx.run(insert('doomed'), 'a'))
    await assert.rejects(tx.run(insert('doomed'), 'b'), /doomed\.insert: an earlier statement of the transaction failed/)
  }
  await assert.rejects(database.transaction(work), { name: 'UniqueViolation' })
  assert.deepEqual(await ids(database, 'doomed'), [])
})

on('concurrent transactions that read and then write lose no update', async (database) => {
  await execute(database, 'create table tally (id text primary key, n integer not null)')
  await execute(database, `insert into tally values ('a', 0)`)
  const read = statement('tally.read', 'select n from tally where id = $1')
  const write = statement('tally.write', 'update tally set n = $2 where id = $1')
  const increment = (): Promise<number> =>
    database.transaction(async (tx) => {
      const row = await tx.one<{ n: number }>(read, 'a')
      return tx.run(write, 'a', (row?.n ?? 0) + 1)
    })
  await Promise.all(Array.from({ length: 60 }, increment))
  assert.deepEqual(await database.one(read, 'a'), { n: 60 })
})

on('transactions that lock each other both succeed', async (database) => {
  await execute(database, 'create table pair (id text primary key, n integer not null)')
  await execute(database, `insert into pair values ('a', 0), ('b', 0)`)
  const add = statement('pair.add', 'update pair set n = n + 1 where id = $1')
  const both = (first: string, second: string): Promise<number> =>
    database.transaction(async (tx) => {
      await tx.run(add, first)
      return tx.run(add, second)
    })
  await Promise.all(Array.from({ length: 4 }, (_, at) => (at % 2 === 0 ? both('a', 'b') : both('b', 'a'))))
  assert.deepEqual(await database.one(statement('pair.sum', 'select sum(n) as n from pair')), { n: 8 })
})

on("another request's write does not land in an open transaction and is not lost at its rollback", async (database) => {
  await table(database, 'isolated')
  const written = gate()
  const goOn = gate()
  const transaction = database.transaction(async (tx) => {
    await tx.run(insert('isolated'), 'mine')
    written.open()
    await goOn.opened
    assert.deepEqual(await ids(tx, 'isolated'), ['mine'])
    throw new Error('no')
  })
  await written.opened
  // Not awaited yet: on SQLite they wait for the transaction's end.
  const others = [database.run(insert('isolated'), 'other'), database.transaction((tx) => tx.run(insert('isolated'), 'third'))]
  const seen = ids(database, 'isolated')
  await Promise.race([seen, new Promise((resolve) => setImmediate(resolve))])
  if (database.engine === 'postgres') await Promise.all(others)
  goOn.open()
  await assert.rejects(transaction, /^Error: no$/)
  await Promise.all(others)
  assert.ok(!(await seen).includes('mine'))
  assert.deepEqual(await ids(database, 'isolated'), ['other', 'third'])
})

on('a read outside sees nothing of an open transaction, and all of it once its promise has resolved', async (database) => {
  await table(database, 'hidden')
  const written = gate()
  const goOn = gate()
  const transaction = database.transaction(async (tx) => {
    await tx.run(insert('hidden'), 'a')
    written.open()
    await goOn.opened
    await tx.run(insert('hidden'), 'b')
  })
  await written.opened
  const during = ids(database, 'hidden')
  await new Promise((resolve) => setImmediate(resolve))
  goOn.open()
  const seen = await during
  assert.ok(seen.length === 0 || seen.length === 2, `half of a transaction was seen: ${seen}`)
  await transaction
  assert.deepEqual(await ids(database, 'hidden'), ['a', 'b'])
})

on('the outer Sql inside a transaction is refused instead of waiting for ever', async (database) => {
  await table(database, 'refused')
  const only = /inside a transaction only its own tx may be used/
  await database.transaction(async (tx) => {
    await assert.rejects(database.run(insert('refused'), 'a'), only)
    await assert.rejects(ids(database, 'refused'), only)
    await assert.rejects(
      database.transaction(async () => undefined),
      only,
    )
    await assert.rejects(database.announce('refused', 'x'), only)
    await tx.transaction(async (inner) => {
      await assert.rejects(tx.run(insert('refused'), 'a'), /inside a nested transaction only its own tx may be used/)
      await inner.run(insert('refused'), 'b')
    })
  })
  assert.deepEqual(await ids(database, 'refused'), ['b'])
})

on('a tx that has ended is refused', async (database) => {
  await table(database, 'ended')
  const kept = await database.transaction(async (tx) => tx)
  await assert.rejects(kept.run(insert('ended'), 'a'), /ended\.insert: the transaction has ended/)
  await database.run(insert('ended'), 'b')
  assert.deepEqual(await ids(database, 'ended'), ['b'])
})

on('announcements are heard in order by every listener until it stops listening', async (database) => {
  const first: string[] = []
  const second: string[] = []
  const all = gate()
  const stop = await database.listen('news', (text) => first.push(text))
  await database.listen('news', (text) => {
    second.push(text)
    if (text === 'last') all.open()
  })
  await database.announce('news', 'Ґанок')
  await database.announce('gossip', 'not this')
  await database.listen('stopped', () => void stop().then(() => database.announce('news', 'last')))
  await database.announce('stopped', '')
  await all.opened
  assert.deepEqual(second, ['Ґанок', 'last'])
  assert.deepEqual(first, ['Ґанок'])
})

on('an announcement of a transaction is heard after its commit, and never when it was undone', async (database) => {
  await table(database, 'told')
  const heard: string[] = []
  const all = gate()
  const rowsWhenHeard: Promise<unknown[]>[] = []
  const stop = await database.listen('told', (text) => {
    heard.push(text)
    rowsWhenHeard.push(ids(database, 'told'))
    if (text === 'last') all.open()
  })
  await assert.rejects(
    database.transaction(async (tx) => {
      await tx.announce('told', 'undone')
      throw new Error('no')
    }),
  )
  await database.transaction(async (tx) => {
    await tx.announce('told', 'kept')
    await assert.rejects(
      tx.transaction(async (inner) => {
        await inner.announce('told', 'undone inside')
        throw new Error('no')
      }),
    )
    await tx.transaction((inner) => inner.announce('told', 'kept inside'))
    await tx.run(insert('told'), 'a')
    assert.deepEqual(heard, [])
  })
  await database.announce('told', 'last')
  await all.opened
  assert.deepEqual(heard, ['kept', 'kept inside', 'last'])
  for (const rows of await Promise.all(rowsWhenHeard)) assert.deepEqual(rows, ['a'])
  await stop()
})

on('an announcement too large for PostgreSQL is refused everywhere', async (database) => {
  await assert.rejects(database.announce('large', 'ї'.repeat(4_000)), /too many/)
})
