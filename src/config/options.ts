import type { Command } from './config.ts'
import { gatewayOptions } from './gateway-options.ts'
import { remoteCommands, remoteOptions } from './remote-options.ts'

/** How the text of an option is read. */
export type OptionType =
  | { readonly kind: 'text' | 'secret' | 'path' | 'list' | 'paths' }
  | { readonly kind: 'boolean' }
  /** Inclusive bounds. */
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly synonyms?: Readonly<Record<string, string>> }

/** One row of the option table. */
export interface Option {
  /** The flag without dashes and the key in the configuration file: `http-port`. A `<…>` at its end stands for any text. */
  readonly name: string
  readonly group: string
  readonly type: OptionType
  /** The word after the flag in `--help`. */
  readonly value: string
  /** As one would write it. Undefined: there is none, or `defaultNote` tells it. */
  readonly default?: string
  /** The default in words where it depends on the command or on other options. */
  readonly defaultNote?: string
  readonly commands: readonly Command[]
  /** One line. */
  readonly doc: string
  /** Whether the name is the reference server's or only ours. */
  readonly origin: 'reference' | 'own'
  /** True for options that take no value when written as a bare flag: `--import-realm`. */
  readonly flag?: true
  /** One-letter spellings. */
  readonly short?: readonly string[]
  /** Only on the command line. */
  readonly commandLineOnly?: true
  /** Older environment variables of the reference server, read when the current one is absent. */
  readonly olderEnvironment?: string
  /** Accepted so that scripts written for the reference server run, but without effect; the text is the reason. */
  readonly ignored?: string
}

const every: readonly Command[] = ['start', 'start-dev', 'import', 'export', 'bootstrap-admin']
/** Commands that write a log. */
const logged: readonly Command[] = [...every, 'gateway']
const servers: readonly Command[] = ['start', 'start-dev']
const port: OptionType = { kind: 'integer', min: 0, max: 65_535 }
const onOff: OptionType = { kind: 'boolean' }
const text: OptionType = { kind: 'text' }

