import { cpus, totalmem } from 'node:os'
import type { Measurement } from './measure.ts'
import type { Goal } from './scenarios/scenario.ts'

/** The smallest value that at least `share` of the values do not exceed (nearest rank); NaN of none. */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(sorted.length * share))
  return sorted[rank - 1] ?? Number.NaN
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const pair = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]]
  return ((pair[0] ?? Number.NaN) + (pair[1] ?? Number.NaN)) / 2
}

/** What the figures depend on. */
export function machine(): string {
  const all = cpus()
  const gibibytes = Math.round(totalmem() / 1024 ** 3)
  return `${all[0]?.model.trim() ?? 'unknown processor'}, ${all.length} cores, ${gibibytes} GiB, ${process.platform}, Node ${process.version}`
}

const absent = '–'
const whole = (value: number | undefined): string => (value === undefined ? absent : Math.round(value).toLocaleString('en-US'))
const decimal = (value: number | undefined, digits: number): string => (value === undefined ? absent : value.toFixed(digits))
const mebibytes = (bytes: number | undefined): string => (bytes === undefined ? absent : whole(bytes / 1024 ** 2))

/** How many times `value` is `base`; undefined when either is not known. */
export const ratio = (value: number | undefined, base: number | undefined): number | undefined =>
  value === undefined || base === undefined || base === 0 ? undefined : value / base

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** A Markdown table of the figures, a row per server. */
export function table(measurements: readonly Measurement[], unit: string): string {
  const heads = [
    ...['server', `${unit}/s`, `${unit} per CPU-second`, 'p50 ms', 'p99 ms', 'RSS idle MiB', 'RSS after load MiB', `${unit} by then`],
    ...['failures', 'CPU s to first token'],
  ]
  const rows = measurements.map((one) => [
    ...[one.name, whole(one.requestsPerSecond), whole(one.requestsPerCpuSecond), decimal(one.p50Ms, 2), decimal(one.p99Ms, 2)],
    ...[mebibytes(one.idleBytes), mebibytes(one.loadedBytes), whole(one.requests), whole(one.failures)],
    decimal(one.firstTokenCpuSeconds, 2),
  ])
  return [line(heads), line(heads.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** The comparisons of the first server with each other one, a line each. */
export function comparisons(measurements: readonly Measurement[], unit: string): string {
  const [own, ...others] = measurements
  if (own === undefined) return ''
  const times = (value: number | undefined): string => (value === undefined ? absent : `${value.toFixed(2)} ×`)
  return others
    .map((other) =>
      [
        `- ${own.name} to ${other.name}: ${unit}/s ${times(ratio(own.requestsPerSecond, other.requestsPerSecond))}`,
        `${unit} per CPU-second ${times(ratio(own.requestsPerCpuSecond, other.requestsPerCpuSecond))}`,
        `memory after load ${times(ratio(own.loadedBytes, other.loadedBytes))}`,
        `CPU to first token ${times(ratio(own.firstTokenCpuSeconds, other.firstTokenCpuSeconds))}`,
      ].join(', '),
    )
    .join('\n')
}

/** What the scenario's goals came to, a line each. */
export function goalLines(measurements: readonly Measurement[], goals: readonly Goal[], unit: string): string[] {
  const rate = (name: string): number | undefined => measurements.find((one) => one.name === name)?.requestsPerCpuSecond
  return goals.map(({ against, atLeast }) => {
    const reached = ratio(rate('ostiary'), rate(against))
    const verdict = reached === undefined ? 'not measured' : reached >= atLeast ? 'reached' : 'missed'
    return `Goal ${verdict}: ${decimal(reached, 2)} × the ${unit} per CPU-second of the ${against}, ${atLeast} wanted.`
  })
}

/** What a run says, printed and appended to RESULTS.md. */
export function section(title: string, measurements: readonly Measurement[], unit: string, notes: readonly string[]): string {
  const parts = [`## ${title}`, machine(), table(measurements, unit), comparisons(measurements, unit), ...notes]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
