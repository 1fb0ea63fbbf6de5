import { machine } from '../report.ts'
import { type Figures, labels } from './tasks.ts'

/** What one server did. */
export interface Column {
  readonly name: string
  readonly figures: Figures
}

interface Asked {
  readonly sizes: { readonly realms: number; readonly plainRealms: number; readonly users: number }
  readonly people: number
}

const absent = '–'

const figure = (value: number | undefined): string => {
  if (value === undefined) return absent
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US')
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** A Markdown table, a row for each thing that was done. */
export function adminTable(columns: readonly Column[]): string {
  const rows = [...new Set(columns.flatMap(({ figures }) => [...figures.keys()]))]
  const heads = ['', ...columns.map(({ name }) => name)]
  return [
    line(heads),
    line(heads.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map((row) => line([row, ...columns.map(({ figures }) => figure(figures.get(row)))])),
  ].join('\n')
}

/** What every column of ours is held to; a goal whose figures are missing was not measured. */
export function adminGoals(columns: readonly Column[], { sizes, people }: Asked): string[] {
  const reference = columns.find(({ name }) => name === 'reference')?.figures.get(labels.created(sizes.plainRealms))
  return columns
    .filter(({ name }) => name !== 'reference')
    .flatMap(({ name, figures }) => {
      const created = figures.get(labels.created(sizes.plainRealms))
      const filled = figures.get(labels.filled('first'))
      const goals: readonly (readonly [words: string, value: number | undefined, most: number | undefined])[] = [
        [`realm number ${sizes.plainRealms} in a fifth of the reference's time`, created, reference && reference / 5],
        // Without the making of keys, whose time is a matter of luck.
        [
          `a realm near number ${sizes.realms} no dearer than one near ${sizes.plainRealms} by half`,
          figures.get(labels.filled('last')),
          filled && filled * 1.5,
        ],
        [`${sizes.realms} realms listed in 100 ms`, figures.get(labels.listed(sizes.realms, false)), 100],
        [`${sizes.realms} realms listed briefly in 100 ms`, figures.get(labels.listed(sizes.realms, true)), 100],
        ...['piece of a name', 'last name', 'e-mail'].map(
          (by) => [`search of ${people} by ${by} in 200 ms`, figures.get(labels.search(people, by)), 200] as const,
        ),
        ['5,000 users imported a second', inverse(figures.get(labels.importedFile)), 1 / 5_000],
      ]
      return goals.map(([words, value, most]) => {
        const verdict = value === undefined || most === undefined ? 'not measured' : value <= most ? 'reached' : 'missed'
        return `Goal ${verdict} (${name}): ${words}.`
      })
    })
}

const inverse = (value: number | undefined): number | undefined => (value === undefined ? undefined : 1 / value)

/** What a run says, printed and appended to RESULTS.md. */
export function adminSection(columns: readonly Column[], asked: Asked, notes: readonly string[]): string {
  const title = `## admin, ${new Date().toISOString().slice(0, 10)}`
  return `${[title, machine(), adminTable(columns), ...adminGoals(columns, asked), ...notes].join('\n\n')}\n`
}
