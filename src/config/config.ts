/**
 * Configuration: command line, KC_ environment variables and one file become one frozen Config. `options.ts` is the table that all of
 * it, `--help` and docs/reference/options.md are made from; `load.ts` is the way in. Nothing else in the program reads process.env or
 * a flag. Not here: sockets, databases, the meaning of an option. May call log, clock and crypto.
 */

import type { LogLevel, LogOutput } from '../log.ts'

export type Command = 'start' | 'start-dev' | 'import' | 'export' | 'bootstrap-admin' | 'external-system' | 'gateway' | 'explain'

export type DatabaseEngine = 'sqlite' | 'postgres' | 'memory'
export type UsersStrategy = 'skip' | 'realm_file' | 'same_file' | 'different_files'

/** Where clients see the server. */
export interface Hostname {
  /** Scheme, host and port: `https://id.example`. A guess when `host` is set. */
  readonly origin: string
  /** '' for the root, else `/auth` without a slash at the end. */
  readonly path: string
  /** Set when only a host name was configured: scheme and port are then taken from each request, as the reference server does. */
  readonly host: string | undefined
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** As whom a command asks a server. Without a password the person at the terminal is asked for it. */
export type RemoteLogin =
  | { readonly kind: 'user'; readonly realm: string; readonly username: string; readonly password: string | undefined }
  | { readonly kind: 'client'; readonly realm: string; readonly clientId: string; readonly secret: string }

/** What commands that talk to a running server are asked to do. */
export interface RemoteConfig {
  /** Base URL without a slash at the end. */
  readonly server: string
  readonly realm: string
  readonly login: RemoteLogin
  /** Answers are printed as JSON. */
  readonly json: boolean
  readonly list: { readonly search: string; readonly first: number; readonly max: number }
  readonly graceSeconds: number
  readonly access: { readonly searchConditions: readonly string[]; readonly businessProcesses: readonly string[] }
  readonly system: {
    readonly type: string
    readonly roles: readonly string[] | undefined
    readonly drfo: string | undefined
    readonly edrpou: string | undefined
    readonly fullName: string | undefined
  }
  /** Files are as they were written. */
  readonly key: Readonly<Record<'jwksUrl' | 'jwksFile' | 'publicKeyFile' | 'certificateFile', string | undefined>>
}

/** Everything that can be configured, checked and frozen. */
export interface Config {
  readonly command: Command
  /** True for `start-dev`. */
  readonly dev: boolean
  readonly http: {
    readonly host: string
    readonly port: number
    /** The canonical base path, '' for the root, else `/auth` without a slash at the end. The issuer is made from it. */
    readonly relativePath: string
    /** Further base paths in the same form, the canonical one left out. */
    readonly aliasPaths: readonly string[]
    readonly managementPort: number
  }
  /** The realm that also answers at /oauth2. */
  readonly oauth2Realm: string | undefined
  readonly hostname: Hostname | undefined
  readonly hostnameStrict: boolean
  readonly proxy: {
    readonly headers: 'forwarded' | 'xforwarded' | undefined
    /** IP addresses and CIDR blocks. Empty: every sender is trusted, as in the reference server. */
    readonly trustedAddresses: readonly string[]
  }
  readonly database: {
    readonly engine: DatabaseEngine
    /** The SQLite file; meaningless for the other engines. */
    readonly file: string
    /** `postgresql://…`; undefined unless the engine is postgres. */
    readonly url: string | undefined
    readonly username: string | undefined
    readonly password: string | undefined
    readonly poolMax: number
  }
  /** Password hashes at a time: one for each core, as far as the threads go of which one stays free for signatures. */
  readonly hashesAtATime: number
  /** Absolute path. */
  readonly dataDir: string
  /** Absolute paths of realm files and folders of them. Empty: nothing is imported. */
  readonly importRealm: readonly string[]
  readonly log: {
    readonly level: LogLevel
    /** Levels of single categories; a category has the level of its longest dotted prefix in here. */
    readonly categories: Readonly<Record<string, LogLevel>>
    readonly output: LogOutput
  }
  readonly health: boolean
  readonly metrics: boolean
  /** The first administrator. In `start-dev` admin/admin unless given; else undefined unless given. */
  readonly bootstrapAdmin: Credentials | undefined
  /** True when the administrator above was not given but made up by `start-dev`. */
  readonly bootstrapAdminIsDefault: boolean
  /** What `import` and `export` are asked to do. */
  readonly transfer: {
    readonly file: string | undefined
    readonly dir: string | undefined
    readonly override: boolean
    readonly realm: string | undefined
    readonly users: UsersStrategy
    readonly usersPerFile: number
  }
  /** Of commands that talk to a running server. */
  readonly remote: RemoteConfig | undefined
  /** What `gateway` and `explain request` are asked to do. */
  readonly gateway: {
    /** The YAML file; given for both commands. */
    readonly file: string
    readonly method: string
    readonly path: string
    /** `-` for the standard input; undefined for a request without a token. */
    readonly tokenFile: string | undefined
  }
  /** What the operator should read once at start: options that were accepted without effect, risky combinations. */
  readonly notes: readonly string[]
}

/** A mistake in the configuration. The message is one line that names the option and never holds a secret. Exit code 2. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConfigError'
  }
}
