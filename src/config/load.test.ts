import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { type Command, type Config, ConfigError } from './config.ts'
import { hashesFor, loadConfig } from './load.ts'
import { environmentName, options } from './options.ts'

interface Given {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly file?: string
}

function load(command: Command, { args = [], env = {}, file }: Given = {}): Config {
  return loadConfig({ command, args, env, readFile: () => file })
}

const dev = (...args: string[]): Config => load('start-dev', { args })

function messageOf(command: Command, given: Given): string {
  try {
    load(command, given)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    assert.doesNotMatch(error.message, /\n/)
    return error.message
  }
  return assert.fail('accepted')
}

/** For each option of servers: a text, and what it makes of the Config. */
const examples: readonly [name: string, text: string, read: (config: Config) => unknown, expected: unknown][] = [
  ['data-dir', '/srv/ostiary', (config) => [config.dataDir, config.database.file], ['/srv/ostiary', join('/srv/ostiary', 'ostiary.db')]],
  ['db', 'memory', (config) => config.database.engine, 'memory'],
  ['db', 'dev-mem', (config) => config.database.engine, 'memory'],
  ['db', 'dev-file', (config) => config.database.engine, 'sqlite'],
  ['db-url', '/srv/other.db', (config) => config.database.file, '/srv/other.db'],
  ['db-username', 'keeper', (config) => config.database.username, 'keeper'],
  ['db-password', 'se cret', (config) => config.database.password, 'se cret'],
  ['db-pool-max-size', '25', (config) => config.database.poolMax, 25],
  ['hostname', 'https://id.example/auth/', (config) => config.hostname, { origin: 'https://id.example', path: '/auth', host: undefined }],
  ['hostname', 'https://id.example:8443', (config) => config.hostname, { origin: 'https://id.example:8443', path: '', host: undefined }],
  ['hostname', 'id.example', (config) => config.hostname, { origin: 'http://id.example:8080', path: '', host: 'id.example' }],
  ['hostname-strict', 'false', (config) => config.hostnameStrict, false],
  ['http-enabled', 'true', (config) => config.http.port, 8080],
  ['http-host', '127.0.0.2', (config) => config.http.host, '127.0.0.2'],
  ['http-port', '9090', (config) => config.http.port, 9090],
  ['oauth2-realm', ' archie ', (config) => config.oauth2Realm, 'archie'],
  ['http-relative-path', '/auth', (config) => [config.http.relativePath, config.http.aliasPaths], ['/auth', ['/api']]],
  ['http-relative-path', 'auth/', (config) => config.http.relativePath, '/auth'],
  ['http-alias-paths', '/,/sso/', (config) => config.http.aliasPaths, ['/sso']],
  ['http-management-port', '9001', (config) => config.http.managementPort, 9001],
  ['proxy-headers', 'xforwarded', (config) => config.proxy.headers, 'xforwarded'],
  ['health-enabled', 'true', (config) => config.health, true],
  ['metrics-enabled', 'TRUE', (config) => config.metrics, true],
  ['log-level', 'warn,storage:debug', (config) => config.log, { level: 'warn', categories: { storage: 'debug' }, output: 'default' }],
  ['log-console-output', 'json', (config) => config.log.output, 'json'],
  ['import-realm', '/a.json,/b', (config) => config.importRealm, [resolve('/a.json'), resolve('/b')]],
  ['bootstrap-admin-password', 'pw', (config) => config.bootstrapAdmin, { username: 'temp-admin', password: 'pw' }],
]

for (const [name, text, read, expected] of examples) {
  test(`--${name}=${text} means the same on the command line, in the environment and in the file`, () => {
    const variable = `KC_${name.toUpperCase().replaceAll('-', '_')}`
    assert.deepEqual(read(dev(`--${name}=${text}`)), expected)
    assert.deepEqual(read(dev(`--${name}`, text)), expected)
    assert.deepEqual(read(load('start-dev', { env: { [variable]: text } })), expected)
    assert.deepEqual(read(load('start-dev', { file: `${name}=${text}` })), expected)
  })
}

