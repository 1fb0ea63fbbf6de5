import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openProgress } from './progress.ts'

function output(columns?: number) {
  let nowMs = 0
  const texts: string[] = []
  const write = (text: string): void => {
    texts.push(text)
  }
  return {
    texts,
    wait: (ms: number) => {
      nowMs += ms
    },
    to: { terminal: columns === undefined ? undefined : { write, columns }, log: write, clock: { now: () => nowMs } },
  }
}

test('a terminal shows a bar over itself, and nothing of it stays', () => {
  const { texts, wait, to } = output(100)
  const progress = openProgress(to, 'imported')
  progress.onUsers({ realm: 'x', done: 1_000, total: 4_000 })
  assert.equal(texts.length, 0)
  wait(200)
  progress.onUsers({ realm: 'x', done: 2_000, total: 4_000 })
  assert.equal(
    texts[0]?.replaceAll(/[#-]/g, '='),
    `\r[${'='.repeat(30)}] Realm 'x': 2,000 of 4,000 users imported (50 %, 10,000/s)\u001b[K`,
  )
  progress.end()
  assert.equal(texts[1], '\r\u001b[K')
})

test('a narrow terminal gets the words alone, cut to its width', () => {
  const { texts, wait, to } = output(20)
  const progress = openProgress(to, 'exported')
  wait(200)
  progress.onUsers({ realm: 'x', done: 1, total: 4 })
  assert.equal(texts[0], "\rRealm 'x': 1 of 4 u\u001b[K")
})

test('a log gets a line every ten seconds, and none about what is quick', () => {
  const { texts, wait, to } = output()
  const progress = openProgress(to, 'imported')
  for (let second = 1; second <= 25; second++) {
    wait(1_000)
    progress.onUsers({ realm: 'x', done: second, total: 100 })
  }
  progress.end()
  assert.deepEqual(texts, ["Realm 'x': 10 of 100 users imported (10 %, 1/s)", "Realm 'x': 20 of 100 users imported (20 %, 1/s)"])
})

test('a realm without users is wholly done', () => {
  const { texts, wait, to } = output()
  const progress = openProgress(to, 'exported')
  wait(20_000)
  progress.onUsers({ realm: 'x', done: 0, total: 0 })
  assert.deepEqual(texts, ["Realm 'x': 0 of 0 users exported (100 %, 0/s)"])
})
