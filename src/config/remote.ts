import { type Command, ConfigError, type RemoteConfig, type RemoteLogin } from './config.ts'
import type { Environment } from './file.ts'
import { remoteCommands } from './remote-options.ts'
import type { Settings } from './settings.ts'

/** Which server a command asks and as whom; undefined for commands that ask none. Throws ConfigError. */
export function remoteFrom(settings: Settings, command: Command, env: Environment): RemoteConfig | undefined {
  if (!remoteCommands.includes(command)) return undefined
  const realm = settings.text('realm')
  if (realm === undefined) throw new ConfigError("Option '--realm' is missing: it names the realm of the registry")
  const written = settings.text('server') ?? ''
  const url = URL.parse(written)
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new ConfigError(
      `Invalid value for option ${settings.source('server')}: an http or https address is expected, without a user name`,
    )
  }
  return {
    server: url.href.replace(/\/+$/, ''),
    realm,
    login: loginFrom(settings, env, realm),
    json: settings.boolean('json') ?? settings.given('json'),
    list: { search: settings.text('search') ?? '', first: settings.integer('first'), max: settings.integer('max') },
    graceSeconds: settings.integer('grace'),
    access: { searchConditions: settings.list('search-conditions'), businessProcesses: settings.list('business-processes') },
    system: {
      type: settings.text('type') ?? '',
      roles: settings.given('roles') ? settings.list('roles') : undefined,
      drfo: settings.text('drfo'),
      edrpou: settings.text('edrpou'),
      fullName: settings.text('full-name'),
    },
    key: {
      jwksUrl: settings.text('jwks-url'),
      jwksFile: settings.text('jwks-file'),
      publicKeyFile: settings.text('public-key-file'),
      certificateFile: settings.text('certificate-file'),
    },
  }
}

function loginFrom(settings: Settings, env: Environment, realm: string): RemoteLogin {
  const secretOf = (name: string): string | undefined => {
    const variable = settings.text(name)
    if (variable === undefined) return undefined
    const value = env[variable]
    if (value) return value
    throw new ConfigError(`Invalid value for option ${settings.source(name)}: the environment variable ${variable} is not set`)
  }
  const clientId = settings.text('client-id')
  const username = settings.given('username') ? settings.text('username') : undefined
  if (clientId !== undefined) {
    if (username !== undefined) throw new ConfigError('Cannot specify both --username and --client-id options.')
    const secret = secretOf('client-secret:env')
    if (secret === undefined) {
      throw new ConfigError('No secret provided: give --client-secret:env with the name of the variable that holds it')
    }
    return { kind: 'client', realm: settings.text('auth-realm') ?? realm, clientId, secret }
  }
  if (username === undefined) throw new ConfigError('Must specify either --username or --client-id options.')
  return { kind: 'user', realm: settings.text('auth-realm') ?? 'master', username, password: secretOf('password:env') }
}
