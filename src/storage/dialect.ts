import { type Database, InvalidText, type SqlValue, type Statement } from './sql.ts'

/** What the two engines spell differently. There is no other place that asks which engine runs. */
export interface Dialect {
  /** Names in `{{…}}` and their text; `$1` is the macro's argument. */
  readonly macros: readonly (readonly [pattern: RegExp, text: string | ((match: string, ...groups: string[]) => string)])[]
  /** How parameter n is written: SQLite knows `?n`. */
  readonly parameter: string
  /** Run first in a migration's transaction, so that only one node migrates at a time and sees what the others have done. */
  readonly migrationLock: readonly string[]
}

const columnsOf = (list: string): string[] => list.split(',').map((column) => column.trim())

/** `select` of the members of each object in a JSON array; a member that is an object comes as its text. */
function recordsFromEach(_match: string, parameter = '', list = ''): string {
  const names = columnsOf(list).map((column) => column.split(' ', 1)[0] ?? '')
  return `(select ${names.map((name) => `value ->> '${name}' as ${name}`).join(', ')} from json_each(${parameter}))`
}

/**
 * Triggers that raise the revisions of migration 0004. `row` is what a trigger of SQLite calls the changed row; PostgreSQL runs one for all
 * rows of a statement, which stand in the table `changed`, so that a bulk insert raises each user's number once.
 */
function revisionMacros(engine: Database['engine']): Dialect['macros'] {
  return (['insert|update', 'delete'] as const).flatMap((events) => {
    const row = events === 'delete' ? 'old' : 'new'
    const users = new RegExp(`\\{\\{revise users: (\\w+) (${events})\\}\\}`, 'g')
    const grants = new RegExp(`\\{\\{revise grants: (\\w+) (${events})\\}\\}`, 'g')
    const grantsBy = new RegExp(`\\{\\{revise grants: (\\w+) (${events}) of (\\w+) by (\\w+)\\}\\}`, 'g')
    if (engine === 'sqlite') {
      const trigger = (work: string): string => `create trigger $1_$2_revises after $2 on $1 begin ${work}; end`
      const raiseGrants = 'update realm set grants_revision = grants_revision + 1 where id ='
      return [
        [users, trigger(`update user_account set revision = revision + 1 where id = ${row}.user_id`)],
        [grants, trigger(`${raiseGrants} ${row}.realm_id`)],
        [grantsBy, trigger(`${raiseGrants} (select realm_id from $3 where id = ${row}.$4)`)],
      ] as const
    }
    const trigger = (work: string): string =>
      `create or replace function $1_revises() returns trigger language plpgsql as 'begin ${work}; return null; end';
       create trigger $1_$2_revises after $2 on $1 referencing ${row} table as changed for each statement execute function $1_revises()`
    const raiseGrants = 'update realm set grants_revision = grants_revision + 1 where id in'
    return [
      // Users who are being imported have a revision of their own already: to write each of them twice would halve the speed.
      [
        users,
        trigger(
          `if current_setting(''ostiary.importing'', true) is distinct from ''on'' then
           update user_account set revision = revision + 1 where id in (select user_id from changed); end if`,
        ),
      ],
      [grants, trigger(`${raiseGrants} (select realm_id from changed)`)],
      [grantsBy, trigger(`${raiseGrants} (select t.realm_id from changed c join $3 t on t.id = c.$4)`)],
    ] as const
  })
}

/**
 * Macros take the words that follow them where an engine wants another order: `{{serial}} primary key`. The rows of `{{list $1}}` have
 * one column, `value`, so that it can also stand in a `from`. `{{records $1 (id text, n integer)}}` are the objects of a JSON array as rows
 * of those columns. `{{object}}(name, value, …)` makes a JSON object, `{{random}}` a whole number below 2^52. `{{attributes doc}}` stands
 * in a `from` for the lists of a document's attributes: a name (`a.key`) and a value (`v.value`) each. `{{virtual}}` is how a generated
 * column is kept. `{{name order}}` sorts users `u` by their names, along the index that the engine reads when it looks at each.
 * `{{unindexed column}}` is the column, and no reason to look into its index. A migration's statement behind `{{only sqlite}}` or
 * `{{only postgres}}` does nothing on the other engine.
 */
