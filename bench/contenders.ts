import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { poolThreads } from '../bin/threads.js'
import { answerOf } from './load.ts'
import { cpuSecondsOf, eventually, freePort, type Running, residentBytesOf, start } from './process.ts'
import type { BenchRealm, Scenario, Work } from './scenarios/scenario.ts'

/** A server that is up and has done the scenario's work once. */
export interface Contender {
  readonly name: 'ostiary' | 'reference' | 'bare signer' | 'bare hasher' | 'bare proxy'
  /** Root of its process tree; undefined for a server whose processes are not known. */
  readonly pid: number | undefined
  readonly work: Work
  /** CPU seconds from the start of its process to its first token; undefined when it was running already, or the scenario begins with more. */
  readonly firstTokenCpuSeconds: number | undefined
  /** Resident bytes after the first answer, before any load. */
  readonly idleBytes: number | undefined
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const startTimeoutMs = 60_000
/** Time for a collector to return what the start needed, before memory is read. */
const settleMs = 2_000

/** The work's first answer; of a walk, which has several, an empty text. Throws unless it is a success. */
export async function firstOf(work: Work): Promise<string> {
  if ('requests' in work) return answerOf(work.requests[0])
  await work.walk()
  return ''
}

interface Ready {
  readonly work: Work
  readonly answer: string
  readonly cpuSeconds: number
}

async function ready(running: Running, prepare: () => Promise<Work>): Promise<Ready> {
  let refusal = 'no answer'
  const attempt = async (): Promise<{ readonly work: Work; readonly answer: string }> => {
    try {
      const work = await prepare()
      return { work, answer: await firstOf(work) }
    } catch (error) {
      refusal = error instanceof Error ? error.message : String(error)
      throw error
    }
  }
  const first = await eventually(attempt, startTimeoutMs, () => `${refusal}\n${running.output().slice(-2_000)}`)
  return { ...first, cpuSeconds: cpuSecondsOf(running.pid) }
}

export async function settled(pid: number): Promise<number> {
  await sleep(settleMs)
  return residentBytesOf(pid)
}

/** Builds the server and starts it on a database file. The realm is imported by a first run, so that the measured start finds its data. */
export async function ostiary(scenario: Scenario, realmFile: string): Promise<Contender & { readonly answer: string }> {
  const realm: BenchRealm = JSON.parse(await readFile(realmFile, 'utf8'))
  await promisify(execFile)(process.execPath, [join(root, 'tools/build.ts')])
  const dataDir = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  const port = await freePort()
  const prepare = (): Promise<Work> => scenario.prepare(`http://127.0.0.1:${port}`, realm)
  const command = [join(root, 'bin/ostiary.js'), 'start-dev', `--http-port=${port}`, `--data-dir=${dataDir}`]
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true })

  const importing = start(process.execPath, [...command, `--import-realm=${realmFile}`])
  await ready(importing, prepare).finally(() => importing.stop())
  const running = start(process.execPath, command)
  try {
    const { work, answer, cpuSeconds } = await ready(running, prepare)
    const idleBytes = await settled(running.pid)
    const stop = (): Promise<void> => running.stop().then(remove)
    const firstTokenCpuSeconds = scenario.startsWithToken ? cpuSeconds : undefined
    return { name: 'ostiary', pid: running.pid, work, firstTokenCpuSeconds, idleBytes, stop, answer }
  } catch (error) {
    await running.stop()
    await remove()
    throw error
  }
}

/** Header, payload and signature of the access token in a token answer. */
const payloadBytesOf = (answer: string): number => {
  const token: string = JSON.parse(answer).access_token
  return Buffer.from(token.split('.')[1] ?? '', 'base64url').length
}

/** The server that does only the dear part of a scenario; undefined when it has none. Its answers are as long as `answer`, a token answer. */
export async function floorOf(scenario: Scenario, answer: string): Promise<Contender | undefined> {
  const { floor } = scenario
  if (floor === undefined) return undefined
  const port = await freePort()
  const [script, ...args] = floor === 'bare signer' ? ['bare-signer.ts', String(payloadBytesOf(answer))] : ['bare-hasher.ts']
  // As the server has.
  const threads = { UV_THREADPOOL_SIZE: poolThreads }
  const running = start(process.execPath, [join(root, 'bench', script), String(port), ...args], threads)
  const work: Work = { requests: [{ url: `http://127.0.0.1:${port}/`, method: 'POST', headers: {}, body: 'bare' }] }
  const { cpuSeconds } = await ready(running, async () => work)
  const idleBytes = await settled(running.pid)
  const firstTokenCpuSeconds = scenario.startsWithToken ? cpuSeconds : undefined
  return { name: floor, pid: running.pid, work, firstTokenCpuSeconds, idleBytes, stop: running.stop }
}
