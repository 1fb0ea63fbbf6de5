/**
 * The command `ostiary`: reads the command line, runs one command, tells the outcome in words and as an exit code (0, 1 for a failure,
 * 2 for a mistake in the configuration). Parts of the server are loaded only when a command needs them, so that help costs nothing.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, type Config, ConfigError, type RemoteConfig } from './config/config.ts'
import { failureLine } from './config/failures.ts'
import { asksForHelp, commandHelp, generalHelp, isCommand } from './config/help.ts'
import { loadConfig } from './config/load.ts'
import { createLogger, type Logger } from './log.ts'

/** Requests that are still running at stop get this long. */
const stopTimeoutMs = 10_000
/** Time for the last lines to reach a pipe. */
const lingerMs = 500

async function main(words: readonly string[]): Promise<number> {
  const at = words.findIndex(isCommand)
  const first = words[0]
  if (first === 'version' || first === '--version' || first === '-V') return say(`Ostiary ${version()}`)
  if (first === 'help') {
    const about = words[1]
    return say(about !== undefined && isCommand(about) ? commandHelp(about) : generalHelp())
  }
  const command = words[at]
  if (command === undefined || !isCommand(command)) {
    if (asksForHelp(words) !== undefined) return say(generalHelp())
    if (first === undefined) return complain(generalHelp())
    return complain(`Unknown command: '${first}'. Try 'ostiary help' for the commands.`)
  }
  const args = [...words.slice(0, at), ...words.slice(at + 1)]
  const help = asksForHelp(args)
  if (help !== undefined) return say(commandHelp(command, help.all))
  return run(command, args)
}

async function run(command: Command, args: readonly string[]): Promise<number> {
  let config: Config
  try {
    config = loadConfig({ command, args: optionsOf(command, args) })
  } catch (error) {
    if (error instanceof ConfigError) return complain(error.message)
    throw error
  }
  if (config.remote !== undefined) return runRemote(config.remote, command, wordsOf(args))
  const log = createLogger({ level: config.log.level, categories: config.log.categories, output: config.log.output })
  for (const note of config.notes) log.child('config').warn(note)
  try {
    if (command === 'gateway') return await serveGateway(config, log)
    if (command === 'explain') return await explainRequest(config, wordsOf(args))
    return await (config.dev || command === 'start' ? serve(config, log) : runOnce(config, log))
  } catch (error) {
    if (error instanceof ConfigError) return complain(error.message)
    const line = failureLine(error, config)
    if (line === undefined) log.fatal('The command failed', { error })
    else process.stderr.write(`${line}\n`)
    return 1
  }
}

/** Words before the first option: `create tax-office`. A single dash stands for standard input. */
const wordsOf = (args: readonly string[]): readonly string[] => {
  const end = args.findIndex((arg) => arg.startsWith('-') && arg !== '-')
  return end < 0 ? args : args.slice(0, end)
}

function optionsOf(command: Command, args: readonly string[]): readonly string[] {
  if (command === 'bootstrap-admin') return withoutSubcommand(args)
  return command === 'external-system' || command === 'explain' ? args.slice(wordsOf(args).length) : args
}

/** A command that asks a running server: exit code 2 for words that it does not know, 1 for what the server refuses. */
async function runRemote(remote: RemoteConfig, command: Command, words: readonly string[]): Promise<number> {
  const { runRemoteCommand } = await import('./registry/commands/commands.ts')
  return runRemoteCommand(remote, command, words, { say, complain })
}

/** The reference server knows `bootstrap-admin user` and `bootstrap-admin service`; only the first is here. */
function withoutSubcommand(args: readonly string[]): readonly string[] {
  const at = args.indexOf('user')
  if (at < 0) throw new ConfigError("Missing required subcommand: 'ostiary bootstrap-admin user'")
  return args.filter((_, index) => index !== at)
}

async function serve(config: Config, log: Logger): Promise<number> {
  // Listening before the start, so that a signal in the middle of it does not leave half of it behind.
  const signalHeard = firstSignal(log)
  const { startServer } = await import('./server.ts')
  const server = await startServer(config, { log })
  const seconds = process.uptime().toFixed(2)
  if (config.dev && config.log.output === 'default') {
    process.stdout.write(welcome(config, server, seconds))
  } else {
    log.info(`Ostiary ${version()} started in ${seconds}s. Listening on: ${server.url}`, { database: server.database })
  }
  log.info(`Stopping on ${await signalHeard}`)
  await server.close()
  log.info('Stopped')
  return 0
}

async function serveGateway(config: Config, log: Logger): Promise<number> {
  const signalHeard = firstSignal(log)
  const { readYamlFile } = await import('./config/yaml-file.ts')
  const { startGateway } = await import('./gateway/gateway.ts')
  const gateway = await startGateway(readYamlFile(config.gateway.file), { log })
  const { managementPort } = gateway
  const management = managementPort === undefined ? {} : { managementPort }
  log.info(`Ostiary ${version()} gateway started in ${process.uptime().toFixed(2)}s. Listening on: ${gateway.url}`, management)
  log.info(`Stopping on ${await signalHeard}`)
  await gateway.close()
  log.info('Stopped')
  return 0
}

