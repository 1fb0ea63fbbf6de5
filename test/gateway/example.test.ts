import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../bench/process.ts'
import { cleanEnvironment, launch, ostiary, script } from '../cli/ostiary.ts'

const example = fileURLToPath(new URL('../../examples/registry/', import.meta.url))
const names = ['IDENTITY_PORT', 'GATEWAY_PORT', 'GATEWAY_MANAGEMENT_PORT', 'DATA_FACTORY_PORT', 'BUSINESS_PROCESS_PORT'] as const
const ports: Record<string, string> = {}
for (const name of names) ports[name] = String(await freePort())
const identity = `http://127.0.0.1:${ports['IDENTITY_PORT']}`
const gateway = `http://127.0.0.1:${ports['GATEWAY_PORT']}`
const issuer = `${identity}/realms/consent-01-external-system`

const running = launch(process.execPath, [join(example, 'run.js')], ports)
const folder = mkdtempSync(join(tmpdir(), 'ostiary-gateway-'))
after(async () => {
  running.process.kill('SIGTERM')
  await running.ended
  rmSync(folder, { recursive: true, force: true })
})
await running.said(/Ctrl-C stops everything/)

async function tokenOf(clientId: string, realm = issuer, form: Record<string, string> = {}): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, ...form })
  const answer = await fetch(`${realm}/protocol/openid-connect/token`, { method: 'POST', body })
  const { access_token } = (await answer.json()) as { access_token?: string }
  return access_token ?? assert.fail(`no token: ${answer.status}`)
}

const hospital = (): Promise<string> => tokenOf('hospital', issuer, { client_secret: 'hospital-secret' })
const get = (token: string, condition: string): Promise<Response> =>
  fetch(`${gateway}/api/gateway/data-factory/${condition}`, { headers: { authorization: `Bearer ${token}` } })
