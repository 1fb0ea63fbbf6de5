import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { LoadRequest } from './load.ts'
import { cpuSecondsOf, eventually, freePort, pidsOf, type Running, residentBytesOf, start } from './process.ts'
import type { BenchRealm, Scenario } from './scenarios/scenario.ts'

/** A server that is up and has answered the scenario's request once. */
export interface Contender {
  readonly name: 'ostiary' | 'reference' | 'bare signer'
  /** Root of its process tree; undefined for a server whose processes are not known. */
  readonly pid: number | undefined
  readonly request: LoadRequest
  /** CPU seconds from the start of its process to its first token; undefined when it was running already. */
  readonly firstTokenCpuSeconds: number | undefined
  /** Resident bytes after the first token, before any load. */
  readonly idleBytes: number | undefined
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const startTimeoutMs = 60_000
/** Time for a collector to return what the start needed, before memory is read. */
const settleMs = 2_000

/** Sends a request once; the body as text. Throws when the answer is no success. */
async function once(request: LoadRequest): Promise<string> {
  const answer = await fetch(request.url, { method: request.method, headers: request.headers, body: request.body })
  const body = await answer.text()
  if (!answer.ok) throw new Error(`${request.url}: ${answer.status} ${body.slice(0, 200)}`)
  return body
}

async function firstAnswer(running: Running, request: LoadRequest): Promise<{ readonly body: string; readonly cpuSeconds: number }> {
  let refusal = 'no answer'
  const attempt = (): Promise<string> =>
    once(request).catch((error: Error) => {
      refusal = error.message
      throw error
    })
  const body = await eventually(attempt, startTimeoutMs, () => `${refusal}\n${running.output().slice(-2_000)}`)
  return { body, cpuSeconds: cpuSecondsOf(running.pid) }
}

async function settled(pid: number): Promise<number> {
  await sleep(settleMs)
  return residentBytesOf(pid)
}

/** Builds the server and starts it on a database file. The realm is imported by a first run, so that the measured start finds its data. */
export async function ostiary(scenario: Scenario, realmFile: string): Promise<Contender & { readonly answer: string }> {
  const realm: BenchRealm = JSON.parse(await readFile(realmFile, 'utf8'))
  await promisify(execFile)(process.execPath, [join(root, 'tools/build.ts')])
  const dataDir = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  const port = await freePort()
  const request = scenario.request(`http://127.0.0.1:${port}`, realm)
  const command = [join(root, 'bin/ostiary.js'), 'start-dev', `--http-port=${port}`, `--data-dir=${dataDir}`]
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true })

  const importing = start(process.execPath, [...command, `--import-realm=${realmFile}`])
  await firstAnswer(importing, request).finally(() => importing.stop())
  const running = start(process.execPath, command)
  try {
    const first = await firstAnswer(running, request)
    const idleBytes = await settled(running.pid)
    const stop = (): Promise<void> => running.stop().then(remove)
    return { name: 'ostiary', pid: running.pid, request, firstTokenCpuSeconds: first.cpuSeconds, idleBytes, stop, answer: first.body }
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

/** A bare signer whose answers are as long as `answer`, a token answer. */
export async function bareSigner(scenario: Scenario, answer: string): Promise<Contender> {
  const port = await freePort()
  const running = start(process.execPath, [join(root, 'bench/bare-signer.ts'), String(port), String(payloadBytesOf(answer))])
  const client = { clientId: 'bare', secret: 'bare', serviceAccountsEnabled: true }
  const request = scenario.request(`http://127.0.0.1:${port}`, { realm: 'bare', clients: [client] })
  const first = await firstAnswer(running, request)
  const idleBytes = await settled(running.pid)
  return { name: 'bare signer', pid: running.pid, request, firstTokenCpuSeconds: first.cpuSeconds, idleBytes, stop: running.stop }
}

/** `http://host/path pid=7`, or a command that prints `http://host/path pid 7` and leaves a server running. */
export function parseReference(text: string): { readonly base: string; readonly pid: number | undefined } | undefined {
  const base = /https?:\/\/\S+/.exec(text)?.[0].replace(/\/$/, '')
  const pid = /\bpid[= ](\d+)/.exec(text)?.[1]
  return base === undefined ? undefined : { base, pid: pid === undefined ? undefined : Number(pid) }
}

/**
 * The reference server.
 * @param oracle what ORACLE says: a URL, perhaps with `pid=`, or a command that starts one
 * @param admin `name:password` of an administrator of its master realm
 */
export async function reference(scenario: Scenario, realmFile: string, oracle: string, admin: string): Promise<Contender> {
  const isCommand = !/^https?:/.test(oracle.trim())
  const said = isCommand ? (await promisify(execFile)('bash', ['-c', oracle])).stdout : oracle
  const found = parseReference(said)
  if (found === undefined) throw new Error(`ORACLE names no URL: ${said.slice(0, 200)}`)
  const { base, pid } = found
  const stop = async (): Promise<void> => {
    if (isCommand && pid !== undefined) for (const one of pidsOf(pid)) process.kill(one, 'SIGTERM')
  }
  try {
    const adminToken = await administrator(base, admin)
    // Its first token is the administrator's: its database is new, so that the demo realm is not in it yet.
    const firstTokenCpuSeconds = isCommand && pid !== undefined ? cpuSecondsOf(pid) : undefined
    const imported = await importRealm(base, adminToken, realmFile)
    const request = scenario.request(base, imported)
    await once(request)
    const idleBytes = pid === undefined ? undefined : await settled(pid)
    const clean = async (): Promise<void> => {
      await removeRealm(base, await administrator(base, admin), imported.realm)
      await stop()
    }
    return { name: 'reference', pid, request, firstTokenCpuSeconds, idleBytes, stop: clean }
  } catch (error) {
    await stop()
    throw error
  }
}

async function administrator(base: string, admin: string): Promise<string> {
  const [username = '', ...password] = admin.split(':')
  const answer = await once({
    url: `${base}/realms/master/protocol/openid-connect/token`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username, password: password.join(':') }).toString(),
  })
  return JSON.parse(answer).access_token
}

/** Imports under a name of its own, since a running server may have a realm of that name. */
async function importRealm(base: string, adminToken: string, realmFile: string): Promise<BenchRealm> {
  const file = JSON.parse(await readFile(realmFile, 'utf8'))
  const realm = { ...file, id: undefined, realm: `bench-${process.pid}-${Date.now()}` }
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` }
  await once({ url: `${base}/admin/realms`, method: 'POST', headers, body: JSON.stringify(realm) })
  return realm
}

async function removeRealm(base: string, adminToken: string, realm: string): Promise<void> {
  await fetch(`${base}/admin/realms/${realm}`, { method: 'DELETE', headers: { authorization: `Bearer ${adminToken}` } })
}
