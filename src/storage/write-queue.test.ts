import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storageLimits } from './limits.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { WriteQueue } from './write-queue.ts'

const insert = { name: 'n.insert', text: 'insert into n (v, pad) values (?1, ?2)', parameters: 2, kept: true, writes: true }
const list = { name: 'n.list', text: 'select v from n order by v', parameters: 0, kept: true, writes: false }

/** A queue over a connection in memory that writes down its transaction control. */
function openQueue() {
  const connection = new SqliteConnection(':memory:', { readOnly: false, cacheKib: 1_024 })
  connection.control('create table n (v integer primary key, pad text)')
  const controls: string[] = []
  const queue = new WriteQueue({
    control: (text) => {
      controls.push(text)
      connection.control(text)
    },
    get inTransaction() {
      return connection.inTransaction
    },
  })
  const write = (v: number, pad = ''): Promise<number> => queue.write(() => connection.changes(insert, [v, pad]))
  const rows = (): unknown[] => connection.rows(list, []).map((row) => row['v'])
  return { connection, controls, queue, write, rows }
}

test('writes of one turn of the event loop share one commit', async () => {
  const { controls, write, rows } = openQueue()
  await Promise.all(Array.from({ length: 100 }, (_, v) => write(v)))
  assert.deepEqual(controls, ['begin immediate', 'commit'])
  assert.equal(rows().length, 100)
})

test('a write is acknowledged after its commit', async () => {
  const { controls, write } = openQueue()
  const atAcknowledgement = await Promise.all([1, 2].map((v) => write(v).then(() => [...controls])))
  assert.deepEqual(atAcknowledgement, [
    ['begin immediate', 'commit'],
    ['begin immediate', 'commit'],
  ])
})

test('no more writes than the limit share a commit', async () => {
  const { controls, write } = openQueue()
  await Promise.all(Array.from({ length: storageLimits.batchWritesMax + 1 }, (_, v) => write(v)))
  assert.equal(controls.filter((text) => text === 'commit').length, 2)
})

test('a turn runs alone, after the writes before it and before those after it', async () => {
  const { queue, write } = openQueue()
  const order: string[] = []
  const before = write(1).then(() => order.push('before'))
  const turn = queue.turn().then(async (giveBack) => {
    order.push('turn')
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    order.push('end of turn')
    giveBack()
  })
  const after = write(2).then(() => order.push('after'))
  await Promise.all([before, turn, after])
  assert.deepEqual(order, ['before', 'turn', 'end of turn', 'after'])
})

test('a read waits for the end of a turn', async () => {
  const { queue, write, rows } = openQueue()
  await write(1)
  const giveBack = await queue.turn()
  let seen: unknown[] | undefined
  const read = queue.read(rows).then((found) => {
    seen = found
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(seen, undefined)
  giveBack()
  await read
  assert.deepEqual(seen, [1])
})

test('when the commit fails nobody is told that his write is kept', async () => {
  const { connection, queue, write, rows } = openQueue()
  connection.control('create table child (v integer references n (v) deferrable initially deferred)')
  const orphan = { name: 'child.insert', text: 'insert into child (v) values (99)', parameters: 0, kept: true, writes: true }
  const outcomes = await Promise.allSettled([write(1), queue.write(() => connection.changes(orphan, [])), write(2)])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  assert.deepEqual(rows(), [])
  assert.equal(await write(3), 1)
})

test('when the engine gives up in the middle nothing of the commit is acknowledged', async () => {
  const { connection, queue, write, rows } = openQueue()
  const giveUp = { name: 'n.give-up', text: 'insert or rollback into n (v) values (1)', parameters: 0, kept: true, writes: true }
  const outcomes = await Promise.allSettled([write(1), queue.write(() => connection.changes(giveUp, [])), write(2)])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  assert.deepEqual(rows(), [])
  assert.equal(await write(3), 1)
})

test('a full disk fails the write that does not fit', async () => {
  const { connection, write, rows } = openQueue()
  connection.control('pragma max_page_count = 20')
  const outcomes = await Promise.allSettled([write(1), write(2, 'x'.repeat(1_000_000))])
  assert.equal(outcomes[1]?.status, 'rejected')
  assert.deepEqual(rows(), outcomes[0]?.status === 'fulfilled' ? [1] : [])
})

test('beyond the limit of waiting writes the next is refused', async () => {
  const { write } = openQueue()
  const waiting = Array.from({ length: storageLimits.queuedMax }, (_, v) => write(v))
  assert.throws(() => void write(-1), /more than 20000 writes wait for the disk/)
  await Promise.all(waiting)
})
