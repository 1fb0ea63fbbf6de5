import { storageLimits } from './limits.ts'

/** The connection that the queue writes with. All calls are synchronous. */
export interface Writer {
  /** `begin immediate`, `commit`, `rollback`. */
  control(text: string): void
  /** False when the engine has given the transaction up by itself (disk full, I/O error). */
  readonly inTransaction: boolean
}

interface Write {
  readonly kind: 'write'
  /** Runs the statement; returns what its caller is told once the commit is done. */
  readonly execute: () => () => void
  readonly fail: (error: unknown) => void
}

interface Turn {
  readonly kind: 'turn'
  readonly grant: () => void
}

/**
 * Puts all writes of a process in one row. Single writes that were queued in the same turn of the event loop share one commit, so one
 * flush of the disk acknowledges many of them; each is acknowledged only after it. A transaction gets a turn of its own.
 */
export class WriteQueue {
  readonly #writer: Writer
  readonly #waiting: (Write | Turn)[] = []
  readonly #reads: (() => void)[] = []
  #held = false
  #scheduled = false

  constructor(writer: Writer) {
    this.#writer = writer
  }

  /** Queues one write, run synchronously; resolves when it is durable. */
  write<T>(work: () => T): Promise<T> {
    this.#refuseMore()
    return new Promise((resolve, reject) => {
      const execute = (): (() => void) => {
        const value = work()
        return () => resolve(value)
      }
      this.#add({ kind: 'write', execute, fail: reject })
    })
  }

  /** Waits until the connection belongs to the caller alone; it is given back with the returned function. */
  async turn(): Promise<() => void> {
    this.#refuseMore()
    await this.drain()
    return () => {
      this.#held = false
      // The reads of a shared connection that waited for the end of this turn: they see what is committed, and nothing else.
      for (const read of this.#reads.splice(0)) read()
      this.#advance()
    }
  }

  /** Waits until everything queued before is done, and keeps the connection for the caller. */
  drain(): Promise<void> {
    return new Promise((grant) => this.#add({ kind: 'turn', grant }))
  }

  /** Runs a read on the writer's connection, never inside somebody's turn. */
  read<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const read = (): void => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      }
      if (this.#held) this.#reads.push(read)
      else read()
    })
  }

  #refuseMore(): void {
    if (this.#waiting.length >= storageLimits.queuedMax) throw new Error(`more than ${storageLimits.queuedMax} writes wait for the disk`)
  }

  #add(item: Write | Turn): void {
    this.#waiting.push(item)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#held || this.#scheduled || this.#waiting.length === 0) return
    this.#scheduled = true
    // After the poll phase: by then every request that arrived in this turn has queued its writes.
    setImmediate(() => {
      this.#scheduled = false
      this.#advance()
    })
  }

  /** One turn, or one batch: between two batches the event loop serves reads. */
  #advance(): void {
    const first = this.#waiting[0]
    if (this.#held || first === undefined) return
    if (first.kind === 'turn') {
      this.#waiting.shift()
      this.#held = true
      first.grant()
    } else {
      this.#commitTogether(this.#takeBatch())
      this.#schedule()
    }
  }

  #takeBatch(): Write[] {
    const end = this.#waiting.findIndex(({ kind }, at) => kind === 'turn' || at === storageLimits.batchWritesMax)
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end).filter((item) => item.kind === 'write')
  }

  #commitTogether(batch: readonly Write[]): void {
    const executed: { write: Write; acknowledge: () => void }[] = []
    const failFrom = (at: number, error: unknown): void => {
      for (const { write } of executed) write.fail(error)
      for (const write of batch.slice(at)) write.fail(error)
    }
    try {
      this.#writer.control('begin immediate')
    } catch (error) {
      failFrom(0, error)
      return
    }
    for (const [at, write] of batch.entries()) {
      try {
        executed.push({ write, acknowledge: write.execute() })
      } catch (error) {
        // A broken constraint undoes its own statement only. When the engine gave up, nothing of the batch is kept.
        if (!this.#writer.inTransaction) {
          failFrom(at, error)
          return
        }
        write.fail(error)
      }
    }
    try {
      this.#writer.control('commit')
    } catch (error) {
      if (this.#writer.inTransaction) this.#writer.control('rollback')
      failFrom(batch.length, error)
      return
    }
    for (const { acknowledge } of executed) acknowledge()
  }
}