test('the command line wins over the environment, that over the file, and that over the default', () => {
  const port = (given: Given): number => load('start-dev', given).http.port
  assert.equal(port({ args: ['--http-port=1'], env: { KC_HTTP_PORT: '2' }, file: 'http-port=3' }), 1)
  assert.equal(port({ env: { KC_HTTP_PORT: '2' }, file: 'http-port=3' }), 2)
  assert.equal(port({ file: 'http-port=3' }), 3)
  assert.equal(port({}), 8080)
  assert.equal(port({ args: ['--http-port=1', '--http-port=4'] }), 4)
})

test('the defaults of start-dev are a SQLite file in ./data, loopback, both aliases and nothing exposed', () => {
  const config = dev()
  assert.equal(config.dataDir, resolve('data'))
  assert.deepEqual(config.http, { host: '127.0.0.1', port: 8080, relativePath: '', aliasPaths: ['/auth', '/api'], managementPort: 9000 })
  assert.equal(config.database.engine, 'sqlite')
  assert.deepEqual([config.health, config.metrics, config.importRealm, config.hostname, config.notes], [false, false, [], undefined, []])
})

test('the whole of a Config is frozen', () => {
  const config = load('start-dev', { args: ['--log-level=storage:debug', '--import-realm=a'] })
  const frozen = (value: object): boolean =>
    Object.isFrozen(value) && Object.values(value).every((member) => typeof member !== 'object' || member === null || frozen(member))
  assert.ok(frozen(config))
})

test('an empty environment variable counts as absent, but makes a list empty', () => {
  assert.equal(load('start-dev', { env: { KC_HTTP_PORT: '' } }).http.port, 8080)
  assert.deepEqual(load('start-dev', { env: { KC_HTTP_ALIAS_PATHS: '' } }).http.aliasPaths, [])
  assert.deepEqual(dev('--http-alias-paths=').http.aliasPaths, [])
})

test('--import-realm takes the import folder of the data directory, or the paths that follow it', () => {
  assert.deepEqual(dev('--data-dir=/d', '--import-realm').importRealm, [join('/d', 'import')])
  assert.deepEqual(dev('--import-realm', '/a.json', '/b.json', '--http-port=1').importRealm, ['/a.json', '/b.json'])
  assert.deepEqual(dev('--import-realm=/a.json', '--import-realm=/b.json').importRealm, ['/a.json', '/b.json'])
  assert.deepEqual(load('start-dev', { env: { KC_IMPORT_REALM: 'true', KC_DATA_DIR: '/d' } }).importRealm, [join('/d', 'import')])
  assert.deepEqual(load('start-dev', { env: { KC_IMPORT_REALM: 'false' } }).importRealm, [])
})

test('a JDBC address of PostgreSQL is understood, and one is made from its parts', () => {
  const url = (...args: string[]): string | undefined => dev('--db=postgres', ...args).database.url
  assert.equal(url('--db-url=jdbc:postgresql://db.example/keycloak'), 'postgresql://db.example/keycloak')
  assert.equal(url('--db-url-host=db.example', '--db-url-database=ids'), 'postgresql://db.example:5432/ids')
  assert.equal(url(), 'postgresql://localhost:5432/keycloak')
})

test('the level of a category is also an option of its own, in the environment too', () => {
  assert.deepEqual(dev('--log-level-org.acme=trace').log.categories, { 'org.acme': 'trace' })
  assert.deepEqual(load('start-dev', { env: { KC_LOG_LEVEL_ORG_ACME: 'all' } }).log.categories, { 'org.acme': 'trace' })
  assert.deepEqual(dev('--log-level=org.acme:info', '--log-level-org.acme=trace').log.categories, { 'org.acme': 'trace' })
})

test('options of the reference server without effect here are accepted with a note', () => {
  const { notes } = load('start-dev', { args: ['--features=dpop', '--optimized', '-v', '--spi-x-y=1'], env: { KC_CACHE: 'local' } })
  assert.equal(notes.length, 5)
  assert.ok(notes.includes("Option '--optimized' has no effect: there is no build step"))
  assert.ok(notes.some((note) => note.startsWith("Option 'KC_CACHE' has no effect")))
})

