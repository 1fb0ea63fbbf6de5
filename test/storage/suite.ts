import { after, type TestContext, test } from 'node:test'
import { openDatabase } from '../../src/storage/open.ts'
import { type Database, statement } from '../../src/storage/sql.ts'
import { engines, type Place } from './engines.ts'

interface Opened {
  readonly place: Place
  readonly database: Database
}

/** Opens one database per engine for a test file, and tests every sentence on each of them. Tables are the tests' own. */
export function everyEngine(): (sentence: string, check: (database: Database, t: TestContext) => Promise<void>) => void {
  const opened = new Map<string, Promise<Opened>>()
  after(async () => {
    for (const one of opened.values()) {
      const { place, database } = await one
      await database.close()
      await place.remove()
    }
  })
  return (sentence, check) => {
    for (const engine of engines) {
      const open = async (): Promise<Opened> => {
        const place = await engine.make()
        return { place, database: await openDatabase(place.options) }
      }
      test(`${engine.name}: ${sentence}`, async (t) => {
        const one = opened.get(engine.name) ?? open()
        opened.set(engine.name, one)
        await check((await one).database, t)
      })
    }
  }
}

/** Runs SQL that is used once. */
export const execute = (database: Pick<Database, 'run'>, text: string): Promise<number> => database.run(statement('', text))

/** A promise that the test resolves when it wants something to go on. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: () => resolve() }
}
