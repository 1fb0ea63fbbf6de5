// The npm scripts: `node tools/run.js start|test|build|console|lint|format|typecheck|docs|bench|screenshots [arguments]`. Plain JavaScript without libraries,
// since it also runs on an older Node and before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isBundleCurrent } from '../bin/freshness.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const demoRealm = 'examples/registry/realm-demo-registry.json'
const oldestNode = 24
const [task = '', ...rest] = process.argv.slice(2)

const tasks = {
  start,
  test,
  build: () => node('tools/build.ts'),
  console: buildConsoles,
  lint: () => biome('check', ...rest),
  format: () => biome('check', '--write', ...rest),
  typecheck,
  docs: () => node('tools/docs.ts'),
  bench: () => node('bench/run.ts', ...rest),
  screenshots: () => node('tools/screenshots.ts', ...rest),
}
/** A server in development mode with the demo registry: on 127.0.0.1:8080, data in ./data. Further arguments are options of it. */
async function start() {
  if (!isBundleCurrent(root) && node('tools/build.ts') !== 0) return 1
  // Without them everything works but the pages of administrators and accounts.
  if (!areConsolesCurrent() && buildConsoles() !== 0)
    process.stderr.write('The consoles could not be built: the server runs without them\n')
  const demo = existsSync(join(root, demoRealm)) ? [`--import-realm=${join(root, demoRealm)}`] : []
  const script = join(root, 'bin/ostiary.js')
  process.argv = [process.execPath, script, 'start-dev', ...demo, ...rest]
  await import(pathToFileURL(script).href)
  return undefined
}

const consoles = join(root, 'console')

/** The Admin and Account Console, from their npm packages: a few seconds, once. */
function buildConsoles() {
  if (!isInstalled(consoles)) {
    process.stdout.write('Installing the packages of the consoles …\n')
    const code = npmIn(consoles, 'ci', '--no-audit', '--no-fund')
    if (code !== 0) return code
  }
  return node(join(consoles, 'build.js'))
}

/** Whether console/dist was made from what its folder holds now. */
function areConsolesCurrent() {
  const manifest = join(consoles, 'dist', 'manifest.json')
  if (!existsSync(manifest)) return false
  const made = statSync(manifest).mtimeMs
  const sources = ['apps', 'texts', 'pictures'].flatMap((name) => [
    name,
    ...readdirSync(join(consoles, name)).map((file) => join(name, file)),
  ])
  return [...sources, 'build.js', 'content.json', 'package-lock.json'].every((path) => statSync(join(consoles, path)).mtimeMs <= made)
}

/** Everything that a change must pass. With arguments: only the tests in these files or folders. */
function test() {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const check = (name, code) => {
    process.stdout.write(`${code === 0 ? '✔' : '✖'} ${name}\n`)
    counts[code === 0 ? 'passed' : 'failed'] += 1
  }
  const add = (result) => {
    for (const key of Object.keys(counts)) counts[key] += result[key]
  }
  if (rest.length > 0) add(runTests(rest.map(testPattern), []))
  else {
    check('biome check', biome('check'))
    check('tsc', typecheck())
    check('build', node('tools/build.ts'))
    check('consoles', areConsolesCurrent() ? 0 : buildConsoles())
    // In one process: a process for each of hundreds of small files costs more than the tests.
    add(runTests(['src/**/*.test.ts'], ['--test-isolation=none', ...coverage]))
    add(runTests(['test/**/*.test.ts', 'bench/**/*.test.ts'], [onePostgres]))
  }
  if (counts.skipped > 0) process.stdout.write(`${counts.skipped} skipped\n`)
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
  return counts.failed === 0 ? 0 : 1
}

/** A database server for all test processes instead of one for each. */
const onePostgres = '--test-global-setup=test/storage/global-setup.ts'
const coverage = ['--experimental-test-coverage', '--test-coverage-include=src/**/*.ts', '--test-coverage-exclude=src/**/*.test.ts']

const testPattern = (path) => (existsSync(path) && statSync(path).isDirectory() ? `${path.replace(/\/$/, '')}/**/*.test.ts` : path)

/** Runs tests with the usual output and counts them from a second report. */
function runTests(patterns, flags) {
  if (patterns.every((pattern) => pattern.includes('*') && !anyTest(pattern.slice(0, pattern.indexOf('/*'))))) {
    return { passed: 0, failed: 0, skipped: 0 }
  }
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-test-'))
  try {
    const tap = join(folder, 'report.tap')
    const reporters = [
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${tap}`,
    ]
    const code = node('--test', ...flags, ...reporters, ...patterns)
    const text = existsSync(tap) ? readFileSync(tap, 'utf8') : ''
    const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
    const failed = count('fail') + count('cancelled')
    // A run that ends badly without a failed test has failed all the same: a crash, a file that cannot be read.
    return { passed: count('pass'), failed: code !== 0 && failed === 0 ? 1 : failed, skipped: count('skipped') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function anyTest(folder) {
  if (!existsSync(join(root, folder))) return false
  return readdirSync(join(root, folder), { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? anyTest(join(folder, entry.name)) : entry.name.endsWith('.test.ts'),
  )
}

function biome(...args) {
  return node(join('node_modules', '@biomejs', 'biome', 'bin', 'biome'), ...args, ...(args.length === 1 ? ['.'] : []))
}

function typecheck() {
  return node(join('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit')
}

/** Runs a Node that can read TypeScript, and returns its exit code. */
function node(...args) {
  const { status, error } = spawnSync(suitableNode(), args, { cwd: root, stdio: 'inherit' })
  if (error !== undefined) fail(error.message)
  return status ?? 1
}

/** The Node that package-lock.json pins, so that everybody tests the same; else this one. */
function suitableNode() {
  const pinned = ['bin/node', 'bin/node.exe'].map((path) => join(root, 'node_modules', 'node', path)).find((path) => isProgram(path))
  if (pinned !== undefined) return pinned
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return process.execPath
  return fail(`Node.js ${oldestNode} or later is needed, this is ${process.version}: install it from https://nodejs.org`)
}

const isProgram = (path) => existsSync(path) && statSync(path).size > 1_000

/** Installs when a package of package-lock.json is missing or has another version. */
function install() {
  if (!isInstalled(root)) {
    process.stdout.write('Installing packages …\n')
    if (npmIn(root, 'ci', '--no-audit', '--no-fund') !== 0) fail('npm ci failed')
  }
  // The `node` package fetches its program in an install script, which some machines forbid by default.
  const folder = join(root, 'node_modules', 'node')
  const missing = existsSync(folder) && !['bin/node', 'bin/node.exe'].some((path) => isProgram(join(folder, path)))
  if (missing && Number.parseInt(process.versions.node, 10) < oldestNode) npmIn(root, 'rebuild', 'node', '--ignore-scripts=false')
}

function isInstalled(folder) {
  const record = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    // Optional packages are those of other machines, mostly.
    if (path === '' || link || (optional && installed[path] === undefined)) return true
    return installed[path]?.version === version
  })
}

/** npm itself when it started this, since another one may be first in the path. */
function npmIn(folder, ...args) {
  const script = process.env['npm_execpath']
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  const { status, error } = spawnSync(command, [...first, ...args], { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
  if (error !== undefined) fail(`npm: ${error.message}`)
  return status ?? 1
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

if (!Object.hasOwn(tasks, task)) fail(`unknown task '${task}': ${Object.keys(tasks).join(', ')}`)
install()
const exitCode = await tasks[task]()
// The server goes on in this process; its own end sets the code.
if (exitCode !== undefined) process.exitCode = exitCode
