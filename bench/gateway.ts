import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Contender, firstOf, settled } from './contenders.ts'
import type { LoadRequest } from './load.ts'
import { eventually, freePort, type Running, start } from './process.ts'
import type { Work } from './scenarios/scenario.ts'

export const gatewayUnit = 'requests'
/** Of the bare proxy's requests a second. */
export const gatewayGoal = 0.6

const root = fileURLToPath(new URL('..', import.meta.url))
const startTimeoutMs = 30_000
/** Bearers that ask again and again, as external systems do: more than the gateway could mistake for one. */
const bearers = 100
const path = '/api/gateway/data-factory/count-units-in-parallel'

/** An issuer with one key, and tokens of it that live for as long as the measurement. */
async function issuerOf(): Promise<{ url: string; tokens: string[]; stop(): void }> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }
  const server = createServer((_request, response) => void response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/bench`
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const nowSeconds = Math.floor(Date.now() / 1_000)
  const tokens = Array.from({ length: bearers }, (_, index) => {
    const claims = {
      exp: nowSeconds + 3_600,
      iat: nowSeconds,
      jti: randomUUID(),
      iss: url,
      aud: 'data-factory',
      sub: randomUUID(),
      typ: 'Bearer',
      azp: `system-${index}`,
      realm_access: { roles: ['trembita-invoker'] },
      resource_access: { 'data-factory': { roles: ['count-units-in-parallel'] } },
      scope: 'profile email',
      preferred_username: `service-account-system-${index}`,
    }
    const input = `${part({ alg: 'RS256', typ: 'JWT', kid: 'bench' })}.${part(claims)}`
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
  })
  return { url, tokens, stop: () => server.close() }
}

/** Starts an upstream, the built gateway and the bare proxy, and stops them when the work is done. */
export async function withGateway(work: (contenders: readonly Contender[]) => Promise<void>): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'tools/build.ts')])
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  const issuer = await issuerOf()
  const started: Running[] = []
  const run = (...args: string[]): Running => {
    const running = start(process.execPath, args)
    started.push(running)
    return running
  }
  try {
    const [upstreamPort, gatewayPort, proxyPort] = [await freePort(), await freePort(), await freePort()]
    const route = {
      path: '/api/gateway/data-factory/{condition}',
      methods: ['GET'],
      upstream: `http://127.0.0.1:${upstreamPort}`,
      clientRoles: { 'data-factory': ['{condition}'] },
    }
    // JSON is YAML.
    const settings = {
      listen: `127.0.0.1:${gatewayPort}`,
      issuers: [{ issuer: issuer.url, jwksUri: `${issuer.url}/certs` }],
      routes: [route],
    }
    const file = join(folder, 'gateway.yaml')
    await writeFile(file, JSON.stringify(settings))
    run(join(root, 'bench/upstream.ts'), String(upstreamPort))
    const gateway = run(join(root, 'bin/ostiary.js'), 'gateway', `--config=${file}`)
    const proxy = run(join(root, 'bench/bare-proxy.ts'), String(proxyPort), String(upstreamPort))
    const requests = (port: number): Work => {
      const [first, ...rest] = issuer.tokens.map((token): LoadRequest => {
        const headers = { authorization: `Bearer ${token}` }
        return { url: `http://127.0.0.1:${port}${path}`, method: 'GET', headers, body: '' }
      })
      if (first === undefined) throw new Error('there are no bearers')
      return { requests: [first, ...rest] }
    }
    await work([await contender('ostiary', gateway, requests(gatewayPort)), await contender('bare proxy', proxy, requests(proxyPort))])
  } finally {
    for (const running of started) await running.stop()
    issuer.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function contender(name: Contender['name'], running: Running, work: Work): Promise<Contender> {
  await eventually(
    () => firstOf(work),
    startTimeoutMs,
    () => running.output().slice(-2_000),
  )
  return { name, pid: running.pid, work, firstTokenCpuSeconds: undefined, idleBytes: await settled(running.pid), stop: running.stop }
}
