/**
 * Measures the built server beside the reference server and, where there is one, beside a server that does only the dear part.
 *
 *     npm run bench -- token [login refresh introspect userinfo code] [--rounds=3] [--seconds=5] [--connections=16] [--warm-up=20]
 *       [--tokens=0] [--realm=FILE] [--dry-run]
 *     npm run bench -- gateway [--rounds=3] [--seconds=5] [--connections=16] [--dry-run]
 *     npm run bench -- admin [--rounds=7] [--realms=1000] [--plain-realms=100] [--users=5000] [--people=1000000]
 *       [--engines=sqlite,postgres] [--minutes=10] [--dry-run]
 *
 * ORACLE names the reference: a URL (`http://127.0.0.1:8180/auth pid=7`) or a command that starts one and prints its URL and pid.
 * ORACLE_ADMIN is `name:password` of its administrator, admin:admin unless given. --dry-run writes no file.
 */
import { appendFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runAdmin } from './admin/run.ts'
import { chart } from './chart.ts'
import { type Contender, floorOf, ostiary } from './contenders.ts'
import { gatewayGoal, gatewayUnit, withGateway } from './gateway.ts'
import { type MeasureOptions, measure } from './measure.ts'
import { reference } from './reference.ts'
import { goalLines, section } from './report.ts'
import { code } from './scenarios/code.ts'
import { introspect } from './scenarios/introspect.ts'
import { login } from './scenarios/login.ts'
import { refresh } from './scenarios/refresh.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { token } from './scenarios/token.ts'
import { userinfo } from './scenarios/userinfo.ts'

const scenarios: readonly Scenario[] = [token, login, refresh, introspect, userinfo, code]

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    'warm-up': { type: 'string', default: '20' },
    tokens: { type: 'string', default: '0' },
    realm: { type: 'string' },
    realms: { type: 'string', default: '1000' },
    'plain-realms': { type: 'string', default: '100' },
    users: { type: 'string', default: '5000' },
    people: { type: 'string', default: '1000000' },
    engines: { type: 'string', default: 'sqlite,postgres' },
    minutes: { type: 'string', default: '10' },
    'dry-run': { type: 'boolean', default: false },
  },
})

/** The loopback servers of one run, in the order of the table. What has been started is stopped when a later one fails. */
async function withContenders(scenario: Scenario, notes: string[], work: (all: readonly Contender[]) => Promise<void>): Promise<void> {
  const realmFile = values.realm ?? beside(scenario.realmFile)
  const started: Contender[] = []
  try {
    const own = await ostiary(scenario, realmFile)
    started.push(own)
    const oracle = process.env['ORACLE']
    if (oracle === undefined || oracle === '') notes.push('The reference is left out: ORACLE is not set.')
    else {
      started.push(await reference(scenario, realmFile, oracle, process.env['ORACLE_ADMIN'] ?? 'admin:admin'))
      if (scenario.startsWithToken) notes.push("The reference's first token is its administrator's, on a new database.")
    }
    const floor = await floorOf(scenario, own.answer)
    if (floor !== undefined) started.push(floor)
    await work(started)
  } finally {
    for (const one of started) await one.stop()
  }
}

function findScenario(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`Say what to measure: ${scenarios.map((one) => one.name).join(', ')}, gateway, admin`)
  return scenario
}

async function run(scenario: Scenario, options: MeasureOptions): Promise<void> {
  const { name, unit, goals } = scenario
  const notes: string[] = []
  await withContenders(scenario, notes, async (contenders) => {
    const measurements = await measure(contenders, options)
    const title = `${name}, ${new Date().toISOString().slice(0, 10)}`
    notes.push(`${options.rounds} rounds in turn, ${options.seconds} s each, ${options.connections} connections.`)
    const text = section(title, measurements, unit, [...goalLines(measurements, goals, unit), ...notes])
    process.stdout.write(`${text}\n`)
    if (values['dry-run']) return
    await appendFile(beside('RESULTS.md'), `\n${text}`)
    // The picture of the README is that of the first scenario.
    if (scenario === token) await writeFile(beside('ratios.svg'), chart(measurements, unit))
  })
}

const isEngine = (word: string): word is 'sqlite' | 'postgres' => word === 'sqlite' || word === 'postgres'

async function admin(): Promise<void> {
  const text = await runAdmin({
    sizes: {
      realms: Number(values.realms),
      plainRealms: Number(values['plain-realms']),
      users: Number(values.users),
      rounds: Number(values.rounds ?? 7),
    },
    people: Number(values.people),
    engines: values.engines.split(',').filter(isEngine),
    minutes: Number(values.minutes),
    oracle: process.env['ORACLE'],
    oracleAdmin: process.env['ORACLE_ADMIN'] ?? 'admin:admin',
  })
  process.stdout.write(`${text}\n`)
  if (!values['dry-run']) await appendFile(beside('RESULTS.md'), `\n${text}`)
}

/** The gateway beside the same library proxying without checks: one upstream, one load, in turn. */
async function gateway(options: MeasureOptions): Promise<void> {
  await withGateway(async (contenders) => {
    const measurements = await measure(contenders, options)
    const title = `gateway, ${new Date().toISOString().slice(0, 10)}`
    const [own, bare] = measurements.map((one) => one.requestsPerSecond)
    const share = (own ?? 0) / (bare ?? 1)
    const verdict = share >= gatewayGoal ? 'reached' : 'missed'
    const goal = `Goal ${verdict}: ${share.toFixed(2)} × the ${gatewayUnit}/s of the bare proxy, ${gatewayGoal} wanted.`
    const notes = [goal, `${options.rounds} rounds in turn, ${options.seconds} s each, ${options.connections} connections.`]
    const text = section(title, measurements, gatewayUnit, notes)
    process.stdout.write(`${text}\n`)
    if (!values['dry-run']) await appendFile(beside('RESULTS.md'), `\n${text}`)
  })
}

async function main(): Promise<void> {
  const isOther = (name: string): boolean => name === 'admin' || name === 'gateway'
  if (positionals.includes('admin')) await admin()
  const others = positionals.filter((name) => !isOther(name))
  const chosen = (positionals.length === 0 ? [''] : others).map(findScenario)
  const options = {
    rounds: Number(values.rounds ?? 3),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
    warmUpSeconds: Number(values['warm-up']),
    requestsBeforeMemory: Number(values.tokens),
  }
  if (positionals.includes('gateway')) await gateway(options)
  for (const scenario of chosen) await run(scenario, options)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
