import { text as textOf } from 'node:stream/consumers'
import type { RemoteWork } from './commands.ts'
import { asJson, columns, facts } from './print.ts'

type Json = Readonly<Record<string, unknown>>

/** What can be explained, each by the words after its own. Undefined for words that make no sense. */
const subjects: Readonly<Record<string, (words: readonly string[]) => RemoteWork | undefined>> = { token: explainToken }

/** Undefined when the words say nothing that can be explained. */
export function explain([word = '', ...words]: readonly string[]): RemoteWork | undefined {
  return Object.hasOwn(subjects, word) ? subjects[word]?.(words) : undefined
}

/** A token as it is, or a dash for one that comes from standard input: other users of the machine can read a command line. */
function explainToken([given, ...more]: readonly string[]): RemoteWork | undefined {
  if (given === undefined || more.length > 0) return undefined
  return async (ask, remote) => {
    const token = (given === '-' ? await textOf(process.stdin) : given).trim()
    const answer = (await ask('POST', '/explain', { token })) as Json
    return remote.json ? asJson(answer) : inWords(answer)
  }
}

const rowsOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter((row): row is Json => typeof row === 'object' && row !== null) : []

/** `true` or a verdict in words stands first in a line. */
const verdict = (ok: unknown): string => (ok === true ? 'yes' : 'NO')

/** `{"mapper":"roles","scope":"profile"}` → `mapper roles, scope profile`. */
function sourceOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === undefined || value === null ? '' : String(value)
  return Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .map(([name, member]) => `${name} ${typeof member === 'object' ? JSON.stringify(member) : String(member)}`)
    .join(', ')
}

const known: ReadonlySet<string> = new Set(['valid', 'checks', 'claims', 'roles', 'withheld'])

/** What the server answers, as tables; members that this program does not know are shown as they are. */
function inWords(answer: Json): string {
  const parts = [`The token is ${answer['valid'] === true ? 'valid' : 'NOT valid'}.`]
  const section = (title: string, heads: readonly string[], rows: readonly (readonly unknown[])[]): void => {
    if (rows.length > 0) parts.push(`${title}\n${columns(heads, rows)}`)
  }
  section(
    'Checks',
    ['CHECK', 'OK', 'DETAIL'],
    rowsOf(answer['checks']).map(({ check, ok, detail }) => [check, verdict(ok), detail]),
  )
  section(
    'Claims',
    ['CLAIM', 'VALUE', 'FROM', 'REASON'],
    rowsOf(answer['claims']).map(({ claim, value, source, reason }) => [claim, value, sourceOf(source), reason]),
  )
  section(
    'Roles',
    ['ROLE', 'CLIENT', 'IN THE TOKEN', 'REASON'],
    rowsOf(answer['roles']).map((row) => [row['role'], row['client'], verdict(row['in']), row['reason']]),
  )
  const withheld = Array.isArray(answer['withheld']) ? (answer['withheld'] as readonly unknown[]) : []
  if (withheld.length > 0) parts.push(`Withheld\n${withheld.map((row) => `- ${sourceOf(row)}`).join('\n')}`)
  const other = Object.entries(answer).filter(([name]) => !known.has(name))
  if (other.length > 0) parts.push(facts(other))
  return parts.join('\n\n')
}
