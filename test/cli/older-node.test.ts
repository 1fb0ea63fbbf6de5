import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { cleanEnvironment, launch, olderNode, ostiary, script } from './ostiary.ts'

const older = olderNode()
const skip = older === undefined ? 'this machine has no Node older than 24' : false
const node = older ?? ''

/** A package whose program is the one given, with the pinned Node beside it or without. */
function packageWith(context: TestContext, program: string, { pinned }: { pinned: boolean }): string {
  const root = mkdtempSync(join(tmpdir(), 'ostiary-package-'))
  context.after(() => rmSync(root, { recursive: true }))
  cpSync(dirname(script), join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'dist'))
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', version: '1.2.3' }))
  writeFileSync(join(root, 'dist', 'cli.js'), program)
  if (pinned) {
    mkdirSync(join(root, 'node_modules', 'node', 'bin'), { recursive: true })
    writeFileSync(join(root, 'node_modules', 'node', 'package.json'), '{"name":"node"}')
    symlinkSync(process.execPath, join(root, 'node_modules', 'node', 'bin', 'node'))
  }
  return join(root, 'bin', 'ostiary.js')
}

test('under an older Node the command runs on the pinned one', { skip }, () => {
  const { code, stdout } = ostiary(['version'], { node })
  assert.equal(code, 0)
  assert.match(stdout, /^Ostiary /)
  assert.equal(ostiary(['frobnicate'], { node }).code, 2)
})

test('arguments and exit code pass through the older Node', { skip }, async (context) => {
  const program = 'console.log(process.version, JSON.stringify(process.argv.slice(2))); process.exitCode = 7'
  const running = launch(node, [packageWith(context, program, { pinned: true }), 'start', '--x=a b'])
  assert.deepEqual(await running.ended, { code: 7, signal: null })
  assert.equal(running.output(), `${process.version} ["start","--x=a b"]\n`)
})

test('signals pass through the older Node, and so does an end by a signal', { skip }, async (context) => {
  const program = `
    process.on('SIGTERM', () => { console.log('stopping'); process.removeAllListeners('SIGINT'); clearInterval(timer); process.disconnect?.() })
    const timer = setInterval(() => {}, 1000)
    console.log('ready')`
  const graceful = launch(node, [packageWith(context, program, { pinned: true })])
  await graceful.said(/ready/)
  graceful.process.kill('SIGTERM')
  await graceful.said(/stopping/)
  await graceful.ended
  const abrupt = launch(node, [packageWith(context, "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", { pinned: true })])
  assert.deepEqual(await abrupt.ended, { code: null, signal: 'SIGTERM' })
})

/** Longer than any machine needs to notice; the program ends by itself a little later, so that a failure leaves nothing behind. */
const noticeTimeoutMs = 10_000

test('a server does not outlive the older Node that started it, even when that is killed', {
  skip,
  timeout: noticeTimeoutMs,
}, async (context) => {
  const program = `setTimeout(() => {}, ${2 * noticeTimeoutMs}); console.log('ready')`
  const running = launch(node, [packageWith(context, program, { pinned: true })])
  await running.said(/ready/)
  running.process.kill('SIGKILL')
  // The pipes are closed only when the last process that holds them is gone.
  assert.deepEqual(await running.ended, { code: null, signal: 'SIGKILL' })
})

test('without a newer Node one line says what to install', { skip }, async (context) => {
  const running = launch(node, [packageWith(context, 'console.log(1)', { pinned: false }), 'version'])
  assert.equal((await running.ended).code, 1)
  assert.match(running.output(), /^ostiary needs Node\.js 24 or later, this is v2\d\.\S+: install it from [^\n]+\n$/)
})

test('sources that are newer than the bundle are run instead of it', async (context) => {
  const command = packageWith(context, "console.log('bundle')", { pinned: false })
  const root = dirname(dirname(command))
  const run = async (): Promise<string> => {
    const running = launch(process.execPath, [command], cleanEnvironment())
    await running.ended
    return running.output().trim()
  }
  assert.equal(await run(), 'bundle')
  mkdirSync(join(root, 'src', 'log'), { recursive: true })
  writeFileSync(join(root, 'src', 'cli.ts'), "const said: string = 'sources'\nconsole.log(said)\n")
  assert.equal(await run(), 'sources')
})