async function explainRequest({ gateway }: Config, words: readonly string[]): Promise<number> {
  if (words[0] !== 'request') throw new ConfigError("--config is for 'ostiary explain request'")
  if (gateway.path === '') throw new ConfigError("Missing required option: '--path'")
  const { readYamlFile } = await import('./config/yaml-file.ts')
  const { explainRequest: explain } = await import('./gateway/explain.ts')
  const { method, path, tokenFile } = gateway
  const token = tokenFile === undefined ? undefined : readFileSync(tokenFile === '-' ? 0 : tokenFile, 'utf8')
  const { lines, passes } = await explain(readYamlFile(gateway.file), { method, path, token })
  say(lines.join('\n'))
  return passes ? 0 : 1
}

/** Waits for SIGTERM or SIGINT; from then on the process has a limited time to end by itself. */
function firstSignal(log: Logger): Promise<NodeJS.Signals> {
  return new Promise((heard) => {
    // The listeners stay: a second signal, such as one key press told to a whole process group, must not end the stop half-way.
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => heard(name))
  }).then((name) => {
    const giveUp = (): void => {
      log.error('Requests were still running when the time to stop was over', { stopTimeoutMs })
      process.exit(1)
    }
    setTimeout(giveUp, stopTimeoutMs).unref()
    return name as NodeJS.Signals
  })
}

interface Started {
  readonly url: string
  readonly adminUrl?: string | undefined
  readonly database: string
  readonly demo?: { readonly tokenUrl: string; readonly clientId: string } | undefined
}

/** What a newcomer needs, within one screen. Only `start-dev` prints it, and only it names secrets: those of the demo files. */
function welcome(config: Config, server: Started, seconds: string): string {
  const { bootstrapAdmin, bootstrapAdminIsDefault, importRealm } = config
  const password = bootstrapAdminIsDefault ? ', password admin (unless it was changed)' : ''
  const rows: [string, string | undefined][] = [
    ['Base URL', server.url],
    ['Admin API', server.adminUrl],
    ['Admin', bootstrapAdmin === undefined ? undefined : `${bootstrapAdmin.username}${password}`],
    ['Database', server.database],
    ['Realms from', importRealm.length === 0 ? undefined : importRealm.join(', ')],
    ['Started in', `${seconds} s`],
  ]
  const lines = rows.filter(([, value]) => value !== undefined).map(([name, value]) => `  ${name.padEnd(12)} ${value}`)
  const { demo } = server
  const secret = demo === undefined ? undefined : demoSecret(config, demo.clientId)
  if (demo !== undefined && secret !== undefined) {
    // Form-urlencoded pairs and an encoded path hold nothing that a shell could take for its own, but for the quote of a path.
    const form = Object.entries({ grant_type: 'client_credentials', client_id: demo.clientId, client_secret: secret })
    const pairs = form.map((pair) => `-d '${new URLSearchParams([pair])}'`)
    lines.push('', '  A token:', '', `  curl -s ${demo.tokenUrl.replaceAll("'", '%27')} ${pairs.join(' ')}`)
  }
  return `\nOstiary ${version()} in development mode. Do not use it in production.\n\n${lines.join('\n')}\n\n`
}

/** The secret that the imported realm files give a client. */
function demoSecret(config: Config, clientId: string): string | undefined {
  const files = config.importRealm.flatMap((path) =>
    statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path],
  )
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    for (const realm of (Array.isArray(content) ? content : [content]) as { clients?: { clientId?: string; secret?: string }[] }[]) {
      const client = realm.clients?.find((one) => one.clientId === clientId)
      if (client?.secret !== undefined) return client.secret
    }
  }
  return undefined
}

async function runOnce(config: Config, log: Logger): Promise<number> {
  const { bootstrapAdmin, exportRealms, importRealms, openServices, transferProgress } = await import('./server.ts')
  const services = await openServices(config, { log })
  try {
    const { file, dir, override, realm, users, usersPerFile } = config.transfer
    if (config.command === 'import') {
      const paths = [file ?? dir].filter((path) => path !== undefined)
      const { onUsers, end } = transferProgress(services, 'imported')
      const onKept = (line: string): void => log.warn(line)
      const done = await importRealms(services, { paths, override, onKept, onUsers }).finally(end)
      for (const name of done.imported) log.info(`Realm '${name}' imported`)
      for (const name of done.kept) log.info(`Realm '${name}' exists and is kept`)
      for (const name of done.skipped) log.warn(`'${name}' skipped: not a realm`)
    } else if (config.command === 'export') {
      const { onUsers, end } = transferProgress(services, 'exported')
      const target = { ...(file === undefined ? {} : { file }), ...(dir === undefined ? {} : { dir }) }
      const options = { ...target, ...(realm === undefined ? {} : { realm }), users, usersPerFile, onUsers }
      const done = await exportRealms(services, options).finally(end)
      for (const written of done.files) log.info(`Written: ${written}`)
    } else if (config.bootstrapAdmin !== undefined) {
      const outcome = await bootstrapAdmin(services, config.bootstrapAdmin)
      const { username } = config.bootstrapAdmin
      if (outcome === 'exists') return complain(`--username=${username}: a user of this name exists in realm master`, 1)
      log.info(`Administrator '${username}' made in realm master`)
    }
  } finally {
    await services.close()
  }
  return 0
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function say(text: string): number {
  process.stdout.write(`${text.trimEnd()}\n`)
  return 0
}

function complain(text: string, exitCode = 2): number {
  process.stderr.write(`${text.trimEnd()}\n`)
  return exitCode
}

process.exitCode = await main(process.argv.slice(2))
// Everything is closed now; a handle that a failed start left open must not keep the process.
setTimeout(() => process.exit(), lingerMs).unref()
