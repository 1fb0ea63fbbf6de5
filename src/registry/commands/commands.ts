/**
 * Commands that ask a running server over HTTP, as anybody could: external-system and explain. Not here: how the command line is read
 * (config), what the server does. May call config and http alone.
 */
import type { Command, RemoteConfig } from '../../config/config.ts'
import { createHttpClient, HttpClientError } from '../../http/client.ts'
import { type AskServer, logIn, Refused } from './ask-server.ts'
import { explain } from './explain.ts'
import { externalSystem, usage } from './external-system.ts'
import { PromptRefused } from './prompt.ts'

/** Standard output and standard error of the command line; both return an exit code: 0, and 2 unless given. */
export interface Terminal {
  say(text: string): number
  complain(text: string, exitCode?: number): number
}

/** What a command does once somebody is logged in; the text goes to standard output. */
export type RemoteWork = (ask: AskServer, remote: RemoteConfig) => Promise<string>

/** Words after a command that make no sense. */
const misused = (command: Command): string =>
  command === 'explain' ? "Usage: 'ostiary explain token JWT', or - for a token from standard input" : usage

/** Runs one command and tells the outcome: 0, 1 when the server refuses or cannot be reached, 2 for words that it does not know. */
export async function runRemoteCommand(
  remote: RemoteConfig,
  command: Command,
  words: readonly string[],
  { say, complain }: Terminal,
): Promise<number> {
  const work = command === 'explain' ? explain(words) : externalSystem(words)
  if (work === undefined) return complain(misused(command))
  if (isOpen(remote.server)) complain(`Warning: ${remote.server} is not https: passwords can be read on the way`)
  const http = createHttpClient()
  try {
    return say(await work(await logIn(http, remote), remote))
  } catch (error) {
    if (error instanceof Refused || error instanceof HttpClientError || error instanceof PromptRefused) return complain(error.message, 1)
    throw error
  } finally {
    http.close()
  }
}

/** Plain HTTP to another machine. */
function isOpen(server: string): boolean {
  const { protocol, hostname } = new URL(server)
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}