export const dialects: Readonly<Record<Database['engine'], Dialect>> = {
  sqlite: {
    macros: [
      [/\{\{bytes\}\}/g, 'collate binary'],
      [/\{\{list (\$\d+)\}\}/g, '(select value from json_each($1))'],
      [/\{\{records (\$\d+) \(([^)]*)\)\}\}/g, recordsFromEach],
      [/\{\{object\}\}/g, 'json_object'],
      [/\{\{random\}\}/g, 'abs(random() / 2048)'],
      [/\{\{attributes ([\w.]+)\}\}/g, "json_each($1, '$.attributes') a, json_each(a.value) v"],
      // Without autoincrement the number of a deleted newest row would be given out again.
      [/\{\{serial\}\} primary key/g, 'integer primary key autoincrement'],
      [/\{\{virtual\}\}/g, 'virtual'],
      [/\{\{name order\}\}/g, 'u.words'],
      [/\{\{unindexed ([\w.]+)\}\}/g, '+$1'],
      [/^\{\{only sqlite\}\} /, ''],
      [/^\{\{only postgres\}\} [\s\S]*$/, 'select 1'],
      ...revisionMacros('sqlite'),
    ],
    parameter: '?',
    migrationLock: [],
  },
  postgres: {
    macros: [
      [/\{\{bytes\}\}/g, 'collate "C"'],
      [/\{\{list (\$\d+)\}\}/g, '(select json_array_elements_text($1::json) as value)'],
      [/\{\{records (\$\d+) \(([^)]*)\)\}\}/g, '(select * from json_to_recordset($1::json) as given($2))'],
      [/\{\{object\}\}/g, 'json_build_object'],
      [/\{\{random\}\}/g, 'floor(random() * 4503599627370496)::bigint'],
      [/\{\{attributes ([\w.]+)\}\}/g, "json_each($1 -> 'attributes') a, json_array_elements_text(a.value) v (value)"],
      [/\{\{serial\}\} primary key/g, 'bigint generated by default as identity primary key'],
      // Before version 18 a generated column cannot be but stored.
      [/\{\{virtual\}\}/g, 'stored'],
      [/\{\{name order\}\}/g, 'u.username'],
      [/\{\{unindexed ([\w.]+)\}\}/g, '$1'],
      [/^\{\{only postgres\}\} /, ''],
      [/^\{\{only sqlite\}\} [\s\S]*$/, 'select 1'],
      ...revisionMacros('postgres'),
    ],
    parameter: '$',
    // With repeatable read the snapshot would be taken before the lock is there, and the other node's migration would stay invisible.
    migrationLock: ['set transaction isolation level read committed', 'select pg_advisory_xact_lock(7305791432)'],
  },
}

/** A statement as one engine prepares it. */
export interface Compiled {
  readonly name: string
  /** False for a statement that is run once. */
  readonly kept: boolean
  readonly text: string
  /** How many values it takes. */
  readonly parameters: number
  /** Whether it may change something. */
  readonly writes: boolean
}

/** A `with` may lead to either; everything that does not begin as a query is treated as a write. */
function isWrite(text: string): boolean {
  const first = /^\s*(?:--[^\n]*\n\s*)*([a-z]+)/i.exec(text)?.[1]?.toLowerCase()
  if (first === 'with') return /\b(?:insert\s+into|update|delete\s+from)\b/i.test(text)
  return first !== 'select' && first !== 'values'
}

function compile({ macros, parameter }: Dialect, { name, text, kept }: Statement): Compiled {
  const expanded = macros.reduce(
    (result, [pattern, by]) => (typeof by === 'string' ? result.replace(pattern, by) : result.replace(pattern, by)),
    text,
  )
  const unknown = /\{\{[^}]*\}?\}?/.exec(expanded)?.[0]
  if (unknown !== undefined) throw new Error(`statement ${name}: no macro ${unknown}`)
  const numbers = [...expanded.matchAll(/\$(\d+)/g)].map((match) => Number(match[1]))
  const written = parameter === '$' ? expanded : expanded.replace(/\$(?=\d)/g, parameter)
  return Object.freeze({ name, kept: kept ?? name !== '', text: written, parameters: Math.max(0, ...numbers), writes: isWrite(text) })
}

/** Compiles each statement once. Statements are constants of the program, so the map does not outgrow it. */
export function compiler(dialect: Dialect): (statement: Statement) => Compiled {
  const known = new WeakMap<Statement, Compiled>()
  return (statement) => {
    const before = known.get(statement)
    if (before !== undefined) return before
    const compiled = compile(dialect, statement)
    known.set(statement, compiled)
    return compiled
  }
}

/** Refuses what one engine would take and the other would not: a wrong number of values, and U+0000, which PostgreSQL cannot store. */
export function checkValues({ name, parameters }: Compiled, values: readonly SqlValue[]): void {
  if (values.length !== parameters) throw new Error(`statement ${name}: takes ${parameters} values, was given ${values.length}`)
  for (const value of values) {
    if (typeof value === 'string' && value.includes('\0')) throw new InvalidText(name)
  }
}
