import type { Logger } from '../log.ts'

export interface WriteBehindOptions<V> {
  /** What the values are, for the log: `uses of sessions`. */
  readonly what: string
  readonly log: Logger
  readonly limits: {
    /** How long a value may wait for company. */
    readonly flushMs: number
    /** Values that wait; one more and all are written at once. */
    readonly waitingMax: number
  }
  /** Writes values together. Those of a write that fails are lost: the log tells how many. */
  write(values: ReadonlyMap<string, V>): Promise<unknown>
}

/** Values that are gathered and written together, each under its key. Whoever reads what is stored asks here, too: in this process a value counts at once. */
export interface WriteBehind<V> {
  /** `next` makes the value from the one that waits, if any. */
  put(key: string, next: (waiting: V | undefined) => V): void
  /** What `read` finds in a value that is not written yet; the newest that has it. */
  find<T>(key: string, read: (value: V) => T | undefined): T | undefined
  readonly isEmpty: boolean
  /** Writes what waits. */
  flush(): Promise<void>
}

export function writeBehind<V>({ what, log, limits, write }: WriteBehindOptions<V>): WriteBehind<V> {
  let waiting = new Map<string, V>()
  /** What is being written counts until it is. */
  let leaving: ReadonlyMap<string, V> = new Map()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  const writeWaiting = async (): Promise<void> => {
    if (waiting.size === 0) return
    leaving = waiting
    waiting = new Map()
    try {
      await write(leaving)
    } catch (error) {
      log.warn(`${what} could not be written`, { values: leaving.size, error })
    } finally {
      leaving = new Map()
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(writeWaiting)
    return writing
  }
  return {
    put(key, next) {
      waiting.set(key, next(waiting.get(key)))
      if (waiting.size >= limits.waitingMax) void flush()
      else timer ??= setTimeout(flush, limits.flushMs)
    },
    find(key, read) {
      for (const values of [waiting, leaving]) {
        const value = values.get(key)
        const found = value === undefined ? undefined : read(value)
        if (found !== undefined) return found
      }
      return undefined
    },
    get isEmpty() {
      return waiting.size === 0 && leaving.size === 0
    },
    flush,
  }
}
