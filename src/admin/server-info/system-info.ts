import { arch, availableParallelism, release, type as systemType, userInfo } from 'node:os'

/** The version whose protocol is spoken: clients of the Admin API decide by it what they may ask for. */
export const protocolVersion = '26.7.0'

const secondMs = 1_000
const kibibyte = 1_024

const zone = 'UTC'

/** `Sat Nov 28 14:51:34 UTC 2026` */
function longDate(ms: number): string {
  const [, day = '', date = '', month = '', year = '', time = ''] =
    /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day} ${month} ${date} ${time} ${zone} ${year}`
}

function uptimeText(ms: number): string {
  const seconds = Math.floor(ms / secondMs)
  const parts = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1 }
  let rest = seconds
  return Object.entries(parts)
    .map(([name, size]) => {
      const count = Math.floor(rest / size)
      rest %= size
      return `${count} ${name}`
    })
    .join(', ')
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** The machine as the reference describes one; the words about Java tell of what runs here instead. */
export function systemInfo(nowMs: number): Readonly<Record<string, unknown>> {
  const uptimeMillis = Math.round(process.uptime() * secondMs)
  const { node, v8 } = process.versions
  return {
    version: protocolVersion,
    serverTime: longDate(nowMs),
    uptime: uptimeText(uptimeMillis),
    uptimeMillis,
    javaVersion: node,
    javaVendor: 'Node.js',
    javaVm: 'V8',
    javaVmVersion: v8,
    javaRuntime: 'Node.js',
    javaHome: process.execPath,
    osName: systemType(),
    osArchitecture: arch(),
    osVersion: release(),
    fileEncoding: 'UTF-8',
    userName: userName(),
    userDir: process.cwd(),
    userTimezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    userLocale: Intl.DateTimeFormat().resolvedOptions().locale.replace('-', '_'),
  }
}

export const cpuInfo = (): Readonly<Record<string, number>> => ({ processorCount: availableParallelism() })

const formatted = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(kibibyte)))
  return `${Math.round(bytes / kibibyte ** step)} ${units[step]}`
}

/** The heap: what it may hold now and what it holds, in bytes. */
export function memoryInfo(): Readonly<Record<string, unknown>> {
  const { heapTotal: total, heapUsed: used } = process.memoryUsage()
  const free = total - used
  return {
    total,
    totalFormated: formatted(total),
    used,
    usedFormated: formatted(used),
    free,
    freePercentage: Math.round((free / total) * 100),
    freeFormated: formatted(free),
  }
}
