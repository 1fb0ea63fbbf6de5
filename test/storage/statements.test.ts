import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import pg from 'pg'
import { compiler, dialects } from '../../src/storage/dialect.ts'
import { openDatabase } from '../../src/storage/open.ts'
import type { Statement } from '../../src/storage/sql.ts'
import { engines } from './engines.ts'

const storage = new URL('../../src/storage/', import.meta.url)
const mark = '?collected'

/** Replaces `statement` for the modules that are imported with the mark: it also notes what it makes. */
const source = `
import { statement as make } from './sql.ts'
export * from './sql.ts'
export const collected = []
export const statement = (name, text) => {
  const made = make(name, text)
  collected.push(made)
  return made
}`

/** Every statement that the modules of the storage room make when they are loaded. */
async function collectStatements(): Promise<readonly Statement[]> {
  const sql = new URL(`sql.ts${mark}`, storage).href
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === './sql.ts' && context.parentURL?.endsWith(`.ts${mark}`) === true && context.parentURL !== sql
        ? { url: sql, shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) => (url === sql ? { format: 'module', source, shortCircuit: true } : next(url, context)),
  })
  try {
    for (const file of readdirSync(storage)) {
      if (file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'sql.ts') await import(new URL(`${file}${mark}`, storage).href)
    }
    const { collected } = await import(sql)
    return collected
  } finally {
    hooks.deregister()
  }
}

/** Prepares every statement and returns what the engine says against it. */
async function refusals(statements: readonly Statement[], prepare: (text: string, at: number) => Promise<unknown>): Promise<string[]> {
  const refused: string[] = []
  for (const [at, { name, text }] of statements.entries()) {
    try {
      await prepare(text, at)
    } catch (error) {
      refused.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return refused
}

test('every SQL statement has a name of its own', async () => {
  const names = (await collectStatements()).map(({ name }) => name)
  assert.deepEqual(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  )
})

for (const engine of engines.filter(({ name }) => name !== 'memory')) {
  test(`${engine.name}: every statement of the program fits the schema and the engine`, async () => {
    const statements = await collectStatements()
    assert.ok(statements.length > 50, `only ${statements.length} statements were found`)
    const place = await engine.make()
    const database = await openDatabase(place.options)
    await database.close()
    const compile = compiler(dialects[database.engine])
    const compiled = statements.filter(({ name }) => !name.startsWith('migration.create')).map(compile)
    if (place.options.engine === 'postgres') {
      const client = new pg.Client({ connectionString: place.options.url })
      await client.connect()
      const refused = await refusals(compiled, (text, at) => client.query(`prepare s${at} as ${text}`)).finally(() => client.end())
      assert.deepEqual(refused, [])
    } else if (place.options.engine === 'sqlite') {
      const file = new DatabaseSync(place.options.file)
      assert.deepEqual(await refusals(compiled, async (text) => file.prepare(text)), [])
      file.close()
    }
    await place.remove()
  })
}
