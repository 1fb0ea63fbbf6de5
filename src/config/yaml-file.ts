import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import { ConfigError } from './config.ts'
import { type Environment, expand } from './file.ts'

/** Names of members and places in lists, from the root: `['routes', 0, 'path']`. */
export type YamlPath = readonly (string | number)[]

/** Settings as they were written, and how to tell a mistake in them. */
export interface WrittenSettings {
  /** Plain objects, lists, texts, numbers, booleans and null. */
  readonly value: unknown
  /** Throws a ConfigError that names file, line and member. */
  fail(path: YamlPath, why: string): never
}

/**
 * Reads a YAML file in which every text may hold `${VARIABLE}` or `${VARIABLE:default}` from the environment, so that secrets need not be
 * written down. Throws ConfigError for a file that cannot be read, is no YAML or names a variable that is not set.
 */
export function readYamlFile(path: string, env: Environment = process.env): WrittenSettings {
  const lines = new LineCounter()
  const document = parseDocument(textOf(path), { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const at = (offset: number | undefined): string => (offset === undefined ? path : `${path}:${lines.linePos(offset).line}`)
  const [mistake] = document.errors
  if (mistake !== undefined) throw new ConfigError(`${at(mistake.pos[0])}: ${mistake.message.split('\n')[0]}`)
  const fail = (member: YamlPath, why: string): never => {
    throw new ConfigError(`${at(offsetOf(document, member))}: ${nameOf(member)}: ${why}`)
  }
  return { value: expanded(document.toJS(), [], env, fail), fail }
}

/** Settings that a program gives, without a file. */
export function writtenSettings(value: unknown): WrittenSettings {
  return {
    value,
    fail(path, why) {
      throw new ConfigError(`${nameOf(path)}: ${why}`)
    },
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new ConfigError(code === 'ENOENT' ? `There is no file ${path}` : `${path} cannot be read (${code})`)
  }
}

/** Where a member stands, or the nearest one around it. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: YamlPath): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) return Number(node.range[0])
  }
  return undefined
}

/** `routes[0].path`. */
const nameOf = (path: YamlPath): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('') || 'the file'

function expanded(value: unknown, path: YamlPath, env: Environment, fail: WrittenSettings['fail']): unknown {
  if (typeof value === 'string') {
    if (!value.includes('${')) return value
    try {
      return expand(value, '', env)
    } catch {
      return fail(path, 'it names an environment variable that is not set')
    }
  }
  if (Array.isArray(value)) return value.map((item: unknown, index) => expanded(item, [...path, index], env, fail))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, expanded(item, [...path, name], env, fail)]))
}
