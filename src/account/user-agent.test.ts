import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { deviceOf } from './user-agent.ts'

interface Recorded {
  readonly userAgent: string
  readonly os: string
  readonly osVersion: string
  readonly device: string
  readonly mobile: boolean
  readonly browser: string
}

const recorded = JSON.parse(readFileSync(new URL('fixtures/recorded-user-agents.json', import.meta.url), 'utf8')) as Recorded[]

test('user agents are read as the reference reads them', () => {
  for (const { userAgent, ...expected } of recorded) assert.deepEqual(deviceOf(userAgent), expected, userAgent)
})

test('who sends no user agent is an unknown device', () => {
  const expected = { os: 'Other', osVersion: 'Unknown', device: 'Other', mobile: false, browser: undefined }
  assert.deepEqual(deviceOf(undefined), expected)
  assert.deepEqual(deviceOf(' '), expected)
})

test('a user agent that was made to be slow is read at once', () => {
  const started = performance.now()
  for (const piece of ['Android ', 'Version/1.', 'Mobile;', 'iPhone AppleWebKit/', 'Android 1; a', '(', 'Trident/7.0 rv:'])
    deviceOf(piece.repeat(100).slice(0, 400))
  assert.ok(performance.now() - started < 200)
})
