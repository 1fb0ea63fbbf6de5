import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { type DatabaseOptions, openDatabase } from '../../src/storage/open.ts'
import { type Database, statement } from '../../src/storage/sql.ts'
import { engines } from './engines.ts'
import { startPostgres } from './postgres.ts'
import { execute } from './suite.ts'

const rounds = 8

/** After how many acknowledgements each round kills: unlike one another, the same in every run. */
const killAfter = (round: number): number => 1 + ((round * 7_919) % 613)

const rowsOf = statement('kept.rows', 'select id, part from kept')

interface Victim {
  readonly child: ChildProcess
  readonly acknowledged: Set<string>
  /** Resolves after so many acknowledgements; rejects when the writer ends before. */
  reached(count: number): Promise<void>
  /** Resolves when the writer is gone and all it said is in `acknowledged`. */
  readonly gone: Promise<unknown>
}

function startWriter(options: DatabaseOptions, round: number): Victim {
  const script = new URL('kill-writer.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, JSON.stringify(options), `r${round}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged = new Set<string>()
  const lines = createInterface({ input: child.stdout })
  let told = (): void => undefined
  lines.on('line', (line) => {
    acknowledged.add(line)
    told()
  })
  const gone = Promise.all([once(child, 'exit'), once(lines, 'close')])
  const reached = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      told = () => acknowledged.size >= count && resolve()
      told()
      void gone.then(() => reject(new Error(`the writer ended after ${acknowledged.size} acknowledgements`)))
    })
  return { child, acknowledged, reached, gone }
}

/** Every acknowledged write is there, and of every transaction both rows or none. */
async function check(database: Database, acknowledged: ReadonlySet<string>): Promise<void> {
  const rows = await database.all<{ id: string; part: number }>(rowsOf)
  const singles = new Set(rows.filter(({ part }) => part === 0).map(({ id }) => id))
  const firsts = new Set(rows.filter(({ part }) => part === 1).map(({ id }) => id))
  const seconds = new Set(rows.filter(({ part }) => part === 2).map(({ id }) => id))
  const lost = [...acknowledged].filter((id) => !singles.has(id) && !(firsts.has(id) && seconds.has(id)))
  assert.deepEqual(lost, [], 'acknowledged writes were lost')
  assert.deepEqual([...firsts.symmetricDifference(seconds)], [], 'half of a transaction was kept')
}

async function createTable(options: DatabaseOptions): Promise<void> {
  const database = await openDatabase(options)
  await execute(database, 'create table kept (id text not null, part smallint not null, primary key (id, part))')
  await database.close()
}

/** Kills, opens again and checks, round after round, on one database. `kill` takes the writer, or the ground under it, away. */
async function killRounds(options: DatabaseOptions, kill: (child: ChildProcess, round: number) => Promise<void>): Promise<void> {
  await createTable(options)
  const all = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    const victim = startWriter(options, round)
    await victim.reached(killAfter(round))
    await kill(victim.child, round)
    await victim.gone
    for (const id of victim.acknowledged) all.add(id)
    const database = await openDatabase(options)
    await check(database, all)
    await database.close()
  }
  assert.ok(all.size >= Array.from({ length: rounds }, (_, round) => killAfter(round)).reduce((sum, n) => sum + n))
}

for (const engine of engines.filter(({ name }) => name !== 'memory')) {
  test(`${engine.name}: what was acknowledged before the process was killed is there afterwards`, async () => {
    const place = await engine.make()
    await killRounds(place.options, async (child) => {
      child.kill('SIGKILL')
    })
    await place.remove()
  })
}

test('postgres: what was acknowledged before the database server was killed is there afterwards', async () => {
  const server = await startPostgres()
  try {
    await killRounds({ engine: 'postgres', url: server.url }, async (child) => {
      await server.kill()
      child.kill('SIGKILL')
      await server.restart()
    })
  } finally {
    await server.stop()
  }
})
