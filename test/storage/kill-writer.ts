import { writeSync } from 'node:fs'
import { type DatabaseOptions, openDatabase } from '../../src/storage/open.ts'
import { statement } from '../../src/storage/sql.ts'

/** How many requests write at the same time. */
const writers = 20

const single = statement('kept.single', 'insert into kept (id, part) values ($1, 0)')
const part = statement('kept.part', 'insert into kept (id, part) values ($1, $2)')

/**
 * The program that `kill.test.ts` kills: it writes without end, alone and in transactions of two rows, and prints the id of each write
 * whose promise has resolved. The first argument is the DatabaseOptions as JSON, the second begins the ids.
 */
async function writeUntilKilled(options: DatabaseOptions, prefix: string): Promise<void> {
  const database = await openDatabase(options)
  const write = async (writer: number): Promise<never> => {
    for (let n = 0; ; n++) {
      const id = `${prefix}-${writer}-${n}`
      if (n % 4 === 3) {
        await database.transaction(async (tx) => {
          await tx.run(part, id, 1)
          await tx.run(part, id, 2)
        })
      } else await database.run(single, id)
      writeSync(1, `${id}\n`)
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
}

try {
  await writeUntilKilled(JSON.parse(process.argv[2] ?? ''), process.argv[3] ?? '')
} catch {
  // The database was taken away, which is what some rounds are about.
  process.exit(1)
}
