/**
 * A real PostgreSQL for tests. `freshDatabase` gives an empty database on a server that the whole test run shares; `startPostgres` gives
 * a server of one's own, to kill it. A machine where no PostgreSQL can be started fails the tests.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Account, accountForPostgres, type Binaries, findBinaries } from './postgres-binaries.ts'

export interface TestPostgres {
  /** The database `postgres`, user and password included. */
  readonly url: string
  /** Kills the server with SIGKILL and waits until it is gone. */
  kill(): Promise<void>
  /** Starts it again on the same data. */
  restart(): Promise<void>
  /** Ends the server and removes everything. */
  stop(): Promise<void>
}

export interface FreshDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** How often a start is tried: after a SIGKILL the server's children hold its memory for a moment. */
const startsMax = 100
const pollMs = 50
const user = 'ostiary'

interface Place extends Binaries {
  readonly account: Account | undefined
  /** Holds the data, the log and the socket. */
  readonly root: string
}

/** With ICU the default order of text is that of a language, as in most installations; a PostgreSQL built without it sorts bytes. */
const locales = [['--locale-provider=icu', '--icu-locale=en-US', '--locale=C'], ['--locale=C']]

/** Marks the time in which initdb runs. It goes on when the test process is killed, and interrupted it would leave shared memory behind. */
const initializeScript = `mark=$1; shift; : > "$mark"; "$@"; status=$?; rm -f "$mark"; exit $status`

function initialize({ directory, account, root }: Place, password: string): void {
  const passwordFile = join(root, 'password')
  writeFileSync(passwordFile, password)
  if (account !== undefined) chownSync(passwordFile, account.uid, account.gid)
  const fixed = ['-D', join(root, 'data'), '-U', user, '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-sync']
  let output = ''
  for (const locale of locales) {
    const command = [initializeScript, 'initialize', join(root, 'initializing'), join(directory, 'initdb'), ...fixed, ...locale]
    const { status, stderr } = spawnSync('sh', ['-c', ...command], { encoding: 'utf8', cwd: root, ...account })
    if (status === 0) return
    output += stderr
  }
  throw new Error(`initdb failed: ${output}`)
}

async function launch({ directory, account, root }: Place, url: string): Promise<ChildProcess> {
  const log = join(root, 'log')
  for (let attempt = 0; attempt < startsMax; attempt++) {
    const out = openSync(log, 'w')
    const settings = ['listen_addresses=', `unix_socket_directories=${root}`, 'shared_buffers=32MB', 'max_connections=60']
    const args = ['-D', join(root, 'data'), ...settings.flatMap((one) => ['-c', one])]
    const server = spawn(join(directory, 'postgres'), args, { stdio: ['ignore', out, out], cwd: root, ...account })
    closeSync(out)
    server.unref()
    while (server.exitCode === null && server.signalCode === null) {
      if (await answers(url)) return server
      await pause(pollMs)
    }
    await pause(pollMs)
  }
  throw new Error(`PostgreSQL does not start: ${readFileSync(log, 'utf8')}`)
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

const hasEnded = (server: ChildProcess): boolean => server.exitCode !== null || server.signalCode !== null

/**
 * Waits for the end of its input, which comes when the test process ends, in whatever way; then ends the server as after a crash, which
 * takes its shared memory away as well, and removes the folder.
 */
const guardScript = `
cat > /dev/null
polls=0
while [ -e "$1/initializing" ] && [ $polls -lt 100 ]; do sleep 0.1; polls=$((polls + 1)); done
pid=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)
if [ "\${pid:-0}" -gt 0 ] && kill -QUIT "$pid" 2> /dev/null; then
  polls=0
  while [ -e "$1/data/postmaster.pid" ] && [ $polls -lt 100 ]; do sleep 0.1; polls=$((polls + 1)); done
fi
rm -rf "$1"`

/** Returns what ends the server and resolves when all is gone. Nothing here keeps the process alive. */
function startGuard(root: string): () => Promise<void> {
  // A process group of its own: Ctrl-C must not end it before the server.
  const guard = spawn('sh', ['-c', guardScript, 'guard', root], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  guard.unref()
  if (guard.stdin instanceof Socket) guard.stdin.unref()
  return async () => {
    const exit = once(guard, 'exit')
    guard.ref()
    guard.stdin.end()
    await exit
  }
}

/** Starts a PostgreSQL of one's own on a Unix socket and prints which one it is. It ends with this process at the latest. */
export async function startPostgres(): Promise<TestPostgres> {
  const account = accountForPostgres()
  const root = mkdtempSync(join(tmpdir(), 'ostiary-postgres-'))
  const stop = startGuard(root)
  chmodSync(root, 0o700)
  if (account !== undefined) chownSync(root, account.uid, account.gid)
  const password = randomBytes(12).toString('hex')
  const url = `postgresql://${user}:${password}@${encodeURIComponent(root)}/postgres`
  const place: Place = { ...findBinaries(account, root), account, root }
  initialize(place, password)
  let server = await launch(place, url)
  process.stdout.write(`# PostgreSQL for tests: ${place.version}, from ${place.origin} (${place.directory})\n`)
  const kill = async (): Promise<void> => {
    const exit = once(server, 'exit')
    server.ref()
    server.kill('SIGKILL')
    await exit
  }
  const restart = async (): Promise<void> => {
    if (!hasEnded(server)) throw new Error('PostgreSQL is still running')
    server = await launch(place, url)
  }
  return { url, kill, restart, stop }
}

/** Where `global-setup.ts` tells every test process of a run which server to use. */
export const sharedUrlVariable = 'OSTIARY_TEST_POSTGRES_URL'

let own: Promise<TestPostgres> | undefined

async function sharedUrl(): Promise<string> {
  const given = process.env[sharedUrlVariable]
  if (given !== undefined) return given
  own ??= startPostgres()
  return (await own).url
}

async function administer(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

/** A new, empty database on the server that the tests share. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const url = await sharedUrl()
  const name = `test_${randomBytes(8).toString('hex')}`
  await administer(url, `create database ${name}`)
  return { url: url.replace(/\/postgres$/, `/${name}`), drop: () => administer(url, `drop database ${name} with (force)`) }
}
