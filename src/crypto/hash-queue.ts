/** More hashing is asked for than the queue may hold. Callers answer 503, and the client comes again later. */
export class HashQueueFull extends Error {
  constructor() {
    super('too many password hashes are waiting')
    this.name = 'HashQueueFull'
  }
}

/** Runs jobs, at most `concurrency` at a time; at most `queueMax` others wait, in the order of their coming. */
export interface HashQueue {
  /** @throws HashQueueFull, as a rejection, when no place is left; the job is not started then */
  run<R>(job: () => Promise<R>): Promise<R>
  /** Jobs that wait for their turn; for metrics. */
  waiting(): number
}

export function createHashQueue(options: { readonly concurrency: number; readonly queueMax: number }): HashQueue {
  const turns: (() => void)[] = []
  let running = 0
  return {
    waiting: () => turns.length,
    async run(job) {
      if (running < options.concurrency) running++
      else if (turns.length >= options.queueMax) throw new HashQueueFull()
      // Whoever finishes hands its place over without freeing it: a newcomer can not overtake.
      else await new Promise<void>((resolve) => turns.push(resolve))
      try {
        return await job()
      } finally {
        const next = turns.shift()
        if (next === undefined) running--
        else next()
      }
    },
  }
}
