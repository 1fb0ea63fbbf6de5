/** Limits of the HTTP edge. Each has a reason beside it. */
export const limits = {
  /** A form, a small JSON body. The reference server accepts forms of about this size. */
  bodyBytesMax: 2 * 1024 * 1024,
  /** A whole realm as JSON. A realm with 100,000 users takes about 100 MB and is imported from a file instead. */
  realmBodyBytesMax: 64 * 1024 * 1024,
  /** Time for the whole request to arrive: a slow sender must not hold a socket for ever. */
  requestTimeoutMs: 60_000,
  /** Idle time of a kept-alive connection; a little longer than common load balancers keep theirs. */
  keepAliveTimeoutMs: 72_000,
  /** Parameters in one form: more is a mistake or an attack. */
  formParametersMax: 1_000,
} as const
