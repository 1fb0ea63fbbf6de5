import type { Command } from './config.ts'
import { environmentName, type Option, options, optionsOf } from './options.ts'

/** What each command does, in one line, and words that follow it on the command line. */
export const commands: Readonly<Record<Command, { readonly doc: string; readonly words?: string }>> = {
  start: { doc: 'Start the server.' },
  'start-dev': { doc: 'Start the server in development mode: loopback only, admin/admin unless credentials are given.' },
  import: { doc: 'Import realms from a file or a folder.' },
  export: { doc: 'Export realms to a file or a folder.' },
  'bootstrap-admin': { doc: 'Make an administrator of the master realm.', words: 'user' },
  'external-system': {
    doc: 'External systems: list, or create, show, rotate, key, block, unblock, delete, grant one.',
    words: 'ACTION NAME',
  },
  gateway: { doc: 'Start the gateway, which lets requests with the right tokens through to other servers.' },
  explain: { doc: 'Tell why a token says what it says, or what the gateway does to a request.', words: 'token JWT|request' },
}

export const isCommand = (word: string): word is Command => Object.hasOwn(commands, word)

/** Whether arguments ask for help, and whether also for the options that are accepted without effect. */
export function asksForHelp(args: readonly string[]): { readonly all: boolean } | undefined {
  if (args.includes('--help-all')) return { all: true }
  return args.includes('--help') || args.includes('-h') ? { all: false } : undefined
}

const columns = 100
/** Where the text of an option begins. */
const indent = 30

export function generalHelp(): string {
  const list = Object.entries(commands).map(([name, { doc, words }]) => `  ${`${name} ${words ?? ''}`.padEnd(indent - 2)}${doc}`)
  return [
    'Ostiary: an OpenID Connect and OAuth 2.0 identity server',
    '',
    'Usage: ostiary COMMAND [OPTIONS]',
    '',
    'Commands:',
    '',
    ...list,
    `  ${'help [COMMAND]'.padEnd(indent - 2)}This text, or the options of a command.`,
    `  ${'version'.padEnd(indent - 2)}The version.`,
    '',
    `Every option is also an environment variable (--http-port: KC_HTTP_PORT) and a line of the`,
    'configuration file (http-port=8080). The command line wins over the environment, and that over',
    'the file.',
    '',
  ].join('\n')
}

/** The options of a command by group. Options without effect are left out unless `all`. */
export function commandHelp(command: Command, all = false): string {
  const { doc, words } = commands[command]
  const shown = optionsOf(command).filter((option) => all || option.ignored === undefined)
  const groups = [...new Set(shown.map((option) => option.group))]
  const lines = [doc, '', `Usage: ostiary ${command} ${words === undefined ? '' : `${words} `}[OPTIONS]`, '']
  lines.push(
    `${'-h, --help'.padEnd(indent)}This text.`,
    `${'--help-all'.padEnd(indent)}This text with the options that are accepted without effect.`,
    '',
  )
  for (const group of groups) {
    lines.push(`${group}:`, '', ...shown.filter((option) => option.group === group).flatMap(optionHelp), '')
  }
  return lines.join('\n')
}

function optionHelp(option: Option): string[] {
  const spelled = [...(option.short ?? []), `--${option.name}`].join(', ')
  const value = option.value === '' ? '' : ` <${option.value}>`
  const head = option.flag === true && value !== '' ? `${spelled} [${option.value} ...]` : spelled + value
  const body = wrap(sentences(option), columns - indent).map((line) => ' '.repeat(indent) + line)
  if (head.length >= indent) return [head, ...body]
  return [head + (body[0] ?? '').slice(head.length), ...body.slice(1)]
}

function sentences(option: Option): string {
  const values = option.type.kind === 'enum' ? ` Possible values are: ${option.type.values.join(', ')}.` : ''
  const otherwise = option.defaultNote ?? option.default
  return `${option.doc}${values}${otherwise === undefined ? '' : ` Default: ${otherwise}.`}`
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** The reference page of the options in Markdown. */
export function optionsPage(): string {
  const groups = [...new Set(options.map((option) => option.group))]
  const lines = [
    '# Options',
    '',
    'Made from the option table in `src/config/options.ts` by `npm run docs`: change the table, not this page.',
    '',
    'An option is given on the command line (`--http-port=8080` or `--http-port 8080`), as an environment variable (`KC_HTTP_PORT=8080`) or as a',
    'line of the configuration file (`http-port=8080`). The command line wins over the environment, and that over the file. In the file,',
    `\`\${VARIABLE:default}\` stands for an environment variable, and lines that begin with \`#\` are comments. Options marked *own* are not the`,
    "reference server's.",
    '',
  ]
  for (const group of groups) {
    lines.push(`## ${group}`, '', '| option | environment | values | default | commands | |', '| --- | --- | --- | --- | --- | --- |')
    lines.push(...options.filter((option) => option.group === group).map(optionRow), '')
  }
  return lines.join('\n')
}

function optionRow(option: Option): string {
  const environment = environmentName(option)
  const cells = [
    [...(option.short ?? []), `--${option.name}`].map((flag) => `\`${flag}\``).join(', ') + (option.origin === 'own' ? ' *own*' : ''),
    environment === undefined ? '' : `\`${environment}\``,
    valuesOf(option),
    option.defaultNote ?? (option.default === undefined ? '' : `\`${option.default}\``),
    option.commands.length === Object.keys(commands).length ? 'all' : option.commands.join(', '),
    option.doc,
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function valuesOf(option: Option): string {
  const { type } = option
  switch (type.kind) {
    case 'boolean':
      return option.value === '' ? 'no value' : 'true, false'
    case 'integer':
      return `integer, ${type.min} to ${type.max}`
    case 'enum':
      return type.values.join(', ')
    case 'list':
      return 'list, separated by commas'
    case 'paths':
      return 'no value, or paths'
    default:
      return type.kind
  }
}
