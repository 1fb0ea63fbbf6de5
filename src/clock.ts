/** The only source of the present time. Everything that reads the time takes a Clock, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** Whole seconds since the epoch, as JWT NumericDate claims carry them (RFC 7519 section 2). */
export const nowSeconds = (clock: Clock): number => Math.floor(clock.now() / 1000)
