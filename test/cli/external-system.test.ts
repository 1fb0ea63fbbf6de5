import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { registryOf, registryRealm } from '../registry/registry.ts'
import type { Json } from '../server/call.ts'
import { service } from '../server/samples.ts'
import { serverOfFile } from '../server.ts'
import { cleanEnvironment, type Outcome, script } from './ostiary.ts'

const name = 'reg-cli'
const steward = {
  username: 'service-account-steward',
  enabled: true,
  serviceAccountClientId: 'steward',
  clientRoles: { 'realm-management': ['manage-clients'] },
}
const server = await serverOfFile({
  realms: [registryRealm(name, { clients: [service('steward', { secret: 'a-secret-of-the-steward' })], users: [steward] })],
})
const registry = registryOf(server, name)
const folder = mkdtempSync(join(tmpdir(), 'ostiary-registry-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the command beside this process, in which the server runs. */
async function run(args: readonly string[], { env = {}, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {}): Promise<Outcome> {
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    env: { ...cleanEnvironment(), ADMIN_PASSWORD: 'admin', STEWARD: 'a-secret-of-the-steward', ...env },
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const read = async (stream: NodeJS.ReadableStream | null): Promise<string> => {
    let text = ''
    for await (const chunk of stream ?? []) text += String(chunk)
    return text
  }
  child.stdin?.end(input)
  const [stdout, stderr, [code]] = await Promise.all([read(child.stdout), read(child.stderr), once(child, 'close')])
  return { code, stdout, stderr }
}

const asAdmin = ['--server', server.url, '--realm', name, '--username', 'admin', '--password:env', 'ADMIN_PASSWORD']
const asSteward = ['--server', server.url, '--realm', name, '--client-id', 'steward', '--client-secret:env', 'STEWARD']
const system = (words: readonly string[], options: readonly string[] = []): Promise<Outcome> =>
  run(['external-system', ...words, ...asAdmin, ...options])

async function said(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

test('a system lives its whole life on the command line', async () => {
  const made = await said(
    system(['create', 'tax-office'], ['--roles', 'trembita-invoker,reader', '--edrpou', '12345678', '--full-name', 'ДПС']),
  )
  const secret = /^Password +(\S{86})$/m.exec(made)?.[1] ?? ''
  assert.match(made, /^Name +tax-office$/m)
  assert.match(made, /The password is shown this once\.\n$/)
  assert.equal((await registry.token('tax-office', secret)).status, 200)
  assert.deepEqual((await registry.get('tax-office'))['attributes'], { edrpou: '12345678', fullName: 'ДПС' })

  await said(system(['grant', 'tax-office'], ['--search-conditions', 'one,two', '--business-processes=*']))
  const shown = await said(system(['show', 'tax-office']))
  assert.match(shown, /^Search conditions +one, two$/m)
  assert.match(shown, /^Business processes +\*$/m)
  assert.doesNotMatch(shown, new RegExp(secret))

  const rotated = JSON.parse(await said(system(['rotate', 'tax-office'], ['--grace', '600', '--json']))) as Json
  assert.deepEqual(Object.keys(rotated), ['secret', 'previousValidUntil'])
  assert.equal((await registry.token('tax-office', secret)).status, 200)

  assert.equal(await said(system(['block', 'tax-office'])), 'tax-office: blocked\n')
  assert.match(await said(system(['list'], ['--search', 'TAX'])), /^NAME +TYPE +STATUS.*\ntax-office +external-system +blocked +2026-.*\n$/)
  assert.equal(await said(system(['unblock', 'tax-office'])), 'tax-office: let in again\n')
  assert.equal(await said(system(['delete', 'tax-office'])), 'tax-office: removed\n')
  assert.equal((await registry.call('GET', '/tax-office')).status, 404)
})

test('a client with the right may ask in the place of a person', async () => {
  const json = JSON.parse(await said(run(['external-system', 'list', ...asSteward, '--json']))) as unknown[]
  assert.deepEqual(json, [])
})

test('a system is made with a key from a file', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [publicFile, privateFile] = ['public.pem', 'private.pem'].map((file) => join(folder, file)) as [string, string]
  writeFileSync(publicFile, publicKey.export({ format: 'pem', type: 'spki' }))
  writeFileSync(privateFile, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  assert.doesNotMatch(await said(system(['create', 'signing'], ['--public-key-file', publicFile])), /Password/)
  assert.equal((await registry.get('signing'))['authentication'], 'key')
  const wrong = await system(['key', 'signing'], ['--public-key-file', privateFile])
  assert.deepEqual([wrong.code, wrong.stderr], [1, 'publicKey: a private key was sent; only public keys are taken (400)\n'])
  const missing = await system(['key', 'signing'], ['--jwks-file', 'nowhere.json'])
  assert.deepEqual([missing.code, missing.stderr], [1, 'nowhere.json cannot be read (ENOENT)\n'])
})

test('what the server refuses is told in its words, with exit code 1', async () => {
  const cases: [Promise<Outcome>, RegExp][] = [
    [system(['show', 'nobody']), /^Could not find external system \(404\)\n$/],
    [system(['create', 'Wrong']), /^The name of an external system has at most 32 .* \(400\)\n$/],
    [
      run(['external-system', 'list', ...asAdmin], { env: { ADMIN_PASSWORD: 'wrong' } }),
      /^Not logged in: Invalid user credentials \(400\)\n$/,
    ],
    [run(['external-system', 'list', ...asAdmin.slice(0, -2)]), /^No password provided: give --password:env/],
    [run(['external-system', 'list', ...asAdmin, '--server=http://127.0.0.1:1']), /^127\.0\.0\.1:1: unreachable\n$/],
  ]
  for (const [outcome, words] of cases) {
    const { code, stdout, stderr } = await outcome
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, words)
  }
})

test('words and options that make no sense are exit code 2', async () => {
  const cases: [Promise<Outcome>, RegExp][] = [
    [system([]), /^Usage: 'ostiary external-system list'/],
    [system(['frobnicate', 'x']), /^Usage:/],
    [system(['show']), /^Usage:/],
    [system(['show', 'a', 'b']), /^Usage:/],
    [run(['explain', 'token', ...asAdmin]), /^Usage: 'ostiary explain token JWT'/],
    [run(['external-system', 'list', '--username', 'admin']), /'--realm' is missing/],
    [run(['external-system', 'list', '--realm', name]), /Must specify either --username or --client-id/],
    [run(['external-system', 'list', ...asAdmin, '--client-id', 'x']), /Cannot specify both/],
    [run(['external-system', 'list', '--realm', name, '--client-id', 'x']), /No secret provided: give --client-secret:env/],
    [run(['external-system', 'list', ...asSteward], { env: { STEWARD: '' } }), /the environment variable STEWARD is not set/],
    [system(['list'], ['--server=ftp://a.example']), /Invalid value for option '--server'/],
    [system(['create', 'x'], ['--type=person']), /Expected values are: external-system, internal-registry/],
    [system(['rotate', 'x'], ['--grace=9999999']), /'--grace'/],
  ]
  for (const [outcome, words] of cases) {
    const { code, stdout, stderr } = await outcome
    assert.deepEqual([code, stdout], [2, ''], stderr)
    assert.match(stderr, words)
  }
})

test('explain token says of a real token which mapper and which mapping put what into it, and of a broken one what is wrong', async () => {
  const secret = await registry.create('explained', { roles: ['trembita-invoker'], attributes: { drfo: '1234567890' } })
  const token = String((await registry.token('explained', secret)).json['access_token'])
  const words = await said(run(['explain', 'token', '-', ...asAdmin], { input: token }))
  for (const line of [
    /^The token is valid\.$/m,
    /^signature +yes +by the key /m,
    /^drfo +1234567890 .*mapper/m,
    /^trembita-invoker +yes +given to the user directly; put into realm_access\.roles by mapper "realm roles"/m,
  ])
    assert.match(words, line)
  const broken = await said(run(['explain', 'token', '-', ...asAdmin], { input: `${token.slice(0, -6)}AAAAAA` }))
  assert.match(broken, /^The token is NOT valid\.$/m)
  assert.match(broken, /^signature +NO /m)
})

test('explain token prints what the server says of a token, which may come from standard input', async () => {
  const answer = {
    valid: false,
    checks: [
      { check: 'signature', ok: true, detail: 'by a key of the realm' },
      { check: 'times', ok: false, detail: 'expired' },
    ],
    claims: [{ claim: 'drfo', value: '123', source: { mapper: 'drfo' }, reason: 'attribute\u001b[2J of the user' }],
    roles: [{ role: 'reader', client: 'data-factory', in: false, reason: 'not granted' }],
    withheld: [{ claim: 'edrpou', reason: 'no value' }],
  }
  const asked: string[] = []
  const stand = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    asked.push(`${request.method} ${request.url} ${body}`)
    response.end(JSON.stringify(request.url?.endsWith('/token') ? { access_token: 'a' } : answer))
  })
  stand.listen(0, '127.0.0.1')
  await once(stand, 'listening')
  try {
    const url = `http://127.0.0.1:${(stand.address() as AddressInfo).port}/auth/`
    const options = [...asAdmin, `--server=${url}`]
    const words = await said(run(['explain', 'token', '-', ...options], { input: 'e.y.j\n' }))
    assert.deepEqual(asked.at(-1), `POST /auth/admin/realms/${name}/explain {"token":"e.y.j"}`)
    for (const line of [
      /^The token is NOT valid\.$/m,
      /^times +NO +expired$/m,
      /^drfo +123 +mapper drfo +attribute \[2J of the user$/m,
      /^reader +data-factory +NO +not granted$/m,
      /^- claim edrpou, reason no value$/m,
    ])
      assert.match(words, line)
    assert.deepEqual(JSON.parse(await said(run(['explain', 'token', 'e.y.j', ...options, '--json']))), answer)
  } finally {
    stand.close()
  }
})