const table: readonly Option[] = [
  {
    name: 'config-file',
    group: 'Config',
    type: { kind: 'path' },
    value: 'file',
    defaultNote: 'ostiary.conf in the data directory, when it exists',
    commands: every,
    doc: 'A configuration file: lines of key=value, where the key is the name of an option without the dashes.',
    origin: 'reference',
    short: ['-cf'],
  },
  {
    name: 'data-dir',
    group: 'Config',
    type: { kind: 'path' },
    value: 'dir',
    default: './data',
    commands: every,
    doc: 'Folder of the SQLite database, the realms to import and the configuration file.',
    origin: 'own',
  },
  {
    name: 'db',
    group: 'Database',
    type: { kind: 'enum', values: ['sqlite', 'postgres', 'memory'], synonyms: { 'dev-file': 'sqlite', 'dev-mem': 'memory' } },
    value: 'engine',
    default: 'sqlite',
    commands: every,
    doc: 'The database engine. memory is lost at stop. dev-file and dev-mem, as the reference server writes them, mean sqlite and memory.',
    origin: 'reference',
  },
  {
    name: 'db-url',
    group: 'Database',
    type: { kind: 'secret' },
    value: 'url',
    defaultNote: 'made from db-url-host, db-url-port and db-url-database',
    commands: every,
    doc: 'postgresql://host:port/database for postgres (a leading jdbc: is dropped); for sqlite the path of the database file.',
    origin: 'reference',
  },
  {
    name: 'db-url-host',
    group: 'Database',
    type: text,
    value: 'hostname',
    default: 'localhost',
    commands: every,
    doc: 'Host of the PostgreSQL server. Not used when db-url is set.',
    origin: 'reference',
  },
  {
    name: 'db-url-port',
    group: 'Database',
    type: { kind: 'integer', min: 1, max: 65_535 },
    value: 'port',
    default: '5432',
    commands: every,
    doc: 'Port of the PostgreSQL server. Not used when db-url is set.',
    origin: 'reference',
  },
  {
    name: 'db-url-database',
    group: 'Database',
    type: text,
    value: 'name',
    default: 'keycloak',
    commands: every,
    doc: 'Database on the PostgreSQL server. Not used when db-url is set.',
    origin: 'reference',
  },
  {
    name: 'db-username',
    group: 'Database',
    type: text,
    value: 'username',
    commands: every,
    doc: 'User of the PostgreSQL server.',
    origin: 'reference',
  },
  {
    name: 'db-password',
    group: 'Database',
    type: { kind: 'secret' },
    value: 'password',
    commands: every,
    doc: 'Password of the PostgreSQL user. Other users of the machine can read a command line: use the environment or the file.',
    origin: 'reference',
  },
  {
    name: 'db-pool-max-size',
    group: 'Database',
    type: { kind: 'integer', min: 1, max: 10_000 },
    value: 'size',
    default: '10',
    commands: every,
    doc: 'Most connections to PostgreSQL at once.',
    origin: 'reference',
  },
  {
    name: 'hostname',
    group: 'Hostname',
    type: text,
    value: 'hostname|URL',
    commands: servers,
    doc: 'Where clients see the server: a full URL, or a host name, whose scheme and port are then taken from each request.',
    origin: 'reference',
  },
  {
    name: 'hostname-strict',
    group: 'Hostname',
    type: onOff,
    value: 'true|false',
    defaultNote: 'true; false for start-dev',
    commands: servers,
    doc: 'When true, hostname must be given. When false without a hostname, the Host header of a request is believed.',
    origin: 'reference',
  },
  {
    name: 'http-enabled',
    group: 'HTTP',
    type: onOff,
    value: 'true|false',
    default: 'true',
    commands: servers,
    doc: 'Plain HTTP is the only listener: a proxy in front ends TLS. False is refused.',
    origin: 'reference',
  },
  {
    name: 'http-host',
    group: 'HTTP',
    type: text,
    value: 'host',
    defaultNote: '0.0.0.0; 127.0.0.1 for start-dev',
    commands: servers,
    doc: 'The address to bind. start-dev without bootstrap-admin credentials binds loopback addresses only.',
    origin: 'reference',
  },
  {
    name: 'http-port',
    group: 'HTTP',
    type: port,
    value: 'port',
    default: '8080',
    commands: servers,
    doc: 'The port to bind; 0 takes a free one.',
    origin: 'reference',
  },
  {
    name: 'http-relative-path',
    group: 'HTTP',
    type: text,
    value: 'path',
    default: '/',
    commands: servers,
    doc: 'The canonical base path, from which the issuer is made. Starts with a slash.',
    origin: 'reference',
  },
  {
    name: 'http-alias-paths',
    group: 'HTTP',
    type: { kind: 'list' },
    value: 'path,path',
    default: '/auth,/api',
    commands: servers,
    doc: 'Further base paths under which the same endpoints answer, with the canonical issuer. The canonical path is left out; empty for none.',
    origin: 'own',
  },
  {
    name: 'oauth2-realm',
    group: 'HTTP',
    type: text,
    value: 'realm',
    commands: servers,
    doc: 'A realm that also answers at /oauth2/auth, /oauth2/token, /oauth2/tokeninfo and /oauth2/revoke, and knows access_type. None unless given.',
    origin: 'own',
  },
  {
    name: 'proxy-headers',
    group: 'Proxy',
    type: { kind: 'enum', values: ['forwarded', 'xforwarded'] },
    value: 'headers',
    commands: servers,
    doc: 'Which headers of a proxy in front are believed: Forwarded (RFC 7239) or X-Forwarded-*. None unless given.',
    origin: 'reference',
  },
  {
    name: 'proxy-trusted-addresses',
    group: 'Proxy',
    type: { kind: 'list' },
    value: 'address,address',
    commands: servers,
    doc: 'IP addresses and CIDR blocks whose proxy headers are believed; all when not given. Needs proxy-headers.',
    origin: 'reference',
  },
  {
    name: 'http-management-port',
    group: 'Management',
    type: port,
    value: 'port',
    default: '9000',
    commands: servers,
    doc: 'Port of health checks and metrics, when one of them is enabled.',
    origin: 'reference',
  },
  {
    name: 'health-enabled',
    group: 'Management',
    type: onOff,
    value: 'true|false',
    default: 'false',
    commands: servers,
    doc: 'Answer /health, /health/live and /health/ready on the management port.',
    origin: 'reference',
  },
  {
    name: 'metrics-enabled',
    group: 'Management',
    type: onOff,
    value: 'true|false',
    default: 'false',
    commands: servers,
    doc: 'Answer /metrics on the management port.',
    origin: 'reference',
  },
  {
    name: 'log-level',
    group: 'Logging',
    type: { kind: 'list' },
    value: 'level|category:level',
    default: 'info',
    commands: logged,
    doc: 'off, fatal, error, warn, info, debug, trace or all; also per category: info,storage:debug.',
    origin: 'reference',
  },
  {
    name: 'log-level-<category>',
    group: 'Logging',
    type: { kind: 'enum', values: ['off', 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'all'] },
    value: 'level',
    commands: logged,
    doc: 'The level of one category; takes precedence over log-level.',
    origin: 'reference',
  },
  {
    name: 'log-console-output',
    group: 'Logging',
    type: { kind: 'enum', values: ['default', 'json'] },
    value: 'output',
    default: 'default',
    commands: logged,
    doc: 'Lines for people, or one JSON object a line.',
    origin: 'reference',
  },
  {
    name: 'import-realm',
    group: 'Import',
    type: { kind: 'paths' },
    value: 'path',
    commands: servers,
    doc: 'Import realms at start from the paths given after it, or from the import folder of the data directory. Realms that exist are kept.',
    origin: 'reference',
    flag: true,
  },
  {
    name: 'file',
    group: 'Transfer',
    type: { kind: 'path' },
    value: 'file',
    commands: ['import', 'export'],
    doc: 'The file to import, or to export to.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'dir',
    group: 'Transfer',
    type: { kind: 'path' },
    value: 'dir',
    commands: ['import', 'export'],
    doc: 'The folder to import, or to export to.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'override',
    group: 'Transfer',
    type: onOff,
    value: 'true|false',
    default: 'true',
    commands: ['import'],
    doc: 'Whether a realm that exists is replaced or kept.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'realm',
    group: 'Transfer',
    type: text,
    value: 'realm',
    defaultNote: 'every realm, for export',
    commands: ['export', ...remoteCommands],
    doc: 'Name of the realm to export, or of the realm that is asked about.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'users',
    group: 'Transfer',
    type: { kind: 'enum', values: ['skip', 'realm_file', 'same_file', 'different_files'] },
    value: 'strategy',
    default: 'different_files',
    commands: ['export'],
    doc: 'Where users go: nowhere, into the file of the realm, into one file of their own, into several.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'users-per-file',
    group: 'Transfer',
    type: { kind: 'integer', min: 1, max: 1_000_000 },
    value: 'number',
    default: '50',
    commands: ['export'],
    doc: 'Users in one file, where they go into several.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'bootstrap-admin-username',
    group: 'Bootstrap admin',
    type: text,
    value: 'username',
    defaultNote: 'temp-admin; admin for start-dev without a password',
    commands: servers,
    doc: 'Name of the first administrator, made with the master realm. Needs bootstrap-admin-password.',
    origin: 'reference',
    olderEnvironment: 'KEYCLOAK_ADMIN',
  },
  {
    name: 'bootstrap-admin-password',
    group: 'Bootstrap admin',
    type: { kind: 'secret' },
    value: 'password',
    defaultNote: 'none; admin for start-dev',
    commands: servers,
    doc: 'Password of the first administrator. Other users of the machine can read a command line: use the environment or the file.',
    origin: 'reference',
    olderEnvironment: 'KEYCLOAK_ADMIN_PASSWORD',
  },
  {
    name: 'username',
    group: 'Bootstrap admin',
    type: text,
    value: 'username',
    default: 'temp-admin',
    defaultNote: 'temp-admin for bootstrap-admin',
    commands: ['bootstrap-admin', ...remoteCommands],
    doc: 'Name of the administrator to make, or of the one who asks.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'username:env',
    group: 'Bootstrap admin',
    type: text,
    value: 'VARIABLE',
    commands: ['bootstrap-admin'],
    doc: 'Environment variable that holds the name.',
    origin: 'reference',
    commandLineOnly: true,
  },
  {
    name: 'password:env',
    group: 'Bootstrap admin',
    type: text,
    value: 'VARIABLE',
    commands: ['bootstrap-admin', ...remoteCommands],
    doc: 'Environment variable that holds the password.',
    origin: 'reference',
    commandLineOnly: true,
  },
  ...remoteOptions,
  ...gatewayOptions,
  ...ignoredOptions(),
]