test('a KC_ variable of no option is noted by its name alone', () => {
  assert.deepEqual(load('start-dev', { env: { KC_DB_PASWORD: 'hush' } }).notes, ['No options are named by KC_DB_PASWORD: ignored'])
})

test('the file is found in the data directory or where --config-file says, before the command too', () => {
  const asked: string[] = []
  const readFile = (path: string): undefined => void asked.push(path)
  loadConfig({ command: 'start-dev', args: ['--data-dir=/d'], env: {}, readFile })
  loadConfig({ command: 'start-dev', args: [], env: { KC_DATA_DIR: '/e' }, readFile })
  assert.deepEqual(asked, [join('/d', 'ostiary.conf'), join('/e', 'ostiary.conf')])
  const text = (path: string): string | undefined => (path === resolve('/x.conf') ? 'http-port=7' : undefined)
  assert.equal(loadConfig({ command: 'start-dev', args: ['-cf', '/x.conf'], env: {}, readFile: text }).http.port, 7)
  assert.equal(loadConfig({ command: 'start-dev', args: [], env: { KC_CONFIG_FILE: '/x.conf' }, readFile: text }).http.port, 7)
})

test('the file has comments, escapes, continued lines and variables with defaults, and may hold options of other commands', () => {
  const file = [
    '# a comment',
    '',
    '! another',
    String.raw`db-username = back\\slash \u00e9`,
    'proxy-headers=forwarded',
    'proxy-trusted-addresses=10.0.0.0/8,\\',
    '    ::1',
    `http-port=$\{PORT:81}`,
    `db-password=$\{PASSWORD}`,
  ].join('\r\n')
  const config = load('start-dev', { file, env: { PASSWORD: 'x=y' } })
  assert.equal(config.database.username, 'back\\slash é')
  assert.equal(config.database.password, 'x=y')
  assert.equal(config.http.port, 81)
  assert.deepEqual(config.proxy, { headers: 'forwarded', trustedAddresses: ['10.0.0.0/8', '::1'] })
  assert.equal(load('export', { args: ['--dir=/x'], file, env: { PASSWORD: 'p' } }).command, 'export')
})

