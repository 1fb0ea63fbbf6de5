import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminGoals, adminTable } from './report.ts'
import { labels } from './tasks.ts'

const sizes = { realms: 1_000, plainRealms: 100, users: 5_000 }
const asked = { sizes, people: 1_000_000 }

test('a row is a thing that was done, and what a server did not do is a dash', () => {
  const columns = [
    { name: 'ostiary, sqlite', figures: new Map([['a, ms', 12.34]]) },
    {
      name: 'reference',
      figures: new Map([
        ['a, ms', 1_234.5],
        ['b, ms', 100],
      ]),
    },
  ]
  assert.equal(
    adminTable(columns),
    ['|  | ostiary, sqlite | reference |', '| --- | ---: | ---: |', '| a, ms | 12.3 | 1,235 |', '| b, ms | – | 100 |'].join('\n'),
  )
})

test('goals are told for each of our engines, and for the reference none', () => {
  const own = new Map([
    [labels.created(100), 50],
    [labels.listed(1_000, false), 150],
    [labels.importedFile, 6_000],
  ])
  const reference = new Map([[labels.created(100), 500]])
  const lines = adminGoals(
    [
      { name: 'ostiary, sqlite', figures: own },
      { name: 'reference', figures: reference },
    ],
    asked,
  )
  assert.ok(lines.includes("Goal reached (ostiary, sqlite): realm number 100 in a fifth of the reference's time."))
  assert.ok(lines.includes('Goal missed (ostiary, sqlite): 1000 realms listed in 100 ms.'))
  assert.ok(lines.includes('Goal reached (ostiary, sqlite): 5,000 users imported a second.'))
  assert.ok(lines.includes('Goal not measured (ostiary, sqlite): search of 1000000 by e-mail in 200 ms.'))
  assert.ok(lines.every((line) => !line.includes('(reference)')))
})

test('without a reference the goal against it is not measured', () => {
  const lines = adminGoals([{ name: 'ostiary, sqlite', figures: new Map([[labels.created(100), 50]]) }], asked)
  assert.match(lines[0] ?? '', /^Goal not measured/)
})