/** Options of the reference server whose absence changes nothing that a client sees. */
function ignoredOptions(): readonly Option[] {
  const names: readonly [name: string, value: string, reason: string][] = [
    ['features', 'feature', 'what is built in is always on'],
    ['features-disabled', 'feature', 'what is built in is always on'],
    ['feature-<name>', 'state', 'what is built in is always on'],
    ['spi-<option>', 'value', 'there are no providers of the reference server here'],
    ['cache', 'type', 'nodes find each other through the database'],
    ['cache-stack', 'stack', 'nodes find each other through the database'],
    ['db-pool-initial-size', 'size', 'connections are opened when they are needed'],
    ['db-pool-min-size', 'size', 'connections are opened when they are needed'],
    ['transaction-xa-enabled', 'true|false', 'there are no distributed transactions'],
    ['log', 'handler', 'the log is written to the console'],
    ['log-console-color', 'true|false', 'the log has no colours'],
  ]
  const flags: readonly [name: string, short: string | undefined, reason: string][] = [
    ['optimized', undefined, 'there is no build step'],
    ['verbose', '-v', 'use --log-level=debug'],
    ['no-prompt', undefined, 'nothing is ever asked'],
  ]
  const row = { group: 'Accepted without effect', commands: every, origin: 'reference' } as const
  return [
    ...names.map(([name, value, reason]): Option => ({ ...row, name, value, type: text, doc: `No effect: ${reason}.`, ignored: reason })),
    ...flags.map(
      ([name, short, reason]): Option => ({
        ...row,
        name,
        value: '',
        type: onOff,
        doc: `No effect: ${reason}.`,
        ignored: reason,
        flag: true,
        commandLineOnly: true,
        ...(short === undefined ? {} : { short: [short] }),
      }),
    ),
  ]
}

/** The option table. Order is the order of `--help` and of the documentation. */
export const options: readonly Option[] = Object.freeze(table.map((option) => Object.freeze(option)))

/** `http-port` → `KC_HTTP_PORT`, `log-level-<category>` → `KC_LOG_LEVEL_<CATEGORY>`; undefined for options of the command line only. */
export function environmentName(option: Option): string | undefined {
  if (option.commandLineOnly === true) return undefined
  return `KC_${option.name.toUpperCase().replaceAll('-', '_')}`
}

export const optionsOf = (command: Command): readonly Option[] => options.filter((option) => option.commands.includes(command))

/** The row for a name as it was written, `log-level-org.acme` included. An exact name wins over a `<…>` row. */
export function findOption(name: string): Option | undefined {
  const exact = options.find((option) => option.name === name)
  if (exact !== undefined) return exact
  return options.find((option) => {
    const at = option.name.indexOf('<')
    return at > 0 && name.length > at && name.startsWith(option.name.slice(0, at))
  })
}
