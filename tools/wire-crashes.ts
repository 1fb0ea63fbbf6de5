/**
 * Runs every case of the wire kit and looks for one thing only: an answer of 5xx that the case does not expect, a connection that breaks,
 * or a server that is gone. Cases of parts that are not built yet fail in the kit's own eyes; here they pass when they are refused decently.
 *
 *     node tools/wire-crashes.ts KIT_FOLDER BASE_URL SERVER_PID
 */
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Step {
  readonly expect?: { readonly status?: unknown }
}
interface Case {
  readonly id: string
  readonly steps: readonly Step[]
}
interface Answer {
  readonly status: number
  readonly url: string
}
/** The kit's runner, as far as it is used here. */
interface Session {
  start(): Promise<void>
  stop(): Promise<void>
  run(one: Case): Promise<readonly string[]>
  request(...parameters: unknown[]): Promise<Answer>
}
interface Kit {
  readonly Session: new (options: { readonly base: string; readonly admin: string }) => Session
  loadCases(folder: string): readonly Case[]
}

const [kitFolder = '', base = '', serverPid = ''] = process.argv.slice(2)
const kit: Kit = await import(pathToFileURL(resolve(kitFolder, 'replay.mjs')).href)

const brokenConnection = /ECONN|EPIPE|socket hang up|no answer in/
/** The kit's own requests to the Admin API end in errors that tell the status. */
const adminFailure = /^admin [^:]*: 5\d\d/

const isAlive = (): boolean => {
  try {
    return process.kill(Number(serverPid), 0)
  } catch {
    return false
  }
}

class WatchingSession extends kit.Session {
  answers: Answer[] = []
  override async request(...parameters: unknown[]): Promise<Answer> {
    const answer = await super.request(...parameters)
    this.answers.push(answer)
    return answer
  }
}

const session = new WatchingSession({ base, admin: 'admin:admin' })

/** What went wrong in a case; empty when it was answered decently. */
async function crashesOf(one: Case): Promise<string[]> {
  session.answers = []
  const said = await session.run(one).catch((error: Error) => [error.message])
  const expected = one.steps.map((step) => step.expect?.status)
  const answers = session.answers.filter(({ status }) => status >= 500 && !expected.includes(status))
  return [
    ...answers.map(({ status, url }) => `${status} ${url}`),
    ...said.filter((text) => brokenConnection.test(text) || adminFailure.test(text)),
    // A case that was never asked proves nothing.
    ...(session.answers.length === 0 ? [`no request was sent: ${said.join('; ')}`] : []),
    ...(isAlive() ? [] : ['the server is gone']),
  ]
}

let failed = 0
let passed = 0
await session.start()
for (const one of kit.loadCases(join(kitFolder, 'cases'))) {
  const crashes = await crashesOf(one)
  if (crashes.length === 0) passed++
  else {
    failed++
    console.log(`FAIL ${one.id}\n     ${crashes.join('\n     ')}`)
  }
  if (!isAlive()) break
}
if (isAlive()) await session.stop()
console.log(`${passed} passed, ${failed} failed`)
// Kept-alive sockets of the kit would hold the process back.
process.exit(failed === 0 ? 0 : 1)
