import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '../../src/clock.ts'
import { systemRandom } from '../../src/crypto/random.ts'
import { generateKeys } from '../../src/keys/generate.ts'
import { startPostgres } from '../../test/storage/postgres.ts'
import { eventually, freePort, type Running, start } from '../process.ts'
import { openReference } from '../reference.ts'
import { type AdminClient, adminClient, timed } from './client.ts'
import { writePeople } from './people.ts'
import { adminSection, type Column } from './report.ts'
import {
  type AdminSizes,
  type Bench,
  createPlainRealms,
  type Figures,
  fillRealms,
  importUsers,
  labels,
  listRealms,
  searchUsers,
} from './tasks.ts'

export interface AdminOptions {
  readonly sizes: AdminSizes
  /** People of the large realm; 0 leaves it out. */
  readonly people: number
  readonly engines: readonly ('sqlite' | 'postgres')[]
  /** What is not done by then is left out. */
  readonly minutes: number
  /** As ORACLE and ORACLE_ADMIN say. */
  readonly oracle: string | undefined
  readonly oracleAdmin: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const startTimeoutMs = 60_000
const realmOfPeople = 'bench-people'

/** Measures administration: realms made and listed, users imported and searched, on both engines and on the reference. */
export async function runAdmin(options: AdminOptions): Promise<string> {
  const notes: string[] = []
  const loadBefore = loadavg()[0] ?? 0
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  const untilMs = performance.now() + options.minutes * 60_000
  const hasTime = (): boolean => performance.now() < untilMs
  const columns: Column[] = []
  const attempt = async (name: string, work: (figures: Figures) => Promise<void>): Promise<void> => {
    const figures: Figures = new Map()
    columns.push({ name, figures })
    await work(figures).catch((error: unknown) => {
      notes.push(`${name}: broken off: ${reasonOf(error)}`)
    })
  }
  try {
    await promisify(execFile)(process.execPath, [join(root, 'tools/build.ts')])
    const file = join(folder, 'people.json')
    if (options.people > 0) await writePeople(file, realmOfPeople, options.people)
    if (options.oracle === undefined || options.oracle === '') notes.push('The reference is left out: ORACLE is not set.')
    else await attempt('reference', (figures) => measureReference(options, figures, hasTime))
    for (const engine of options.engines)
      await attempt(`ostiary, ${engine}`, (figures) => measureOwn(options, engine, { folder, file }, figures, hasTime))
    if (!hasTime()) notes.push(`Stopped after ${options.minutes} minutes; what is missing was not measured.`)
    const { rounds, plainRealms } = options.sizes
    notes.push(`Medians of ${rounds} calls one after the other; of a creation, of the ten up to that number.`)
    notes.push(`Realms after number ${plainRealms} were filled up with given keys.`)
    notes.push(`Load average of the machine: ${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} at the end.`)
    // Ours first, as in the other tables.
    return adminSection(
      columns.toSorted((a, b) => Number(a.name === 'reference') - Number(b.name === 'reference')),
      options,
      notes,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One line without the command that failed: that may name a database with its password. */
function reasonOf(error: unknown): string {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message?: string }
  const said = [stderr, stdout, message].find((text) => text !== undefined && text.trim() !== '')
  return said?.trim().split('\n').at(-1) ?? String(error)
}

async function measureReference(options: AdminOptions, figures: Figures, hasTime: () => boolean): Promise<void> {
  const { base, stop } = await openReference(options.oracle ?? '')
  const client = adminClient(base, options.oracleAdmin)
  const prefix = `bench-${process.pid}`
  const bench: Bench = { client, prefix, sizes: options.sizes, figures, hasTime }
  try {
    const made = await createPlainRealms(bench)
    await listRealms(bench, made)
    await searchUsers(bench, await importUsers(bench), options.sizes.users)
  } finally {
    await removeRealms(client, prefix).finally(stop)
  }
}

/** A server that goes on running gets rid of what was measured. */
async function removeRealms(client: AdminClient, prefix: string): Promise<void> {
  const { body } = await client.call('GET', '/realms?briefRepresentation=true')
  for (const { realm } of JSON.parse(body) as { realm: string }[])
    if (realm.startsWith(`${prefix}-`)) await client.call('DELETE', `/realms/${realm}`)
}

async function measureOwn(
  options: AdminOptions,
  engine: 'sqlite' | 'postgres',
  { folder, file }: { readonly folder: string; readonly file: string },
  figures: Figures,
  hasTime: () => boolean,
): Promise<void> {
  const dataDir = join(folder, engine)
  const postgres = engine === 'postgres' ? await startPostgres() : undefined
  const place = [`--data-dir=${dataDir}`, ...(postgres ? ['--db=postgres', `--db-url=${postgres.url}`] : [])]
  let server: Running | undefined
  try {
    const imported = options.people > 0 && hasTime() ? await importFile(place, file, options.people, figures) : 0
    const port = await freePort()
    const base = `http://127.0.0.1:${port}`
    server = start(process.execPath, [join(root, 'bin/ostiary.js'), 'start-dev', `--http-port=${port}`, ...place])
    const client = adminClient(base, 'admin:admin')
    const { output } = server
    await eventually(
      () => client.call('GET', '/realms'),
      startTimeoutMs,
      () => output().slice(-2_000),
    )
    const bench: Bench = { client, prefix: 'bench', sizes: options.sizes, figures, hasTime }
    if (imported > 0) await searchUsers(bench, realmOfPeople, imported)
    await searchUsers(bench, await importUsers(bench), options.sizes.users)
    const made = await createPlainRealms(bench)
    await listRealms(bench, made)
    const filled = await fillRealms(bench, made, await sharedKeys())
    if (filled > made) await listRealms(bench, filled)
  } finally {
    await server?.stop()
    await postgres?.stop()
  }
}

/** By the command, on a new database, whose making does not count. Returns how many users there are. */
async function importFile(place: readonly string[], file: string, people: number, figures: Figures): Promise<number> {
  const command = (...words: string[]) => promisify(execFile)(process.execPath, [join(root, 'bin/ostiary.js'), ...words, ...place])
  const credentials = ['--username=admin', '--password:env=BENCH_PASSWORD']
  process.env['BENCH_PASSWORD'] = 'admin'
  await command('bootstrap-admin', 'user', ...credentials)
  const taken = await timed(() => command('import', `--file=${file}`))
  figures.set(labels.importedFile, people / (taken / 1_000))
  return people
}

const keyType = 'org.keycloak.keys.KeyProvider'

/** Key providers with their keys, for realms whose making is not measured. */
async function sharedKeys(): Promise<object> {
  const provider = (providerId: string, algorithm?: string) => ({
    name: providerId,
    providerId,
    config: { priority: ['100'], ...(algorithm === undefined ? {} : { algorithm: [algorithm] }) },
  })
  const providers = [
    provider('rsa-generated'),
    provider('rsa-enc-generated', 'RSA-OAEP'),
    provider('hmac-generated', 'HS512'),
    provider('aes-generated'),
  ]
  return generateKeys({ [keyType]: providers }, { random: systemRandom, clock: systemClock, realmName: 'bench' })
}
