import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Contender, firstOf, settled } from './contenders.ts'
import { answerOf } from './load.ts'
import { cpuSecondsOf, pidsOf } from './process.ts'
import type { BenchRealm, Scenario } from './scenarios/scenario.ts'

/** `http://host/path pid=7`, or a command that prints `http://host/path pid 7` and leaves a server running. */
export function parseReference(text: string): { readonly base: string; readonly pid: number | undefined } | undefined {
  const base = /https?:\/\/\S+/.exec(text)?.[0].replace(/\/$/, '')
  const pid = /\bpid[= ](\d+)/.exec(text)?.[1]
  return base === undefined ? undefined : { base, pid: pid === undefined ? undefined : Number(pid) }
}

/** Where the reference is, and what ends it if this started it. `oracle`: what ORACLE says, a URL or a command. */
export async function openReference(
  oracle: string,
): Promise<{ readonly base: string; readonly pid: number | undefined; readonly started: boolean; readonly stop: () => Promise<void> }> {
  const started = !/^https?:/.test(oracle.trim())
  const said = started ? (await promisify(execFile)('bash', ['-c', oracle])).stdout : oracle
  const found = parseReference(said)
  if (found === undefined) throw new Error(`ORACLE names no URL: ${said.slice(0, 200)}`)
  const { base, pid } = found
  const stop = async (): Promise<void> => {
    if (started && pid !== undefined) for (const one of pidsOf(pid)) process.kill(one, 'SIGTERM')
  }
  return { base, pid, started, stop }
}

/**
 * The reference server.
 * @param oracle what ORACLE says: a URL, perhaps with `pid=`, or a command that starts one
 * @param admin `name:password` of an administrator of its master realm
 */
export async function reference(scenario: Scenario, realmFile: string, oracle: string, admin: string): Promise<Contender> {
  const { base, pid, started, stop } = await openReference(oracle)
  try {
    const adminToken = await administrator(base, admin)
    // Its first token is the administrator's: its database is new, so that the demo realm is not in it yet.
    const firstTokenCpuSeconds = scenario.startsWithToken && started && pid !== undefined ? cpuSecondsOf(pid) : undefined
    const imported = await importRealm(base, adminToken, realmFile)
    const work = await scenario.prepare(base, imported)
    await firstOf(work)
    const idleBytes = pid === undefined ? undefined : await settled(pid)
    const clean = async (): Promise<void> => {
      await removeRealm(base, await administrator(base, admin), imported.realm)
      await stop()
    }
    return { name: 'reference', pid, work, firstTokenCpuSeconds, idleBytes, stop: clean }
  } catch (error) {
    await stop()
    throw error
  }
}

async function administrator(base: string, admin: string): Promise<string> {
  const [username = '', ...password] = admin.split(':')
  const answer = await answerOf({
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
  await answerOf({ url: `${base}/admin/realms`, method: 'POST', headers, body: JSON.stringify(realm) })
  return realm
}

async function removeRealm(base: string, adminToken: string, realm: string): Promise<void> {
  await fetch(`${base}/admin/realms/${realm}`, { method: 'DELETE', headers: { authorization: `Bearer ${adminToken}` } })
}
