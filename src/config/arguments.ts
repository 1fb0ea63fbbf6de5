import { type Command, ConfigError } from './config.ts'
import { findOption, type Option, optionsOf } from './options.ts'

/** What was written somewhere for one option. */
export interface Given {
  readonly option: Option
  /** The name without dashes as it was written: differs from the row's for `log-level-<category>`. */
  readonly name: string
  /** How errors call it: `'--http-port'`, `'KC_HTTP_PORT'`, `'http-port' in ostiary.conf`. */
  readonly source: string
  /** One text; several only for lists of paths. Empty for a bare flag. */
  readonly texts: readonly string[]
}

/**
 * Reads `--name=value`, `--name value` and bare flags. The last of several wins, but paths add up. Throws ConfigError, in the reference
 * server's words, for unknown options, options of other commands and missing values.
 */
export function parseArguments(command: Command, args: readonly string[]): readonly Given[] {
  const given = new Map<string, Given>()
  const hint = `Try 'ostiary ${command} --help' for the options.`
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    const equals = arg.indexOf('=')
    const written = equals < 0 ? arg : arg.slice(0, equals)
    const option = optionWritten(written)
    if (option === undefined) throw new ConfigError(unknownOption(written, command, hint))
    if (!option.commands.includes(command)) {
      throw new ConfigError(`Unknown option: '${written}': it belongs to ${option.commands.join(', ')}. ${hint}`)
    }
    const name = written.startsWith('--') ? written.slice(2) : option.name
    const texts: string[] = []
    if (equals >= 0) texts.push(arg.slice(equals + 1))
    else if (option.type.kind === 'paths') while (isValue(args[index + 1])) texts.push(args[++index] ?? '')
    else if (option.flag !== true && isValue(args[index + 1])) texts.push(args[++index] ?? '')
    // An empty list says "none"; anything else that is empty is a mistake, often a shell variable that is not set.
    const missing = texts.length === 0 ? option.flag !== true : texts.includes('') && option.type.kind !== 'list'
    if (missing) throw new ConfigError(`Option '${written}' (${option.value}) expects a single value. ${hint}`)
    const before = option.type.kind === 'paths' ? (given.get(name)?.texts ?? []) : []
    given.set(name, { option, name, source: `'${written}'`, texts: [...before, ...texts] })
  }
  return [...given.values()]
}

/** A single dash is a value: the standard input. */
const isValue = (arg: string | undefined): boolean => arg === '-' || (arg !== undefined && !arg.startsWith('-'))

function optionWritten(written: string): Option | undefined {
  if (written.startsWith('--')) return findOption(written.slice(2))
  return shortOptions().get(written)
}

function shortOptions(): ReadonlyMap<string, Option> {
  const found = ['config-file', 'verbose'].map((name) => findOption(name)).filter((option) => option !== undefined)
  return new Map(found.flatMap((option) => (option.short ?? []).map((short) => [short, option] as const)))
}

function unknownOption(written: string, command: Command, hint: string): string {
  const near = optionsOf(command)
    .map((option) => ({ flag: `--${option.name}`, distance: editDistance(option.name, written.replace(/^-+/, '')) }))
    .filter(({ flag, distance }) => distance <= Math.min(likelyTypingErrorsMax, flag.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, suggestionsMax)
    .map(({ flag }) => flag)
  return `Unknown option: '${written}'. ${near.length > 0 ? `Possible solutions: ${near.join(', ')}. ` : ''}${hint}`
}

/** More changed letters than this, or than a third of the flag, and it is another word. */
const likelyTypingErrorsMax = 3
const suggestionsMax = 3

/** Levenshtein distance: inserted, dropped and replaced characters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
