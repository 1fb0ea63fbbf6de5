import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { launch, olderNode, ostiary, type Running, script } from './ostiary.ts'

const realm = {
  realm: 'cli',
  enabled: true,
  clients: [
    { clientId: 'caller', secret: 'a-secret-of-the-demo', serviceAccountsEnabled: true, publicClient: false, standardFlowEnabled: false },
  ],
}

interface Folder {
  readonly data: string
  readonly realmFile: string
  readonly path: string
}

function folder(context: TestContext): Folder {
  const path = mkdtempSync(join(tmpdir(), 'ostiary-cli-'))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  const realmFile = join(path, 'realm.json')
  writeFileSync(realmFile, JSON.stringify(realm))
  return { path, realmFile, data: join(path, 'data') }
}

function serve(context: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}, node = process.execPath): Running {
  const running = launch(node, [script, ...args], env)
  context.after(async () => {
    running.process.kill('SIGKILL')
    await running.ended
  })
  return running
}

const baseUrl = async (running: Running): Promise<string> => (await running.said(/Base URL +(\S+)/))[1] ?? ''

test('start-dev says within one screen where it is, who the admin is, and a curl line that gets a token', async (context) => {
  const { data, realmFile } = folder(context)
  const running = serve(context, ['start-dev', '--http-port=0', `--data-dir=${data}`, '--import-realm', realmFile])
  const [line = ''] = await running.said(/^ *curl .*\n\n/m)
  const screen = running.output()
  assert.ok(screen.split('\n').length <= 24, screen)
  assert.match(screen, /Base URL +http:\/\/127\.0\.0\.1:\d+\n/)
  assert.match(screen, /Admin +admin, password admin/)
  assert.match(screen, /Realm 'cli' imported/)
  assert.match(screen, /Started in +\d+\.\d\d s/)
  const [, url = ''] = /curl -s (\S+)/.exec(line) ?? []
  const form = [...line.matchAll(/-d '([^=]+)=([^']*)'/g)].map(([, name = '', value = '']): [string, string] => [name, value])
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
  assert.equal(answer.status, 200)
  const { access_token: token } = (await answer.json()) as { access_token: string }
  assert.equal(token.split('.').length, 3)
})

test('SIGTERM and SIGINT end a server with exit code 0, and what it held is there at the next start', async (context) => {
  const { data, realmFile } = folder(context)
  const args = ['start-dev', '--http-port=0', `--data-dir=${data}`]
  const first = serve(context, [...args, `--import-realm=${realmFile}`])
  await baseUrl(first)
  first.process.kill('SIGTERM')
  assert.deepEqual(await first.ended, { code: 0, signal: null })
  const second = serve(context, args)
  const answer = await fetch(`${await baseUrl(second)}/realms/cli`)
  assert.equal(answer.status, 200)
  second.process.kill('SIGINT')
  assert.deepEqual(await second.ended, { code: 0, signal: null })
})

const older = olderNode()

test('a server that an older Node started stops on SIGTERM too', { skip: older === undefined && 'no older Node here' }, async (context) => {
  const { data } = folder(context)
  const running = serve(context, ['start-dev', '--http-port=0', `--data-dir=${data}`], {}, older)
  await baseUrl(running)
  running.process.kill('SIGTERM')
  assert.deepEqual(await running.ended, { code: 0, signal: null })
})

test('start in production makes no administrator up, prints no secret and writes JSON when asked', async (context) => {
  const { data, realmFile } = folder(context)
  const flags = ['--hostname-strict=false', '--http-host=127.0.0.1', '--http-port=0', '--log-console-output=json']
  const running = serve(context, ['start', ...flags, `--data-dir=${data}`, `--import-realm=${realmFile}`])
  const [, url = ''] = await running.said(/Listening on: (http:[^"]+)/)
  const lines = running.output().trim().split('\n')
  for (const line of lines) assert.equal(typeof JSON.parse(line).message, 'string')
  assert.doesNotMatch(running.output(), /a-secret-of-the-demo/)
  const form = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' })
  const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: form })
  assert.equal(((await answer.json()) as { error: string }).error, 'invalid_grant')
})

test('a port in use is one line that names the option, and exit code 1', async (context) => {
  const { data } = folder(context)
  const taken = createServer()
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening))
  context.after(() => taken.close())
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { code, stderr } = ostiary(['start-dev', `--http-port=${port}`, `--data-dir=${data}`])
  assert.deepEqual([code, stderr], [1, `--http-port=${port}: the port is in use\n`])
})