const mistakes: readonly [command: Command, given: Given, message: string | RegExp][] = [
  [
    'start-dev',
    { args: ['--http-prot=1'] },
    /^Unknown option: '--http-prot'\. Possible solutions: --http-port, --http-host\. Try 'ostiary start-dev --help'/,
  ],
  ['start-dev', { args: ['frob'] }, /^Unknown option: 'frob'\. Try/],
  ['start-dev', { args: ['--file=x'] }, /^Unknown option: '--file': it belongs to import, export\./],
  ['start-dev', { args: ['--http-port'] }, /^Option '--http-port' \(port\) expects a single value\./],
  ['start-dev', { args: ['--http-port', '--db=memory'] }, /^Option '--http-port' \(port\) expects a single value\./],
  ['start-dev', { args: ['--bootstrap-admin-password='] }, /^Option '--bootstrap-admin-password' \(password\) expects a single value\./],
  ['start-dev', { args: ['--http-port=abc'] }, `Invalid value for option '--http-port': Expected an integer value, got "abc"`],
  ['start-dev', { env: { KC_HTTP_PORT: 'abc' } }, `Invalid value for option 'KC_HTTP_PORT': Expected an integer value, got "abc"`],
  [
    'start-dev',
    { args: ['--http-port=65536'] },
    `Invalid value for option '--http-port': Expected an integer from 0 to 65535, got "65536"`,
  ],
  [
    'start-dev',
    { args: ['--db=foo'] },
    "Invalid value for option '--db': foo. Expected values are: sqlite, postgres, memory, dev-file, dev-mem",
  ],
  [
    'start-dev',
    { args: ['--hostname-strict=maybe'] },
    "Invalid value for option '--hostname-strict': maybe. Expected values are: true, false",
  ],
  [
    'start-dev',
    { args: ['--proxy-headers=x'] },
    "Invalid value for option '--proxy-headers': x. Expected values are: forwarded, xforwarded",
  ],
  ['start-dev', { args: ['--log-level=foo'] }, /^Invalid value for option '--log-level': foo\. Expected off, fatal/],
  [
    'start-dev',
    { args: ['--proxy-trusted-addresses=::1'] },
    "Disabled option: '--proxy-trusted-addresses'. Available only when proxy-headers is set",
  ],
  [
    'start-dev',
    { args: ['--proxy-headers=forwarded', '--proxy-trusted-addresses=10.0.0.0/33'] },
    "Invalid value for option '--proxy-trusted-addresses': 10.0.0.0/33 is neither an IP address nor a CIDR block",
  ],
  [
    'start-dev',
    { args: ['--hostname=bad host'] },
    "Invalid value for option '--hostname': bad host is neither a plain hostname nor a valid URL",
  ],
  [
    'start-dev',
    { args: ['--hostname=ftp://x'] },
    "Invalid value for option '--hostname': ftp://x is neither a plain hostname nor a valid URL",
  ],
  ['start-dev', { args: ['--http-relative-path=/a b'] }, /^Invalid value for option '--http-relative-path': \/a b\./],
  ['start-dev', { args: ['--http-enabled=false'] }, /^Invalid value for option '--http-enabled': plain HTTP is the only listener/],
  ['start-dev', { args: ['--db-url=postgresql://db/x'] }, /^Invalid value for option '--db-url': .*--db=postgres$/],
  [
    'start-dev',
    { args: ['--db=postgres', '--db-url=db.example'] },
    "Invalid value for option '--db-url': expected postgresql://host:port/database",
  ],
  ['start-dev', { args: ['--config-file=/none.conf'] }, /^Invalid value for option '--config-file': there is no file /],
  ['start-dev', { file: 'http-prot=1' }, /^Unknown option: 'http-prot' in .*ostiary\.conf$/],
  ['start-dev', { file: 'http-port=x' }, /^Invalid value for option 'http-port' in .*ostiary\.conf: Expected an integer value, got "x"$/],
  ['start-dev', { file: 'http-port' }, /^Every line of .*ostiary\.conf must be key=value/],
  [
    'start-dev',
    { file: `http-port=$\{NOWHERE}` },
    /^Invalid value for option 'http-port' in .*: the environment variable NOWHERE is not set$/,
  ],
  [
    'start-dev',
    { args: ['--bootstrap-admin-username=x'] },
    "Option '--bootstrap-admin-username' is available only when bootstrap-admin-password is set",
  ],
  ['import', {}, 'Must specify either --dir or --file options.'],
  ['export', { args: ['--dir=x', '--file=y'] }, 'Cannot specify both --dir and --file options.'],
  ['bootstrap-admin', {}, /^No password provided: give --password:env/],
  ['bootstrap-admin', { args: ['--password:env=PW'] }, "Invalid value for option '--password:env': the environment variable PW is not set"],
]

for (const [command, given, message] of mistakes) {
  test(`${command} ${JSON.stringify(given)} is refused in one line that names the option`, () => {
    const actual = messageOf(command, given)
    if (typeof message === 'string') assert.equal(actual, message)
    else assert.match(actual, message)
  })
}

test('no error repeats a secret', () => {
  for (const option of options.filter(({ type }) => type.kind === 'secret')) {
    const text = 'postgres://me:hush@[bad'
    for (const engine of ['sqlite', 'postgres']) {
      const variable = environmentName(option) ?? ''
      try {
        load('start-dev', { args: [`--db=${engine}`], env: { [variable]: text } })
      } catch (error) {
        assert.doesNotMatch(String(error), /hush/)
      }
    }
  }
})

