import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseOptions } from '../../src/storage/open.ts'
import { freshDatabase } from './postgres.ts'

/** An empty place for one database. */
export interface Place {
  readonly options: DatabaseOptions
  remove(): Promise<void>
}

export interface TestEngine {
  readonly name: string
  make(): Promise<Place>
}

/** Every engine that the program runs on: `for (const engine of engines) test(\`${engine.name}: …\`, …)`. */
export const engines: readonly TestEngine[] = [
  { name: 'memory', make: async () => ({ options: { engine: 'memory' }, remove: async () => undefined }) },
  {
    name: 'sqlite',
    make: async () => {
      const directory = mkdtempSync(join(tmpdir(), 'ostiary-sqlite-'))
      return {
        options: { engine: 'sqlite', file: join(directory, 'ostiary.db') },
        remove: async () => rmSync(directory, { recursive: true, force: true }),
      }
    },
  },
  {
    name: 'postgres',
    make: async () => {
      const { url, drop } = await freshDatabase()
      return { options: { engine: 'postgres', url }, remove: drop }
    },
  },
]
