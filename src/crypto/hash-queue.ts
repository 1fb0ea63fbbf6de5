/** More hashing is asked for than the queue may hold. Callers answer 503, and the client comes again later. */
export class HashQueueFull extends Error {
  constructor() {
    super('too many password hashes are waiting')
    this.name = 'HashQueueFull'
  }
}

/**
 * Runs jobs, at most `concurrency` at a time; at most `queueMax` others wait, in the order of their coming.
 *
 * While jobs wait, results are handed out several at a time: what follows a hash (a signature, a commit) then runs in one go instead
 * of interrupting the next hash each time and starting with cold caches, and the commits share a flush. A result is held only while
 * others wait, and no longer than `heldMsMax`; where nobody waits nothing is held.
 */
export interface HashQueue {
  /**
   * @param isWanted asked when the turn of the job has come: a client that has left leaves no hash behind it
   * @throws HashQueueFull, as a rejection, when no place is left or nobody wants the result any more; the job is not started then
   */
  run<R>(job: () => Promise<R>, isWanted?: () => boolean): Promise<R>
  /** Jobs that wait for their turn; for metrics. */
  waiting(): number
}

/** Eight share nearly all that there is to share: a larger group is not measurably cheaper, and keeps people waiting longer. */
const resultsAtATime = 8
/** For slow hashes: three of the default algorithm, which a full group takes on two cores. */
const heldMsMax = 30

export function createHashQueue(options: { readonly concurrency: number; readonly queueMax: number }): HashQueue {
  const turns: (() => void)[] = []
  const results = inGroups()
  let running = 0
  return {
    waiting: () => turns.length,
    async run(job, isWanted = always) {
      if (running < options.concurrency) running++
      else if (turns.length >= options.queueMax) throw new HashQueueFull()
      // Whoever finishes hands its place over without freeing it: a newcomer can not overtake.
      else await new Promise<void>((resolve) => turns.push(resolve))
      try {
        if (!isWanted()) throw new HashQueueFull()
        return await job()
      } finally {
        const next = turns.shift()
        if (next === undefined) running--
        else next()
        if (turns.length > 0) await results.hold()
        else results.release()
      }
    },
  }
}

const always = (): boolean => true

/** Lets those who hold go on together: when the group is full, when it is told to, or after `heldMsMax`. */
function inGroups() {
  let group: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  const release = (): void => {
    clearTimeout(timer)
    timer = undefined
    const released = group
    group = []
    for (const goOn of released) goOn()
  }
  return {
    release,
    hold: (): Promise<void> =>
      new Promise((resolve) => {
        group.push(resolve)
        if (group.length >= resultsAtATime) release()
        else timer ??= setTimeout(release, heldMsMax)
      }),
  }
}
