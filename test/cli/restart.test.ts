import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { call, type Json } from '../server/call.ts'
import { launch, ostiary, type Running, script } from './ostiary.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-restart-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const demo = fileURLToPath(new URL('../fixtures/realm-demo.json', import.meta.url))
const registry = fileURLToPath(new URL('../../examples/registry/realm-demo-registry.json', import.meta.url))

/** A port that was free a moment ago: a restarted server must have the same address, since tokens carry it. */
async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening))
  const address = probe.address()
  await new Promise((closed) => probe.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}

interface Server {
  readonly running: Running
  readonly url: string
  admin(method: string, path: string, json?: unknown): ReturnType<typeof call>
  stop(signal: NodeJS.Signals): Promise<void>
}

const running = new Set<Running>()
after(() => {
  for (const one of running) one.process.kill('SIGKILL')
})

async function start(
  data: string,
  args: readonly string[] = [],
  credentials: readonly [string, string] = ['admin', 'admin'],
): Promise<Server> {
  const one = launch(process.execPath, [script, 'start-dev', `--data-dir=${data}`, '--http-port=0', ...args])
  running.add(one)
  const [, url = ''] = await one.said(/Base URL +(\S+)[\s\S]*Started in/)
  const [username, password] = credentials
  const form = { grant_type: 'password', client_id: 'admin-cli', username, password }
  const login = async () =>
    String((await call('POST', `${url}/realms/master/protocol/openid-connect/token`, { form })).json['access_token'])
  let bearer: string | undefined
  return {
    running: one,
    url,
    async admin(method, path, json) {
      bearer ??= await login()
      return call(method, `${url}/admin${path}`, { bearer, ...(json === undefined ? {} : { json }) })
    },
    async stop(signal) {
      one.process.kill(signal)
      const { code } = await one.ended
      running.delete(one)
      if (signal !== 'SIGKILL') assert.equal(code, 0)
    },
  }
}

for (const [name, file] of Object.entries({ 'the demo registry': registry, 'a realm with clients of every kind': demo })) {
  test(`the curl line that start-dev prints for ${name} gets a token in a shell`, async () => {
    const server = await start(join(folder, `curl-${name.length}`), [`--import-realm=${file}`])
    const [line = ''] = await server.running.said(/^ *curl .*$/m)
    const answer = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })) as Json
    assert.equal(answer['token_type'], 'Bearer', JSON.stringify(answer))
    assert.equal(String(answer['access_token']).split('.').length, 3)
    await server.stop('SIGTERM')
  })
}

test('a restart keeps realms, keys, sessions and tokens, and does not import again', async () => {
  const data = join(folder, 'kept')
  const port = `--http-port=${await freePort()}`
  const first = await start(data, [port, `--import-realm=${demo}`])
  const realm = `${first.url}/realms/wiredemo/protocol/openid-connect`
  const basic = ['svc', 'svc-secret'] as const
  const login = {
    grant_type: 'password',
    client_id: 'web',
    client_secret: 'web-secret',
    username: 'alice',
    password: 'alice-pw',
    scope: 'openid',
  }
  const person = (await call('POST', `${realm}/token`, { form: login })).json
  const bearer = String(person['access_token'])
  const keys = (await call('GET', `${realm}/certs`)).json
  assert.equal((await call('GET', `${realm}/userinfo`, { bearer })).status, 200)
  await first.admin('PUT', '/realms/wiredemo', { displayName: 'after the import' })
  await first.stop('SIGTERM')
  const second = await start(data, [port, `--import-realm=${demo}`])
  assert.match(second.running.output(), /Realm 'wiredemo' exists and is kept/)
  assert.equal((await second.admin('GET', '/realms/wiredemo')).json['displayName'], 'after the import')
  assert.deepEqual((await call('GET', `${realm}/certs`)).json, keys)
  assert.equal((await call('GET', `${realm}/userinfo`, { bearer })).status, 200)
  const form = {
    grant_type: 'refresh_token',
    client_id: 'web',
    client_secret: 'web-secret',
    refresh_token: String(person['refresh_token']),
  }
  assert.equal((await call('POST', `${realm}/token`, { form })).status, 200)
  assert.equal((await call('POST', `${realm}/token`, { form: { grant_type: 'client_credentials' }, basic })).status, 200)
  await second.stop('SIGINT')
})

const killRounds = 5

test('a realm whose creation was acknowledged is there after kill -9, whole', async () => {
  const data = join(folder, 'killed')
  for (let round = 0; round < killRounds; round++) {
    const server = await start(data)
    for (let before = 0; before < round; before++) {
      assert.equal((await server.admin('GET', `/realms/killed-${before}`)).status, 200, `round ${round}`)
    }
    const { status } = await server.admin('POST', '/realms', { realm: `killed-${round}`, enabled: true })
    assert.equal(status, 201)
    await server.stop('SIGKILL')
  }
  const server = await start(data)
  for (let round = 0; round < killRounds; round++) {
    const clients = (await server.admin('GET', `/realms/killed-${round}/clients`)).json as unknown as Json[]
    assert.equal(clients.length, 6)
    assert.equal((await call('GET', `${server.url}/realms/killed-${round}/protocol/openid-connect/certs`)).status, 200)
  }
  await server.stop('SIGTERM')
})

test('a whole installation moves to another data folder by export and import', async () => {
  const [from, to, out] = ['from', 'to', 'out'].map((name) => join(folder, name)) as [string, string, string]
  const command = (args: readonly string[], env: Record<string, string> = {}): string => {
    const { code, stdout, stderr } = ostiary(args, { env })
    assert.equal(code, 0, stdout + stderr)
    return stdout
  }
  command(['import', `--file=${demo}`, `--data-dir=${from}`])
  command(['bootstrap-admin', 'user', '--username=boss', '--password:env=PW', `--data-dir=${from}`], { PW: 'password-of-boss' })
  command(['export', `--dir=${out}`, `--data-dir=${from}`])
  const files = ['master-realm.json', 'master-users-0.json', 'wiredemo-realm.json', 'wiredemo-users-0.json']
  assert.deepEqual(readdirSync(out).sort(), files)
  command(['import', `--dir=${out}`, `--data-dir=${to}`])
  const server = await start(to, [], ['boss', 'password-of-boss'])
  assert.equal((await server.admin('GET', '/realms/wiredemo')).status, 200)
  assert.equal((await server.admin('GET', '/realms/master')).status, 200)
  await server.stop('SIGTERM')
})

test('the first administrator is the one of KC_BOOTSTRAP_ADMIN_USERNAME and _PASSWORD', async () => {
  const data = join(folder, 'bootstrap')
  const env = { KC_BOOTSTRAP_ADMIN_USERNAME: 'chief', KC_BOOTSTRAP_ADMIN_PASSWORD: 'password-of-chief' }
  const flags = ['--hostname-strict=false', '--http-host=127.0.0.1', '--http-port=0', `--data-dir=${data}`]
  const server = launch(process.execPath, [script, 'start', ...flags], env)
  running.add(server)
  const [, url = ''] = await server.said(/Listening on: (http:\S+)/)
  const login = (username: string, password: string) =>
    call('POST', `${url}/realms/master/protocol/openid-connect/token`, {
      form: { grant_type: 'password', client_id: 'admin-cli', username, password },
    })
  assert.equal((await login('chief', 'password-of-chief')).status, 200)
  assert.notEqual((await login('admin', 'admin')).status, 200)
  assert.ok(!server.output().includes('password-of-chief'))
  server.process.kill('SIGTERM')
  assert.equal((await server.ended).code, 0)
})
