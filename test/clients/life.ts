import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { TestContext } from 'node:test'
import { cleanEnvironment } from '../cli/ostiary.ts'

/**
 * Runs a program that lives a life against a server and says for each step `ok - sentence` or `not ok - sentence: why`; each is a test of its
 * own. A program that ends early or says less than `stepsMin` has failed.
 */
export async function live(context: TestContext, program: string, args: readonly string[], stepsMin: number): Promise<void> {
  const { code, output } = await outputOf(program, args)
  const steps = [...output.matchAll(/^(not )?ok - (.*)$/gm)]
  for (const [, not, sentence = ''] of steps) {
    await context.test(sentence.split(': ')[0] ?? sentence, () => assert.equal(not, undefined, sentence))
  }
  assert.equal(code, 0, output)
  assert.ok(steps.length >= stepsMin, `only ${steps.length} steps:\n${output}`)
}

/** Without blocking: the server lives in this process. */
export function outputOf(program: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
  })
}
