/**
 * Measures the built server beside the reference server and beside a server that only signs.
 *
 *     npm run bench -- token [--rounds=3] [--seconds=5] [--connections=16] [--tokens=0] [--realm=FILE] [--dry-run]
 *
 * ORACLE names the reference: a URL (`http://127.0.0.1:8180/auth pid=7`) or a command that starts one and prints its URL and pid.
 * ORACLE_ADMIN is `name:password` of its administrator, admin:admin unless given. --dry-run writes no file.
 */
import { appendFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chart } from './chart.ts'
import { bareSigner, type Contender, ostiary, reference } from './contenders.ts'
import { measure } from './measure.ts'
import { section } from './report.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { token } from './scenarios/token.ts'

const scenarios: readonly Scenario[] = [token]

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    tokens: { type: 'string', default: '0' },
    realm: { type: 'string', default: beside('../examples/registry/realm-demo-registry.json') },
    'dry-run': { type: 'boolean', default: false },
  },
})

/** The loopback servers of one run, in the order of the table. What has been started is stopped when a later one fails. */
async function withContenders(scenario: Scenario, notes: string[], work: (all: readonly Contender[]) => Promise<void>): Promise<void> {
  const started: Contender[] = []
  try {
    const own = await ostiary(scenario, values.realm)
    started.push(own)
    const oracle = process.env['ORACLE']
    if (oracle === undefined || oracle === '') notes.push('The reference is left out: ORACLE is not set.')
    else {
      started.push(await reference(scenario, values.realm, oracle, process.env['ORACLE_ADMIN'] ?? 'admin:admin'))
      notes.push("The reference's first token is its administrator's, on a new database.")
    }
    started.push(await bareSigner(scenario, own.answer))
    await work(started)
  } finally {
    for (const one of started) await one.stop()
  }
}

async function main(): Promise<void> {
  const scenario = scenarios.find((one) => one.name === positionals[0])
  if (scenario === undefined) throw new Error(`Say what to measure: ${scenarios.map((one) => one.name).join(', ')}`)
  const options = {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
    requestsBeforeMemory: Number(values.tokens),
  }
  const notes: string[] = []
  await withContenders(scenario, notes, async (contenders) => {
    const measurements = await measure(contenders, options)
    const title = `${scenario.name}, ${new Date().toISOString().slice(0, 10)}`
    notes.push(`${options.rounds} rounds in turn, ${options.seconds} s each, ${options.connections} connections.`)
    const text = section(title, measurements, scenario.unit, notes)
    process.stdout.write(text)
    if (values['dry-run']) return
    await appendFile(beside('RESULTS.md'), `\n${text}`)
    await writeFile(beside('ratios.svg'), chart(measurements, scenario.unit))
  })
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
