import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHashQueue, HashQueueFull } from './hash-queue.ts'

interface Job {
  readonly name: string
  finish(): void
  fail(): void
}

function jobs() {
  const started: Job[] = []
  const job = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      started.push({ name, finish: () => resolve(name), fail: () => reject(new Error(name)) })
    })
  return { started, job, names: () => started.map((each) => each.name) }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('jobs run at most `concurrency` at a time and the others start in the order of their coming', async () => {
  const { started, job, names } = jobs()
  const queue = createHashQueue({ concurrency: 2, queueMax: 10 })
  const results = ['a', 'b', 'c', 'd'].map((name) => queue.run(job(name)))
  await settle()
  assert.deepEqual(names(), ['a', 'b'])
  assert.equal(queue.waiting(), 2)
  started[1]?.finish()
  await settle()
  assert.deepEqual(names(), ['a', 'b', 'c'])
  started[0]?.finish()
  started[2]?.finish()
  await settle()
  started[3]?.finish()
  assert.deepEqual(await Promise.all(results), ['a', 'b', 'c', 'd'])
  assert.equal(queue.waiting(), 0)
})

test('a full queue refuses without starting the job', async () => {
  const { started, job, names } = jobs()
  const queue = createHashQueue({ concurrency: 1, queueMax: 1 })
  const first = queue.run(job('first'))
  const second = queue.run(job('second'))
  await assert.rejects(queue.run(job('third')), HashQueueFull)
  started[0]?.finish()
  await first
  await settle()
  started[1]?.finish()
  await second
  assert.deepEqual(names(), ['first', 'second'])
})

test('a job that fails gives its place to the next one', async () => {
  const { started, job } = jobs()
  const queue = createHashQueue({ concurrency: 1, queueMax: 1 })
  const failing = assert.rejects(queue.run(job('fails')), /fails/)
  const next = queue.run(job('next'))
  await settle()
  started[0]?.fail()
  await failing
  await settle()
  started[1]?.finish()
  assert.equal(await next, 'next')
})

test('while others wait, results are handed out in groups of eight', async () => {
  const { started, job } = jobs()
  const queue = createHashQueue({ concurrency: 8, queueMax: 10 })
  const done: string[] = []
  for (const name of 'abcdefghijklmnopqr') void queue.run(job(name)).then((result) => done.push(result))
  await settle()
  for (const each of started.slice(0, 7)) each.finish()
  await settle()
  assert.deepEqual(done, [])
  assert.equal(started.length, 15, 'places are handed over at once')
  started[7]?.finish()
  await settle()
  assert.deepEqual(done, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
})

test('results are handed out as soon as nobody waits any more', async () => {
  const { started, job } = jobs()
  const queue = createHashQueue({ concurrency: 1, queueMax: 10 })
  const done: string[] = []
  for (const name of 'abc') void queue.run(job(name)).then((result) => done.push(result))
  await settle()
  started[0]?.finish()
  await settle()
  assert.deepEqual(done, [], 'c waits still')
  started[1]?.finish()
  await settle()
  assert.deepEqual(done.toSorted(), ['a', 'b'], 'c runs, and nobody waits')
  started[2]?.finish()
  await settle()
  assert.deepEqual(done.toSorted(), ['a', 'b', 'c'])
})

test('a result is not held until slow jobs before it end', async () => {
  const { started, job } = jobs()
  const queue = createHashQueue({ concurrency: 2, queueMax: 10 })
  const [first] = ['a', 'never ends', 'never ends either', 'waits'].map((name) => queue.run(job(name)))
  await settle()
  started[0]?.finish()
  assert.equal(await first, 'a')
  assert.equal(queue.waiting(), 1)
})

test('a job that nobody wants any more when its turn comes is not started, and its place goes on', async () => {
  const { started, job, names } = jobs()
  const queue = createHashQueue({ concurrency: 1, queueMax: 10 })
  const first = queue.run(job('first'))
  let isThere = true
  const left = ['left', 'left too'].map((name) => queue.run(job(name), () => isThere))
  const stays = queue.run(job('stays'), () => true)
  const refused = left.map((result) => assert.rejects(result, HashQueueFull))
  isThere = false
  await settle()
  started[0]?.finish()
  await settle()
  assert.deepEqual(names(), ['first', 'stays'])
  started[1]?.finish()
  await Promise.all([first, ...refused, stays])
  assert.equal(queue.waiting(), 0)
})
