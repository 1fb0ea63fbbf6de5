import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server under measurement that the bench started. */
export interface Running {
  readonly pid: number
  /** Everything it wrote so far, standard output and error. */
  output(): string
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

/** Grace between the request to stop and the end by force. */
const stopGraceMs = 10_000

export function start(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
  const pieces: string[] = []
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece.toString()))
  child.stderr?.on('data', (piece: Buffer) => pieces.push(piece.toString()))
  const gone = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    child.on('error', (error) => {
      pieces.push(error.message)
      resolve()
    })
  })
  return {
    pid: child.pid ?? 0,
    output: () => pieces.join(''),
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
      await gone
      clearTimeout(timer)
    },
  }
}

/** A port that was free a moment ago on the loopback address. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      server.close(() => resolve(port))
    })
  })
}

/** Calls `attempt` until it resolves to something; throws with what `describe` says after `timeoutMs`. */
export async function eventually<V>(attempt: () => Promise<V | undefined>, timeoutMs: number, describe: () => string): Promise<V> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await attempt().catch(() => undefined)
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error(describe())
    await sleep(20)
  }
}

/** Kernel clock ticks in a second: the unit of the times in /proc. */
const ticksPerSecond = 100

interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly cpuSeconds: number
}

/** What /proc/PID/stat says; the CPU time is that of all threads and of children that have ended. */
export function parseStat(stat: string): ProcessFacts {
  // The name in brackets may hold spaces and brackets itself, so that fields are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field] ?? 0), 0)
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1] ?? 0), cpuSeconds: ticks / ticksPerSecond }
}

function allProcesses(): ProcessFacts[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      return [parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))]
    } catch {
      return [] // It ended between the listing and the reading.
    }
  })
}

/** A process and everything below it. */
function treeOf(root: number): ProcessFacts[] {
  const all = allProcesses()
  const tree = all.filter((one) => one.pid === root)
  for (const parent of tree) tree.push(...all.filter((one) => one.parent === parent.pid))
  return tree
}

export const pidsOf = (root: number): number[] => treeOf(root).map((one) => one.pid)

/** CPU seconds that a process tree has used since it began. */
export const cpuSecondsOf = (root: number): number => treeOf(root).reduce((sum, one) => sum + one.cpuSeconds, 0)

/** Resident memory of a process tree in bytes. */
export function residentBytesOf(root: number): number {
  const kilobytes = treeOf(root).map(({ pid }) => {
    try {
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    } catch {
      return 0 // It ended meanwhile.
    }
  })
  return kilobytes.reduce((sum, one) => sum + one, 0) * 1024
}
