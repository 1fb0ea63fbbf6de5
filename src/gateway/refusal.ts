/** The checks of a request, in their order; explain prints them and the log names the one that failed. */
export const checks = [
  'route',
  'method',
  'bearer',
  'form',
  'algorithm',
  'issuer',
  'type',
  'expiry',
  'signature',
  'active',
  'subject',
  'audience',
  'realm role',
  'client role',
  'scope',
] as const

export type CheckName = (typeof checks)[number]

/** Why a request does not pass. */
export interface Refusal {
  readonly check: CheckName
  readonly status: 401 | 403 | 404 | 405 | 503
  /** What its sender may know. */
  readonly description: string
  /** What the operator reads. Holds no token. */
  readonly reason: string
  /** The methods that the path answers to, for a 405. */
  readonly methods?: readonly string[]
}

/** Told of each check that passed, for explain. */
export type Trace = (check: CheckName, detail: string) => void

/** A token that is not accepted (RFC 6750 section 3.1, `invalid_token`). */
export const badToken = (check: CheckName, description: string, reason = description): Refusal => ({
  check,
  status: 401,
  description,
  reason,
})

/** Nobody can say just now whether the token is good. */
export const undecided = (check: CheckName, reason: string): Refusal => ({
  check,
  status: 503,
  description: 'The token cannot be verified at the moment',
  reason,
})
