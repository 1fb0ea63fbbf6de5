#!/usr/bin/env node
// Starts src/cli.ts or the bundle made from it, on a Node that can run it. Plain JavaScript, since an older Node reads it too.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isBundleCurrent } from './freshness.js'
import { poolThreads } from './threads.js'

const oldestNode = 24
/** Set for a process that was started from here by an older Node. */
const supervised = 'OSTIARY_SUPERVISED'
/**
 * A server's garbage is young: with V8's own limit the space for it grows to what a machine with much memory bears, and stays. The limit
 * can only be given at the start of a process, so this one is replaced by itself. Without `execve` (Windows) the server just takes more.
 */
const youngSpace = '--max-semi-space-size=16'
process.env['UV_THREADPOOL_SIZE'] ??= poolThreads
const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  const node = pinnedNode()
  if (node === undefined || process.env[supervised] !== undefined) {
    const what = `ostiary needs Node.js ${oldestNode} or later, this is ${process.version}`
    process.stderr.write(`${what}: install it from https://nodejs.org or beside ostiary with 'npm install node@26'\n`)
    process.exit(1)
  }
  runWith(node)
} else {
  await runHere()
}

/** The Node that the `node` package brought: its version is pinned in package-lock.json. */
function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    return ['bin/node', 'bin/node.exe'].map((path) => join(folder, path)).find((path) => existsSync(path) && statSync(path).size > 1_000)
  } catch {
    return undefined
  }
}

/** @param {string} node */
function runWith(node) {
  const script = fileURLToPath(import.meta.url)
  // The channel tells the server that this process is gone, even when it was killed.
  const child = spawn(node, [youngSpace, script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [supervised]: '1' },
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`${node} cannot be run: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** Gives the limit to this process, by starting it once more in its place. */
function replaceByServer() {
  const isServer = process.argv.slice(2).some((word) => word === 'start' || word === 'start-dev' || word === 'gateway')
  const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((word) => word.includes('semi-space'))
  if (!isServer || given || process.execve === undefined || process.platform === 'win32') return
  const flags = [youngSpace, '--disable-warning=ExperimentalWarning', ...process.execArgv]
  process.execve(process.execPath, [process.execPath, ...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], process.env)
}

async function runHere() {
  if (process.channel === undefined) replaceByServer()
  if (process.env[supervised] !== undefined && process.channel) {
    process.on('disconnect', () => process.exit(1))
    process.channel.unref()
  }
  // Compiled code is kept beside the program: in the temporary folder another user could put it there first.
  module.enableCompileCache?.(join(root, '.cache', 'compile'))
  setTimeout(() => module.flushCompileCache?.(), 2_000).unref()
  const script = isBundleCurrent(root) ? 'dist/cli.js' : 'src/cli.ts'
  await import(pathToFileURL(join(root, script)).href)
}
