// The registry platform in one command: node examples/registry/run.js
// Starts the identity server with a realm, two upstreams, and the gateway in front of them; prints what to try. Ctrl-C stops all of it.
// IDENTITY_PORT, GATEWAY_PORT, GATEWAY_MANAGEMENT_PORT, DATA_FACTORY_PORT and BUSINESS_PROCESS_PORT change ports.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const { env } = process
const oldestNode = 24
const script = fileURLToPath(new URL('../../bin/ostiary.js', import.meta.url))
const beside = (name) => fileURLToPath(new URL(name, import.meta.url))
const ports = {
  identity: env.IDENTITY_PORT ?? '8080',
  gateway: env.GATEWAY_PORT ?? '8000',
  management: env.GATEWAY_MANAGEMENT_PORT ?? '9001',
  dataFactory: env.DATA_FACTORY_PORT ?? '8101',
  businessProcess: env.BUSINESS_PROCESS_PORT ?? '8102',
}
const identity = `http://127.0.0.1:${ports.identity}`
const issuer = `${identity}/realms/consent-01-external-system`
const gateway = `http://127.0.0.1:${ports.gateway}`
const children = []
const dataDir = mkdtempSync(join(tmpdir(), 'ostiary-registry-'))

function run(args, more = {}) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'], env: { ...env, ...more } })
  child.on('exit', (code) => stop(code ?? 1))
  children.push(child)
}

let stopping = false
async function stop(code) {
  if (stopping) return
  stopping = true
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null)
  const ended = running.map((child) => once(child, 'exit'))
  for (const child of running) child.kill('SIGTERM')
  await Promise.all(ended)
  rmSync(dataDir, { recursive: true, force: true })
  process.exit(code)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0))

async function answers(url) {
  for (let attempt = 0; attempt < 300 && !stopping; attempt += 1) {
    const ok = await fetch(url).then((response) => response.ok, () => false)
    if (ok) return
    await new Promise((done) => setTimeout(done, 100))
  }
  if (!stopping) throw new Error(`${url} does not answer`)
}

/** What to try, to be pasted as it stands. */
const steps = () => `
The registry platform is up. In another terminal:

  # 1. The administrator grants an external system access: its password is shown once
  export ADMIN_PASSWORD=admin
  REGISTRY="--server ${identity} --realm consent-01-external-system --username admin --password:env ADMIN_PASSWORD"
  SECRET=$(node bin/ostiary.js external-system create clinic --type external-system $REGISTRY --json | sed -n 's/.*"secret": *"\\([^"]*\\)".*/\\1/p')
  node bin/ostiary.js external-system grant clinic --search-conditions count-units-in-parallel --business-processes '*' $REGISTRY

  # 2. With it the system gets its token, and the data of the registry
  TOKEN=$(curl -s ${issuer}/protocol/openid-connect/token -d grant_type=client_credentials -d client_id=clinic --data-urlencode "client_secret=$SECRET" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" ${gateway}/api/gateway/data-factory/count-units-in-parallel

  # 3. It starts a business process
  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"businessProcessDefinitionKey":"add-lab","startVariables":{"labName":"Laboratory No. 3"}}' ${gateway}/api/gateway/business-process/api/start-bp

  # 4. A process that there is not: 422 of the upstream
  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"businessProcessDefinitionKey":"no-such"}' ${gateway}/api/gateway/business-process/api/start-bp

  # 5. A search condition that was not granted: 403 with an empty body; no token: 401
  curl -s -i -H "Authorization: Bearer $TOKEN" ${gateway}/api/gateway/data-factory/units-by-region
  curl -s -i ${gateway}/api/gateway/data-factory/units-by-region

  # 6. Why
  echo $TOKEN | node bin/ostiary.js explain request --config examples/registry/gateway/gateway.yaml --path /api/gateway/data-factory/units-by-region --token-file -

Ctrl-C stops everything.
`

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  // The pinned Node of the packages knows SQLite; this file runs again with it.
  const pinned = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url))
  const child = spawn(pinned, [fileURLToPath(import.meta.url)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal).on(signal, () => child.kill(signal))
  rmSync(dataDir, { recursive: true, force: true })
  child.on('exit', (code) => process.exit(code ?? 1))
} else {
  const { businessProcess, dataFactory } = await import('./gateway/upstreams.js')
  dataFactory().listen(Number(ports.dataFactory), '127.0.0.1')
  businessProcess().listen(Number(ports.businessProcess), '127.0.0.1')
  run(['start-dev', `--http-port=${ports.identity}`, `--data-dir=${dataDir}`, `--import-realm=${beside('gateway/realm.json')}`])
  await answers(`${issuer}/.well-known/openid-configuration`)
  run(['gateway', `--config=${beside('gateway/gateway.yaml')}`], {
    ISSUER: issuer,
    GATEWAY_PORT: ports.gateway,
    GATEWAY_MANAGEMENT_PORT: ports.management,
    DATA_FACTORY: `http://127.0.0.1:${ports.dataFactory}`,
    BUSINESS_PROCESS: `http://127.0.0.1:${ports.businessProcess}`,
  })
  await answers(`http://127.0.0.1:${ports.management}/health/ready`)
  if (!stopping) process.stdout.write(steps())
}
