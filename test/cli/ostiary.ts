import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const script = fileURLToPath(new URL('../../bin/ostiary.js', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The environment without what would configure the server or mark a re-executed process. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(KC_|KEYCLOAK_|OSTIARY_|NODE_)/.test(name)))
}

/** Runs the command to its end. */
export function ostiary(args: readonly string[], { node = process.execPath, env = {} } = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(node, [script, ...args], { encoding: 'utf8', env: { ...cleanEnvironment(), ...env } })
  return { code: status, stdout, stderr }
}

/** A Node of this machine that is older than the server needs; undefined when there is none. */
export function olderNode(): string | undefined {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'].map((folder) => join(folder, 'node'))
  return places.find((path) => {
    if (!existsSync(path)) return false
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    const major = Number(/^v(\d+)\./.exec(stdout)?.[1])
    return major >= 20 && major < 24
  })
}

export interface Running {
  readonly process: ReturnType<typeof spawn>
  /** Everything that was written so far. */
  output(): string
  /** Waits until the output has something; throws with the whole output when the process ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Starts a server, or any program, and leaves it running. */
export function launch(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(program, args, { env: { ...cleanEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let over = false
  const watchers = new Set<() => void>()
  const changed = (): void => {
    for (const look of watchers) look()
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      changed()
    })
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((finish) => {
    child.on('close', (code, signal) => {
      over = true
      changed()
      finish({ code, signal })
    })
  })
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((found, failed) => {
      const look = (): void => {
        const match = pattern.exec(text)
        if (match === null && !over) return
        watchers.delete(look)
        if (match === null) failed(new Error(`the process ended without saying ${pattern}:\n${text}`))
        else found(match)
      }
      watchers.add(look)
      look()
    })
  return { process: child, output: () => text, said, ended }
}
