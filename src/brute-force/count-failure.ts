import type { FailedFactor } from '../users/login-guard.ts'

/** A realm's settings of the protection. Seconds, but for the quick check. */
export interface BruteForceSettings {
  readonly failureFactor: number
  readonly permanentLockout: boolean
  readonly maxTemporaryLockouts: number
  readonly strategy: 'LINEAR' | 'MULTIPLE'
  readonly waitIncrementSeconds: number
  readonly maxFailureWaitSeconds: number
  readonly minimumQuickLoginWaitSeconds: number
  readonly quickLoginCheckMs: number
  readonly maxDeltaTimeSeconds: number
  /** 0: failures of the second factor have no limit of their own. */
  readonly maxSecondaryAuthFailures: number
}

/** What is known of a user's failures. */
export interface FailureCount {
  readonly failures: number
  readonly secondaryFailures: number
  readonly temporaryLockouts: number
  /** Until when the user is locked; 0 or past: not locked. Whole seconds. */
  readonly notBeforeMs: number
  readonly lastFailureMs: number
}

export const noFailures: FailureCount = { failures: 0, secondaryFailures: 0, temporaryLockouts: 0, notBeforeMs: 0, lastFailureMs: 0 }

export interface Counted {
  readonly count: FailureCount
  /** A lock until a time, and a lock until an administrator lifts it. A failure may bring both. */
  readonly temporary: boolean
  readonly permanent: boolean
}

/** Locked for good after so many failures, and never for a time because of their number. */
const onlyPermanent = (settings: BruteForceSettings): boolean => settings.permanentLockout && settings.maxTemporaryLockouts === 0

/** True when the failures are so old that they count no more. */
export const isForgotten = (settings: BruteForceSettings, { lastFailureMs }: FailureCount, nowMs: number): boolean =>
  !onlyPermanent(settings) && lastFailureMs > 0 && nowMs - lastFailureMs > settings.maxDeltaTimeSeconds * 1_000

/** Counts one more failure of a user who is not locked, as the reference does. */
export function countFailure(settings: BruteForceSettings, known: FailureCount, nowMs: number, factor: FailedFactor): Counted {
  const before = isForgotten(settings, known, nowMs) ? { ...noFailures, lastFailureMs: known.lastFailureMs } : known
  const failures = before.failures + 1
  const secondaryFailures = before.secondaryFailures + (factor === 'secondary' ? 1 : 0)
  const waitSeconds = onlyPermanent(settings) ? 0 : waitFor(settings, failures)
  const quick = before.lastFailureMs > 0 && nowMs - before.lastFailureMs < settings.quickLoginCheckMs
  // A lock because two failures came too fast is no step towards the permanent one.
  const temporaryLockouts = before.temporaryLockouts + (waitSeconds > 0 ? 1 : 0)
  const tooManySecondary = settings.maxSecondaryAuthFailures > 0 && secondaryFailures > settings.maxSecondaryAuthFailures
  const tooMany = onlyPermanent(settings) ? failures >= settings.failureFactor : temporaryLockouts > settings.maxTemporaryLockouts
  const lockedForGood = settings.permanentLockout && tooMany
  const seconds =
    waitSeconds > 0 ? Math.min(waitSeconds, settings.maxFailureWaitSeconds) : quick ? settings.minimumQuickLoginWaitSeconds : 0
  const temporary = seconds > 0 && !lockedForGood
  return {
    count: {
      failures,
      secondaryFailures,
      temporaryLockouts,
      notBeforeMs: temporary ? (Math.floor(nowMs / 1_000) + seconds) * 1_000 : before.notBeforeMs,
      lastFailureMs: nowMs,
    },
    temporary,
    permanent: lockedForGood || tooManySecondary,
  }
}

/** Seconds that so many failures cost; 0 or less: nothing. */
function waitFor({ strategy, waitIncrementSeconds, failureFactor }: BruteForceSettings, failures: number): number {
  const steps = strategy === 'LINEAR' ? 1 + failures - failureFactor : Math.floor(failures / failureFactor)
  return waitIncrementSeconds * steps
}
