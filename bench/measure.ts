import type { Contender } from './contenders.ts'
import { type LoadSize, load } from './load.ts'
import { cpuSecondsOf, residentBytesOf } from './process.ts'
import { median, percentile } from './report.ts'

export interface MeasureOptions {
  readonly rounds: number
  /** Of each contender in each round. */
  readonly seconds: number
  readonly connections: number
  /** Of the reference, before the first round. */
  readonly warmUpSeconds: number
  /** Answers that a contender must have given before its memory is read at the end; the reference is not held to it. */
  readonly requestsBeforeMemory: number
}

/** What was seen of one contender. Figures that need its processes are undefined where those are not known. */
export interface Measurement {
  readonly name: string
  /** Median over the rounds. */
  readonly requestsPerSecond: number
  /** Over all rounds. */
  readonly requestsPerCpuSecond: number | undefined
  readonly p50Ms: number
  readonly p99Ms: number
  readonly idleBytes: number | undefined
  readonly loadedBytes: number | undefined
  /** Answers given when `loadedBytes` was read. */
  readonly requests: number
  readonly failures: number
  readonly firstTokenCpuSeconds: number | undefined
}

/** A just-in-time compiler needs load to get to know the program: Java's needs more of it than V8. */
const warmUpSecondsOf = (contender: Contender, ofReference: number): number =>
  contender.name === 'reference' ? ofReference : Math.min(3, ofReference)

/** Running sums of one contender. */
interface Tally {
  readonly contender: Contender
  readonly rates: number[]
  readonly latenciesMs: number[]
  measured: number
  cpuSeconds: number
  answers: number
  failures: number
}

async function round(tally: Tally, connections: number, size: LoadSize, counts: boolean): Promise<void> {
  const { pid, work } = tally.contender
  const before = pid === undefined ? 0 : cpuSecondsOf(pid)
  const result = await load(work, connections, size)
  tally.answers += result.requests
  tally.failures += result.failures
  if (!counts) return
  tally.cpuSeconds += pid === undefined ? 0 : cpuSecondsOf(pid) - before
  tally.measured += result.requests
  tally.rates.push(result.requests / result.seconds)
  for (const latencyMs of result.latenciesMs) tally.latenciesMs.push(latencyMs)
}

/** Warms every contender up, then lets them take turns, so that a change of the machine's mood meets them all. */
export async function measure(contenders: readonly Contender[], options: MeasureOptions): Promise<Measurement[]> {
  const { connections, seconds } = options
  const tallies: Tally[] = contenders.map((contender) => ({
    contender,
    rates: [],
    latenciesMs: [],
    measured: 0,
    cpuSeconds: 0,
    answers: 0,
    failures: 0,
  }))
  for (const tally of tallies) await round(tally, connections, { seconds: warmUpSecondsOf(tally.contender, options.warmUpSeconds) }, false)
  for (let turn = 0; turn < options.rounds; turn++) {
    for (const tally of tallies) await round(tally, connections, { seconds }, true)
  }
  for (const tally of tallies) {
    const missing = options.requestsBeforeMemory - tally.answers
    if (missing > 0 && tally.contender.name !== 'reference') await round(tally, connections, { requests: missing }, false)
  }
  return tallies.map(measurement)
}

function measurement(tally: Tally): Measurement {
  const { contender } = tally
  const { name, pid, idleBytes, firstTokenCpuSeconds } = contender
  const sorted = tally.latenciesMs.toSorted((a, b) => a - b)
  return {
    name,
    requestsPerSecond: median(tally.rates),
    requestsPerCpuSecond: tally.cpuSeconds > 0 ? tally.measured / tally.cpuSeconds : undefined,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    idleBytes,
    loadedBytes: pid === undefined ? undefined : residentBytesOf(pid),
    requests: tally.answers,
    failures: tally.failures,
    firstTokenCpuSeconds,
  }
}