test('start refuses to run without a hostname unless strictness is given up by name', () => {
  const line = "'--hostname' is not configured; either configure hostname, or set --hostname-strict=false"
  assert.equal(messageOf('start', {}), line)
  assert.equal(messageOf('start', { args: ['--hostname-strict=true'] }), line)
  assert.equal(messageOf('start-dev', { args: ['--hostname-strict=true'] }), line)
  assert.deepEqual(load('start', { args: ['--hostname-strict=false'] }).hostname, undefined)
  const { hostname, hostnameStrict, http } = load('start', { args: ['--hostname=ID.example', '--proxy-headers=xforwarded'] })
  assert.deepEqual(hostname, { origin: 'https://id.example', path: '', host: 'id.example' })
  assert.deepEqual([hostnameStrict, http.host], [true, '0.0.0.0'])
})

test('start never makes an administrator up, start-dev makes admin/admin and then binds loopback only', () => {
  assert.equal(load('start', { args: ['--hostname=x'] }).bootstrapAdmin, undefined)
  const made = dev()
  assert.deepEqual([made.bootstrapAdmin, made.bootstrapAdminIsDefault], [{ username: 'admin', password: 'admin' }, true])
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'id.example', '127.example']) {
    assert.match(messageOf('start-dev', { args: [`--http-host=${host}`] }), /^Invalid value for option '--http-host': .*loopback/)
  }
  for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) assert.equal(dev(`--http-host=${host}`).http.host, host)
})

test('start-dev with credentials binds what it is asked to', () => {
  const env = { KC_BOOTSTRAP_ADMIN_USERNAME: 'root', KC_BOOTSTRAP_ADMIN_PASSWORD: 'pw' }
  const config = load('start-dev', { args: ['--http-host=0.0.0.0'], env })
  assert.deepEqual(
    [config.http.host, config.bootstrapAdmin, config.bootstrapAdminIsDefault],
    ['0.0.0.0', { username: 'root', password: 'pw' }, false],
  )
})

test('the older variables of the reference server name the first administrator when the current ones do not', () => {
  const older = { KEYCLOAK_ADMIN: 'old', KEYCLOAK_ADMIN_PASSWORD: 'pw' }
  assert.deepEqual(load('start-dev', { env: older }).bootstrapAdmin, { username: 'old', password: 'pw' })
  const both = { ...older, KC_BOOTSTRAP_ADMIN_USERNAME: 'new' }
  assert.deepEqual(load('start-dev', { env: both }).bootstrapAdmin, { username: 'new', password: 'pw' })
})

test('bootstrap-admin reads name and password from the variables it is pointed to', () => {
  const env = { PW: 'secret', NAME: 'root' }
  const made = (...args: string[]): Config['bootstrapAdmin'] => load('bootstrap-admin', { args, env }).bootstrapAdmin
  assert.deepEqual(made('--password:env=PW'), { username: 'temp-admin', password: 'secret' })
  assert.deepEqual(made('--password:env', 'PW', '--username:env', 'NAME', '--no-prompt'), { username: 'root', password: 'secret' })
  assert.deepEqual(made('--password:env=PW', '--username=me'), { username: 'me', password: 'secret' })
})

test('import and export say what to move', () => {
  assert.deepEqual(load('import', { args: ['--file=/r.json', '--override=false'] }).transfer, {
    file: resolve('/r.json'),
    dir: undefined,
    override: false,
    realm: undefined,
    users: 'different_files',
    usersPerFile: 50,
  })
  const { transfer } = load('export', { args: ['--dir', '/out', '--realm', 'x', '--users', 'same_file', '--users-per-file=7'] })
  assert.deepEqual([transfer.dir, transfer.realm, transfer.users, transfer.usersPerFile], [resolve('/out'), 'x', 'same_file', 7])
})

test('passwords are hashed on every core, as far as the threads go of which one stays free', () => {
  const hashes = [
    hashesFor(1, 2),
    hashesFor(2, 3),
    hashesFor(8, 9),
    hashesFor(8, 4),
    hashesFor(2, 1),
    hashesFor(2, Number.NaN),
    hashesFor(8, Number.NaN),
  ]
  assert.deepEqual(hashes, [1, 2, 8, 3, 1, 2, 3])
})