const start = (token: string, body: unknown): Promise<Response> =>
  fetch(`${gateway}/api/gateway/business-process/api/start-bp`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('the commands that the example prints work word for word', () => {
  const printed = /# 1[\s\S]*?(?=# 6)/.exec(running.output())?.[0] ?? assert.fail('nothing is printed')
  const { stdout, status } = spawnSync('bash', ['-c', printed], { encoding: 'utf8', env: cleanEnvironment() })
  assert.equal(status, 0)
  assert.match(stdout, /\[\{"units":3\}\]\{"resultVariables":\{"labName":"Laboratory No\. 3","registeredBy":"service-account-clinic"\}\}/)
  assert.match(stdout, /"code":"START_BP_ERROR"/)
  assert.match(stdout, /HTTP\/1\.1 403 Forbidden[\s\S]*HTTP\/1\.1 401 Unauthorized/)
})

test('from granted access to data: search condition and business process', async () => {
  const token = await hospital()
  const rows = await get(token, 'count-units-in-parallel')
  assert.deepEqual([rows.status, await rows.json()], [200, [{ units: 3 }]])
  const none = await start(token, { businessProcessDefinitionKey: 'check-consent', startVariables: {} })
  assert.deepEqual([none.status, await none.json()], [200, { resultVariables: {} }])
  const unknown = await start(token, { businessProcessDefinitionKey: 'no-such', startVariables: {} })
  assert.equal(unknown.status, 422)
  assert.deepEqual(Object.keys((await unknown.json()) as object), ['traceId', 'code', 'message', 'localizedMessage'])
})

test('who was granted nothing gets 403 with an empty body', async () => {
  const token = await tokenOf('newcomer', issuer, { client_secret: 'newcomer-secret' })
  for (const answer of [await get(token, 'count-units-in-parallel'), await start(token, {})]) {
    assert.deepEqual([answer.status, await answer.text()], [403, ''])
  }
})

test('a system that is blocked is refused at once, at the gateway and at the token endpoint, and let in again', async () => {
  const token = await hospital()
  const login = { grant_type: 'password', username: 'admin', password: 'admin' }
  const admin = await tokenOf('admin-cli', `${identity}/realms/master`, login)
  const clients = `${identity}/admin/realms/consent-01-external-system/clients`
  const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' }
  const [client] = (await (await fetch(`${clients}?clientId=hospital`, { headers })).json()) as { id: string }[]
  const set = (enabled: boolean): Promise<Response> =>
    fetch(`${clients}/${client?.id}`, { method: 'PUT', headers, body: JSON.stringify({ enabled }) })
  assert.equal((await get(token, 'count-units-in-parallel')).status, 200)
  assert.equal((await set(false)).status, 204)
  const refused = await get(token, 'count-units-in-parallel')
  assert.equal(refused.status, 401)
  assert.deepEqual(await refused.json(), { error: 'invalid_token', error_description: 'The token is not active' })
  await assert.rejects(hospital(), /no token: 401/)
  assert.equal((await set(true)).status, 204)
  assert.equal((await get(await hospital(), 'count-units-in-parallel')).status, 200)
})

test('explain names each check, and the one that failed', async () => {
  const file = join(folder, 'token')
  writeFileSync(file, `${await hospital()}\n`)
  const env = { ISSUER: issuer }
  const explain = (path: string, ...more: string[]) =>
    ostiary(['explain', 'request', '--config', join(example, 'gateway/gateway.yaml'), '--path', path, ...more], { env })
  const good = explain('/api/gateway/data-factory/count-units-in-parallel', '--token-file', file)
  assert.equal(good.code, 0, good.stdout + good.stderr)
  assert.match(good.stdout, /^passed {2}client role {3}data-factory\/count-units-in-parallel$/m)
  assert.match(good.stdout, /^Forwarded to .* for client hospital$/m)
  const bad = explain('/api/gateway/data-factory/units-by-region', '--token-file', file)
  assert.equal(bad.code, 1)
  assert.match(bad.stdout, /^failed {2}client role {3}the token has no client role data-factory\/units-by-region$/m)
  assert.match(bad.stdout, /^Answer: 403, empty body$/m)
  assert.match(explain('/api/gateway/nowhere').stdout, /^failed {2}route/m)
  assert.match(explain('/api/../x').stdout, /^failed {2}request form/m)
  const post = explain('/api/gateway/business-process/api/start-bp', '--method', 'POST', '--token-file', file)
  assert.match(post.stdout, /^passed {2}realm role {4}trembita-invoker$/m)
})

const good = `listen: 127.0.0.1:0
issuers: [{ issuer: 'http://127.0.0.1:1/realms/x' }]
routes:
  - path: /a/{id}
    methods: [GET]
    upstream: http://127.0.0.1:1
`

const mistakes: readonly [name: string, text: string, said: RegExp][] = [
  ['no YAML', 'a: [', /:1: /],
  ['a name twice', `${good}listen: 127.0.0.1:1\n`, /:7: .*unique/i],
  ['an unknown member', good.replace('methods', 'method'), /:5: routes\[0\]\.method: no such member; there are path, methods,/],
  ['no listen', good.replace('listen', 'Listen'), /: Listen: no such member/],
  ['a port beyond', good.replace('127.0.0.1:0', '127.0.0.1:70000'), /:1: listen: expected an address/],
  ['no upstream', good.replace(/ {4}upstream.*\n/, ''), /: routes\[0\]\.upstream: expected a URL/],
  ['another scheme', good.replace('upstream: http', 'upstream: ftp'), /:6: routes\[0\]\.upstream: expected a URL that begins with http/],
  ['an unknown method', good.replace('[GET]', '[FETCH]'), /:5: routes\[0\]\.methods\[0\]: expected one of GET/],
  ['two parameters', good.replace('{id}', '{id}/{more}'), /:4: routes\[0\]\.path: expected at most one \{parameter\}/],
  ['a path that no request has', good.replace('/a/{id}', '/a/../b'), /:4: routes\[0\]\.path: no request has such a path/],
  [
    'a role of no parameter',
    `${good}    realmRoles: ['{key}']\n`,
    /:7: routes\[0\]\.realmRoles.*: the path \/a\/\{id\} has no parameter \{key\}/,
  ],
  ['a prefix of another path', `${good}    stripPrefix: /b\n`, /:7: routes\[0\]\.stripPrefix: expected the beginning of \/a/],
  ['a variable that is not set', good.replace('127.0.0.1:0', `\${NO_SUCH_THING}`), /:1: listen: it names an environment variable/],
  ['the path of health', good.replace('/a/{id}', '/health/a'), /:4: routes\[0\]\.path: health is answered there/],
  ['a limit in words', `${good}limits: { bodyBytesMax: many }\n`, /:7: limits\.bodyBytesMax: expected a number/],
]

test('a mistake in the settings is one line that names file, line and member: exit code 2', async (context) => {
  for (const [name, text, said] of mistakes) {
    await context.test(name, () => {
      const file = join(folder, 'gateway.yaml')
      writeFileSync(file, text)
      const { code, stdout, stderr } = ostiary(['explain', 'request', '--config', file, '--path', '/a/1'])
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, /^[^\n]+\n$/)
      assert.match(stderr, said)
    })
  }
  const missing = ostiary(['gateway', '--config', join(folder, 'nowhere.yaml')])
  assert.deepEqual([missing.code, /^There is no file /.test(missing.stderr)], [2, true])
  assert.match(ostiary(['gateway']).stderr, /'--config'/)
})

test('the command stops when it is told to, and says when its port is taken', async () => {
  const file = join(folder, 'own.yaml')
  writeFileSync(file, good)
  const own = launch(process.execPath, [script, 'gateway', '--config', file])
  await own.said(/Listening on: http:\/\/127\.0\.0\.1:\d+/)
  own.process.kill('SIGTERM')
  assert.deepEqual(await own.ended, { code: 0, signal: null })
  writeFileSync(file, good.replace('127.0.0.1:0', `127.0.0.1:${ports['GATEWAY_PORT']}`))
  const taken = ostiary(['gateway', '--config', file])
  assert.equal(taken.code, 1)
  assert.match(taken.stderr, /cannot listen on port \d+ \(EADDRINUSE\)/)
})
