import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chart } from './chart.ts'
import type { Measurement } from './measure.ts'
import { parseStat } from './process.ts'
import { parseReference } from './reference.ts'
import { comparisons, goalLines, median, percentile, table } from './report.ts'

const measurement = (name: string, rest: Partial<Measurement> = {}): Measurement => ({
  name,
  requestsPerSecond: 1_000,
  requestsPerCpuSecond: 500,
  p50Ms: 1.234,
  p99Ms: 5.678,
  idleBytes: 50 * 1024 ** 2,
  loadedBytes: 100 * 1024 ** 2,
  requests: 10_000,
  failures: 0,
  firstTokenCpuSeconds: 0.3,
  ...rest,
})

test('a percentile is the nearest rank: of a hundred values the 99th, of one value that value', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1)
  assert.equal(percentile(hundred, 0.5), 50)
  assert.equal(percentile(hundred, 0.99), 99)
  assert.equal(percentile(hundred, 1), 100)
  assert.equal(percentile([7], 0.99), 7)
  assert.ok(Number.isNaN(percentile([], 0.5)))
})

test('the median of an even number of values is the mean of the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 3, 2]), 2.5)
})

test('the table has a row per server and a dash where a figure is not known', () => {
  const text = table(
    [measurement('ostiary'), measurement('reference', { requestsPerCpuSecond: undefined, idleBytes: undefined })],
    'tokens',
  )
  const [head, , own, other] = text.split('\n')
  assert.match(head ?? '', /tokens per CPU-second/)
  assert.equal(own, '| ostiary | 1,000 | 500 | 1.23 | 5.68 | 50 | 100 | 10,000 | 0 | 0.30 |')
  assert.equal(other, '| reference | 1,000 | – | 1.23 | 5.68 | – | 100 | 10,000 | 0 | 0.30 |')
})

test('a comparison says how many times the first server does what the other one does', () => {
  const text = comparisons(
    [measurement('ostiary'), measurement('reference', { requestsPerCpuSecond: 100, loadedBytes: undefined })],
    'tokens',
  )
  assert.match(text, /^- ostiary to reference: tokens\/s 1\.00 ×, tokens per CPU-second 5\.00 ×, memory after load –,/)
})

test('a goal is reported with what was reached, whether it is reached, and as unknown without the other one', () => {
  const measurements = [
    measurement('ostiary'),
    measurement('reference', { requestsPerCpuSecond: 100 }),
    measurement('bare hasher', { requestsPerCpuSecond: 1_000 }),
  ]
  const goals = [
    { against: 'reference', atLeast: 4 },
    { against: 'bare hasher', atLeast: 0.85 },
  ] as const
  assert.deepEqual(goalLines(measurements, goals, 'logins'), [
    'Goal reached: 5.00 × the logins per CPU-second of the reference, 4 wanted.',
    'Goal missed: 0.50 × the logins per CPU-second of the bare hasher, 0.85 wanted.',
  ])
  assert.deepEqual(goalLines([measurement('ostiary')], goals.slice(0, 1), 'logins'), [
    'Goal not measured: – × the logins per CPU-second of the reference, 4 wanted.',
  ])
})

test('the chart draws a bar for each known figure and says how it compares with the reference', () => {
  const picture = chart(
    [measurement('ostiary'), measurement('reference', { requestsPerCpuSecond: 100, firstTokenCpuSeconds: undefined })],
    'tokens',
  )
  assert.equal(picture.match(/<rect /g)?.length, 5)
  assert.match(picture, />500 \(5\.0 × the reference\)</)
  assert.match(picture, /^<svg [^>]+>[\s\S]*<\/svg>\n$/)
})

test('ORACLE may be a URL with or without a pid, or what the command that starts the reference prints', () => {
  assert.deepEqual(parseReference('http://127.0.0.1:8180/auth/'), { base: 'http://127.0.0.1:8180/auth', pid: undefined })
  assert.deepEqual(parseReference('http://127.0.0.1:8180/auth pid=7'), { base: 'http://127.0.0.1:8180/auth', pid: 7 })
  assert.deepEqual(parseReference('starting\nhttp://127.0.0.1:8280 pid 123\n'), { base: 'http://127.0.0.1:8280', pid: 123 })
  assert.equal(parseReference('no answer in 600 s'), undefined)
})

test('CPU time is read from /proc whatever the process is called', () => {
  const stat = '42 (a (b) c) S 7 42 42 0 -1 4194304 100 200 0 0 150 50 10 5 20 0 11 0 12345 1000 200'
  assert.deepEqual(parseStat(stat), { pid: 42, parent: 7, cpuSeconds: 2.15 })
})
