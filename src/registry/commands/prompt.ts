import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** There is nobody to ask, or he gave up. */
export class PromptRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'PromptRefused'
  }
}

/** Asks the person at the terminal for a password; what is typed is not shown. Throws PromptRefused. */
export async function promptPassword(question: string): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) throw new PromptRefused('No password provided: give --password:env with the name of the variable that holds it')
  stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: silent, terminal: true })
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('close', () => reject(new PromptRefused('No password provided')))
      lines.question('').then(resolve, reject)
    })
  } finally {
    lines.close()
    stderr.write('\n')
  }
}
