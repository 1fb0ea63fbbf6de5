import type { Clock } from '../../src/clock.ts'

/** Time that stands still until a test moves it. */
export interface TestClock extends Clock {
  advance(seconds: number): void
}

export function testClock(startMs = Date.parse('2026-11-23T12:00:00Z')): TestClock {
  let now = startMs
  return {
    now: () => now,
    advance(seconds) {
      now += seconds * 1_000
    },
  }
}
