import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../log.ts'
import { writeBehind } from './write-behind.ts'

const log = createLogger({ level: 'off', output: 'default' })
const limits = { flushMs: 60_000, waitingMax: 3 }

/** Writes that end when they are told to. */
function gathering() {
  const writes: { readonly values: ReadonlyMap<string, number>; end(error?: Error): void }[] = []
  const gathered = writeBehind<number>({
    what: 'numbers',
    log,
    limits,
    write: (values) => new Promise((done, failed) => writes.push({ values, end: (error) => (error ? failed(error) : done(undefined)) })),
  })
  return { gathered, writes }
}

const turn = () => new Promise((done) => setImmediate(done))

test('values of one key become one, and count from when they are put until they are written', async () => {
  const { gathered, writes } = gathering()
  gathered.put('a', () => 1)
  gathered.put('a', (before) => (before ?? 0) + 1)
  gathered.put('b', () => 5)
  const flushed = gathered.flush()
  await turn()
  assert.deepEqual(
    [...(writes[0]?.values ?? [])],
    [
      ['a', 2],
      ['b', 5],
    ],
  )
  gathered.put('a', (before) => before ?? 9)
  assert.equal(
    gathered.find('a', (value) => value),
    9,
  )
  assert.equal(
    gathered.find('b', (value) => value),
    5,
  )
  writes[0]?.end()
  await flushed
  assert.equal(
    gathered.find('b', (value) => value),
    undefined,
  )
  const rest = gathered.flush()
  await turn()
  writes[1]?.end()
  await rest
  assert.equal(gathered.isEmpty, true)
})

test('too many values are written without a wait; a write that fails does not hold up the next one', async () => {
  const { gathered, writes } = gathering()
  for (const key of ['a', 'b', 'c']) gathered.put(key, () => 1)
  await turn()
  assert.equal(writes[0]?.values.size, 3)
  gathered.put('d', () => 1)
  const flushed = gathered.flush()
  writes[0]?.end(new Error('the disk is full'))
  await turn()
  assert.deepEqual([...(writes[1]?.values.keys() ?? [])], ['d'])
  writes[1]?.end()
  await flushed
  assert.equal(gathered.isEmpty, true)
})
