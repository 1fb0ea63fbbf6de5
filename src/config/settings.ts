import type { Given } from './arguments.ts'
import { type Command, ConfigError } from './config.ts'
import { environmentName, type Option, options } from './options.ts'

/** The texts of all sources, read by type. A method that is asked for a name that is not in the table is a bug and throws. */
export interface Settings {
  /** True when somebody wrote it: no default. */
  given(name: string): boolean
  /** How errors call the option: where it was written, else its flag. */
  source(name: string): string
  text(name: string): string | undefined
  integer(name: string): number
  boolean(name: string): boolean | undefined
  /** Comma-separated, trimmed, empty items dropped. */
  list(name: string): readonly string[]
  /** The texts of a path list as they were written; undefined when absent, empty for the bare flag. */
  paths(name: string): readonly string[] | undefined
  /** Everything written for rows such as `log-level-<category>`, by the text in place of `<…>`. */
  family(prefix: string): ReadonlyMap<string, string>
  /** One line for each option that was accepted without effect. */
  ignored(): readonly string[]
}

/** @param sources in order of precedence, the strongest first */
export function settingsFrom(sources: readonly (readonly Given[])[]): Settings {
  const given = new Map<string, Given>()
  for (const source of sources) for (const entry of source) if (!given.has(entry.name)) given.set(entry.name, entry)
  for (const entry of given.values()) check(entry)

  const row = (name: string): Option => {
    const option = options.find((one) => one.name === name)
    if (option === undefined) throw new Error(`no option ${name} in the table`)
    return option
  }
  const text = (name: string): string | undefined => {
    const option = row(name)
    const written = given.get(name)?.texts.at(-1) ?? option.default
    if (written === undefined || option.type.kind !== 'enum') return written
    const value = written.trim().toLowerCase()
    return option.type.synonyms?.[value] ?? value
  }
  return {
    given: (name) => given.has(row(name).name),
    source: (name) => given.get(name)?.source ?? `'--${row(name).name}'`,
    text,
    integer: (name) => Number(text(name)),
    boolean: (name) => {
      const value = text(name)
      return value === undefined ? undefined : value.trim().toLowerCase() === 'true'
    },
    list: (name) => items(text(name) ?? ''),
    paths: (name) => given.get(row(name).name)?.texts,
    family: (prefix) => {
      const found = [...given.values()].filter((entry) => entry.option.name.startsWith(`${prefix}<`))
      return new Map(found.map((entry) => [entry.name.slice(prefix.length), entry.texts.at(-1) ?? '']))
    },
    ignored: () =>
      [...given.values()]
        .filter((entry) => entry.option.ignored !== undefined)
        .map((entry) => `Option ${entry.source} has no effect: ${entry.option.ignored}`),
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** KC_ variables of the options of a command. An empty variable counts as absent, except for lists, where it says "none". */
export function fromEnvironment(command: Command, env: Environment): readonly Given[] {
  return options.flatMap((option): readonly Given[] => {
    if (!option.commands.includes(command)) return []
    return variablesOf(option, env).flatMap(({ variable, name }) => {
      const text = env[variable]
      if (text === undefined || (text === '' && option.type.kind !== 'list')) return []
      return [{ option, name, source: `'${variable}'`, texts: [text] }]
    })
  })
}

/** The variables that speak of an option, with the option's name as each spells it. */
function variablesOf(option: Option, env: Environment): readonly { readonly variable: string; readonly name: string }[] {
  const variable = environmentName(option)
  if (variable === undefined) return []
  const at = variable.indexOf('<')
  if (at >= 0) {
    const members = Object.keys(env).filter((name) => name.startsWith(variable.slice(0, at)) && name.length > at)
    // The reference server reads KC_LOG_LEVEL_ORG_ACME as the category org.acme.
    const ending = (name: string): string => name.slice(at).toLowerCase().replaceAll('_', '.')
    return members.map((name) => ({ variable: name, name: option.name.slice(0, option.name.indexOf('<')) + ending(name) }))
  }
  const { olderEnvironment } = option
  return [{ variable: env[variable] === undefined && olderEnvironment !== undefined ? olderEnvironment : variable, name: option.name }]
}

/** Names of KC_ variables that are of no option, so that a typing error is seen. */
export function unknownVariables(env: Environment): readonly string[] {
  const known = new Set(options.flatMap((option) => variablesOf(option, env).map(({ variable }) => variable)))
  for (const option of options) known.add(environmentName(option) ?? '')
  return Object.keys(env)
    .filter((name) => name.startsWith('KC_') && !known.has(name))
    .sort()
}

export const items = (text: string): readonly string[] => {
  const all = text.split(',').map((item) => item.trim())
  return all.filter((item) => item !== '')
}

function check({ option, source, texts }: Given): void {
  const value = texts.at(-1)?.trim()
  if (value === undefined) return
  const { type } = option
  const fail = (why: string): never => {
    throw new ConfigError(`Invalid value for option ${source}: ${why}`)
  }
  if (type.kind === 'integer') {
    if (!/^[+-]?\d+$/.test(value)) fail(`Expected an integer value, got "${value}"`)
    if (Number(value) < type.min || Number(value) > type.max) fail(`Expected an integer from ${type.min} to ${type.max}, got "${value}"`)
  } else if (type.kind === 'boolean') {
    if (!/^(true|false)$/i.test(value)) fail(`${value}. Expected values are: true, false`)
  } else if (type.kind === 'enum') {
    const allowed = [...type.values, ...Object.keys(type.synonyms ?? {})]
    if (!allowed.includes(value.toLowerCase())) fail(`${value}. Expected values are: ${allowed.join(', ')}`)
  }
}
