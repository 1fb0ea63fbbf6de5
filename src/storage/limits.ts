/** Limits of the storage engines. Each has a reason beside it. */
export const storageLimits = {
  /** Prepared statements kept per connection. The program has a few hundred static ones; a kept one costs a few kilobytes. */
  preparedMax: 500,
  /** Single writes that share one commit. More would keep reads waiting for longer than a disk flush takes. */
  batchWritesMax: 500,
  /** Writes that wait in one process. Beyond it the disk is not keeping up, and to refuse is kinder than to run out of memory. */
  queuedMax: 20_000,
  /** Bytes of an announcement, channel included: PostgreSQL carries less than 8,000. */
  announcementBytesMax: 7_500,
  /** How long SQLite waits for another process (an export beside a running server) before a statement fails. */
  lockWaitMs: 5_000,
  /** Page caches of the two SQLite connections, in KiB: the operating system caches the file as well. */
  readerCacheKib: 8_192,
  writerCacheKib: 4_096,
  /** While a realm is imported: keys are random, so that with less nearly every row would read a page and write one. */
  bulkCacheKib: 131_072,
  /** What is left of the SQLite write-ahead log after a checkpoint. */
  walBytesMax: 16 * 1024 * 1024,
  /** PostgreSQL connections of one process unless configured. */
  poolMax: 10,
  /** How long a new PostgreSQL connection, or a free one, is waited for. */
  connectTimeoutMs: 10_000,
  /** A transaction whose process hangs must not hold its locks for ever. */
  idleInTransactionMs: 60_000,
  /** Runs of one transaction before a serialization failure is given up. */
  attemptsMax: 30,
  /** Failed runs after which a transaction goes alone in its process, so that newcomers cannot overtake it for ever. */
  attemptsBeforeAlone: 3,
  /** Pauses before the connection that hears announcements is opened again, doubled up to the second. */
  reconnectFirstMs: 100,
  reconnectMaxMs: 5_000,
} as const
