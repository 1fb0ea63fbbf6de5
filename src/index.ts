import { loadConfig } from './config/load.ts'
import type { GatewayParts, RunningGateway } from './gateway/gateway.ts'
import { type Parts, type RunningServer, startServer } from './server.ts'

export { ConfigError } from './config/config.ts'
export type { GatewayParts, RunningGateway } from './gateway/gateway.ts'
export type { Parts, RunningServer } from './server.ts'

export interface ServerOptions extends Parts {
  /** `development` (start-dev) unless given; `production` has the rules of `start`. */
  readonly mode?: 'development' | 'production'
  /** Options by their names on the command line: `{ 'http-port': 0, db: 'memory' }`. The environment is not read. */
  readonly options?: Readonly<Record<string, string | number | boolean>>
}

/**
 * Starts a server in this process and resolves when it listens. Two servers in one process share nothing. Throws ConfigError for a
 * mistake in the options, an Error of one line for anything else that keeps it from starting.
 */
export function createServer({ mode = 'development', options = {}, ...parts }: ServerOptions = {}): Promise<RunningServer> {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  return startServer(loadConfig({ command: mode === 'production' ? 'start' : 'start-dev', args, env: {} }), parts)
}

export interface GatewayOptions extends GatewayParts {
  /**
   * The settings as an object with the members of the YAML file (docs/guides/gateway.md), or the path of the file itself. In an object
   * nothing is taken from the environment.
   */
  readonly config: string | Readonly<Record<string, unknown>>
}

/**
 * Starts a gateway in this process and resolves when it listens; port 0 in `listen` takes a free one. Two gateways in one process share
 * nothing. Throws ConfigError for a mistake in the settings, the socket's error (EADDRINUSE and the like) otherwise.
 */
export async function createGateway({ config, ...parts }: GatewayOptions): Promise<RunningGateway> {
  const { readYamlFile, writtenSettings } = await import('./config/yaml-file.ts')
  const { startGateway } = await import('./gateway/gateway.ts')
  return startGateway(typeof config === 'string' ? readYamlFile(config) : writtenSettings(config), parts)
}
