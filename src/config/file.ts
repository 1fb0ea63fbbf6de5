import type { Given } from './arguments.ts'
import { type Command, ConfigError } from './config.ts'
import { findOption } from './options.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the syntax of the reference server's keycloak.conf: `key=value` lines, `#` comments, backslash escapes and continued lines as in
 * Java properties, and `${VARIABLE:default}` from the environment. Options of other commands are passed over, since one file serves all
 * commands. Throws ConfigError for an unknown key.
 *
 * @param label how errors call the file
 */
export function parseConfigFile(text: string, label: string, command: Command, env: Environment): readonly Given[] {
  const given = new Map<string, Given>()
  for (const [name, value] of properties(text, label)) {
    const option = findOption(name)
    if (option === undefined || option.commandLineOnly === true || option.name === 'config-file') {
      throw new ConfigError(`Unknown option: '${name}' in ${label}`)
    }
    if (!option.commands.includes(command)) continue
    const source = `'${name}' in ${label}`
    const expanded = expand(value, source, env)
    if (expanded !== '' || option.type.kind === 'list') given.set(name, { option, name, source, texts: [expanded] })
  }
  return [...given.values()]
}

function* properties(text: string, label: string): Generator<[name: string, value: string]> {
  // An odd number of backslashes at the end of a line joins it with the next, whose indentation does not count.
  const joined = text.replace(/(?<!\\)((?:\\\\)*)\\\r?\n[ \t]*/g, '$1')
  for (const line of joined.split(/\r?\n/)) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('!')) continue
    const equals = trimmed.indexOf('=')
    if (equals <= 0)
      throw new ConfigError(`Every line of ${label} must be key=value; one that begins with '${trimmed.split(/\s/)[0]}' is not`)
    yield [trimmed.slice(0, equals).trim(), unescaped(trimmed.slice(equals + 1).trim())]
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' }

function unescaped(value: string): string {
  return value.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, character: string | undefined) =>
    hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (escapes[character ?? ''] ?? character ?? ''),
  )
}

/** Puts environment variables in place of `${VARIABLE:default}`. Throws ConfigError for one that is not set and has no default. */
export function expand(value: string, source: string, env: Environment): string {
  return value.replace(/\$\{([^}:]+)(?::([^}]*))?\}/g, (_, variable: string, otherwise: string | undefined) => {
    const found = env[variable] ?? otherwise
    if (found === undefined) throw new ConfigError(`Invalid value for option ${source}: the environment variable ${variable} is not set`)
    return found
  })
}