test('a database that cannot be read is one line that names the option, and exit code 1', (context) => {
  const { path } = folder(context)
  writeFileSync(join(path, 'ostiary.db'), 'this is no database at all, whatever its name says. '.repeat(100))
  const { code, stderr } = ostiary(['start-dev', '--http-port=0', `--data-dir=${path}`])
  assert.equal(code, 1)
  assert.match(stderr, /^--data-dir=[^\n]*ostiary\.db[^\n]*\n$/)
  const file = ostiary(['start-dev', '--http-port=0', `--data-dir=${join(path, 'realm.json')}`])
  assert.equal(file.code, 1)
  assert.match(file.stderr, /^--data-dir=[^\n]*realm\.json[^\n]*\n$/)
})

test('PostgreSQL that does not answer is one line that names the option, and exit code 1', (context) => {
  const { data } = folder(context)
  // Port 1 of this machine: nothing listens there, and an ordinary user cannot.
  const args = ['start-dev', '--http-port=0', `--data-dir=${data}`, '--db=postgres', '--db-url=postgresql://me:hush@127.0.0.1:1/x']
  const { code, stdout, stderr } = ostiary(args)
  assert.equal(code, 1)
  assert.match(stderr, /^--db-url: [^\n]*127\.0\.0\.1:1[^\n]*\n$/)
  assert.doesNotMatch(stdout + stderr, /hush/)
})

test('a realm file that is not there, or is no JSON, is one line that names it, and exit code 1', (context) => {
  const { path, data } = folder(context)
  const broken = join(path, 'broken.json')
  writeFileSync(broken, '{"realm": ')
  for (const file of [join(path, 'missing.json'), broken]) {
    for (const args of [
      ['start-dev', '--http-port=0', `--import-realm=${file}`],
      ['import', `--file=${file}`],
    ]) {
      const { code, stderr } = ostiary([...args, `--data-dir=${data}`])
      assert.equal(code, 1, args.join(' '))
      assert.match(stderr, /^[^\n]+\n$/, args.join(' '))
      assert.ok(stderr.includes(file), stderr)
    }
  }
})

test('import, export and bootstrap-admin work on a database without a server', (context) => {
  const { path, data, realmFile } = folder(context)
  const done = (args: readonly string[], env = {}): string => {
    const { code, stdout, stderr } = ostiary([...args, `--data-dir=${data}`], { env })
    assert.equal(code, 0, stdout + stderr)
    return stdout
  }
  assert.match(done(['import', `--file=${realmFile}`]), /Realm 'cli' imported/)
  assert.match(done(['import', '--file', realmFile, '--override', 'false']), /Realm 'cli' exists and is kept/)
  const out = join(path, 'out')
  assert.match(done(['export', `--dir=${out}`, '--realm=cli', '--users=realm_file']), /Written: /)
  const [name = ''] = readdirSync(out)
  assert.equal(JSON.parse(readFileSync(join(out, name), 'utf8')).realm, 'cli')
  const admin = ['bootstrap-admin', 'user', '--username=root', '--password:env=PW']
  assert.match(done(admin, { PW: 'a-password' }), /Administrator 'root' made/)
  const again = ostiary([...admin, `--data-dir=${data}`], { env: { PW: 'a-password' } })
  assert.deepEqual([again.code, again.stderr], [1, '--username=root: a user of this name exists in realm master\n'])
})
