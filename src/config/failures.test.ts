import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Config } from './config.ts'
import { failureLine } from './failures.ts'
import { loadConfig } from './load.ts'

const load = (...args: string[]): Config => loadConfig({ command: 'start-dev', args, env: {}, readFile: () => undefined })

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ostiary-failures-'))
  context.after(() => rmSync(path, { recursive: true }))
  return path
}

async function listenError(port: number, host: string): Promise<Error> {
  const server = createServer()
  return new Promise((failed) => {
    server.on('error', failed)
    server.listen(port, host)
  })
}

async function thrown(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  return assert.fail('nothing was thrown')
}

const coded = (members: Record<string, unknown>, message = 'why'): Error => Object.assign(new Error(message), members)

test('a port in use names --http-port, or --http-management-port when it is that one', async (context) => {
  const taken = createServer()
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening))
  context.after(() => taken.close())
  const address = taken.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const error = await listenError(port, '127.0.0.1')
  assert.equal(failureLine(error, load(`--http-port=${port}`)), `--http-port=${port}: the port is in use`)
  const management = load('--http-port=1', `--http-management-port=${port}`)
  assert.equal(failureLine(error, management), `--http-management-port=${port}: the port is in use`)
})

test('an address of another machine names --http-host', async () => {
  const config = load('--http-host=127.0.0.1')
  const error = await listenError(0, '192.0.2.1')
  assert.equal(failureLine(error, config), '--http-host=127.0.0.1: no address of this machine')
})

test('a forbidden port names --http-port', () => {
  const error = coded({ code: 'EACCES', syscall: 'listen', port: 80 })
  assert.equal(failureLine(error, load('--http-port=80')), '--http-port=80: this user may not bind the port')
})

test('a database that is no database names --data-dir, found through the causes of an error', async (context) => {
  const dir = folder(context)
  writeFileSync(join(dir, 'ostiary.db'), 'not a database, but long enough to be looked at as one'.repeat(40))
  const cause = await thrown(() => new DatabaseSync(join(dir, 'ostiary.db')).exec('select * from sqlite_master'))
  const line = failureLine(new Error('migration failed', { cause }), load(`--data-dir=${dir}`))
  assert.equal(line, `--data-dir=${dir}: the database ${join(dir, 'ostiary.db')} cannot be used: file is not a database`)
})

test('a database file elsewhere names --db-url', async (context) => {
  const path = join(folder(context), 'missing', 'x.db')
  const error = await thrown(() => new DatabaseSync(path))
  assert.match(failureLine(error, load(`--db-url=${path}`)) ?? '', /^--db-url: the database .*x\.db cannot be used: unable to open/)
})

test('a realm file that is not there names --import-realm', async (context) => {
  const path = join(folder(context), 'realm.json')
  const error = await thrown(() => readFile(path))
  assert.equal(failureLine(error, load(`--import-realm=${path}`)), `--import-realm=${path}: ${path}: no such file or folder`)
})

test('PostgreSQL that does not answer or refuses names the option, and never the password', () => {
  const config = load('--db=postgres', '--db-url=postgresql://me:hush@db.example:5433/ids')
  const line = (members: Record<string, unknown>): string | undefined => failureLine(coded(members), config)
  assert.equal(line({ code: 'ECONNREFUSED', syscall: 'connect' }), '--db-url: no PostgreSQL answers at db.example:5433 (ECONNREFUSED)')
  const lookup = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'db.example' }
  assert.equal(line(lookup), '--db-url: no PostgreSQL answers at db.example:5433 (ENOTFOUND)')
  assert.equal(line({ code: '28P01', severity: 'FATAL' }), '--db-password: PostgreSQL at db.example:5433 refuses the user or its password')
  assert.equal(line({ code: '3D000', severity: 'FATAL' }), '--db-url: PostgreSQL at db.example:5433 has no database ids')
  assert.equal(line({ code: '53300', severity: 'FATAL' }), '--db-url: PostgreSQL at db.example:5433 says: why')
})

test('a plain error of one line about a file or the database is told after the option that named it', () => {
  const config = load('--data-dir=/d', '--import-realm=/realms/a.json')
  assert.equal(failureLine(new Error('/realms/a.json: no JSON'), config), '--import-realm=/realms/a.json: /realms/a.json: no JSON')
  assert.equal(failureLine(new Error('--realm=x: there is no such realm'), config), '--realm=x: there is no such realm')
  const newer = `${join('/d', 'ostiary.db')} was written by a newer version`
  assert.equal(failureLine(new Error(newer), config), `--data-dir=/d: ${newer}`)
  const postgres = load('--db=postgres')
  assert.equal(failureLine(new Error('the PostgreSQL database is newer'), postgres), '--db-url: the PostgreSQL database is newer')
})

test('an error that no option explains is left to the log', () => {
  assert.equal(failureLine(new TypeError('x is not a function'), load()), undefined)
  assert.equal(failureLine('text', load()), undefined)
})
