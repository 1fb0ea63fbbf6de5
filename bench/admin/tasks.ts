import { median } from '../report.ts'
import { type AdminClient, timed, timings } from './client.ts'
import { family, person } from './people.ts'

/** How much is done. */
export interface AdminSizes {
  /** Realms that lists are measured with; made with given keys beyond the first ones. */
  readonly realms: number
  /** Realms that are made as anybody makes them, keys and all; the last of them are measured. */
  readonly plainRealms: number
  /** Users of the smaller realm, imported through the Admin API. */
  readonly users: number
  /** Runs of each call; the median counts. */
  readonly rounds: number
}

/** Figures by the label of their row. */
export type Figures = Map<string, number>

export interface Bench {
  readonly client: AdminClient
  /** Realms are named with it, so that a running server can be cleaned up. */
  readonly prefix: string
  readonly sizes: AdminSizes
  readonly figures: Figures
  /** False when there is no time left. */
  readonly hasTime: () => boolean
}

const grouped = (count: number): string => count.toLocaleString('en-US')

export const labels = {
  created: (number: number) => `realm number ${grouped(number)} created, ms`,
  filled: (which: 'first' | 'last') => `a realm with given keys created, ${which} ten, ms`,
  listed: (count: number, brief: boolean) => `${grouped(count)} realms listed${brief ? ', brief' : ''}, ms`,
  page: (count: number) => `100 of ${grouped(count)} users, ms`,
  search: (count: number, by: string) => `search of ${grouped(count)} users by ${by}, ms`,
  imported: 'users imported through the API, per second',
  importedFile: 'users imported from a file, per second',
} as const

/** Creations that make one figure. */
const creationsMeasured = 10

/** Makes realms up to a number and tells what the last of them took. */
export async function createPlainRealms({ client, prefix, sizes, figures, hasTime }: Bench): Promise<number> {
  const taken: number[] = []
  for (let number = 1; number <= sizes.plainRealms && hasTime(); number++)
    taken.push(await timed(() => client.call('POST', '/realms', { realm: `${prefix}-${number}`, enabled: true })))
  const measure = (end: number): void => {
    if (taken.length >= end) figures.set(labels.created(end), median(taken.slice(Math.max(0, end - creationsMeasured), end)))
  }
  measure(creationsMeasured)
  measure(sizes.plainRealms)
  return taken.length
}

/** Fills up with realms that share the keys of one, which costs their making; then makes one more as anybody would. */
export async function fillRealms(bench: Bench, made: number, keys: object): Promise<number> {
  const { client, prefix, sizes, figures, hasTime } = bench
  let number = made
  const filling: number[] = []
  for (; number < sizes.realms - 1 && hasTime(); number++) {
    const realm = { realm: `${prefix}-${number + 1}`, enabled: true, components: keys }
    filling.push(await timed(() => client.call('POST', '/realms', realm)))
  }
  if (filling.length >= 2 * creationsMeasured) {
    figures.set(labels.filled('first'), median(filling.slice(0, creationsMeasured)))
    figures.set(labels.filled('last'), median(filling.slice(-creationsMeasured)))
  }
  if (number < sizes.realms - 1) return number
  const last = `${prefix}-${sizes.realms}`
  const taken: number[] = []
  for (let round = 0; round < Math.min(5, sizes.rounds); round++) {
    if (round > 0) await client.call('DELETE', `/realms/${last}`)
    taken.push(await timed(() => client.call('POST', '/realms', { realm: last, enabled: true })))
  }
  figures.set(labels.created(sizes.realms), median(taken))
  return sizes.realms
}

export async function listRealms({ client, sizes, figures }: Bench, count: number): Promise<void> {
  for (const brief of [false, true]) {
    const taken = await timings(sizes.rounds, () => client.call('GET', `/realms?briefRepresentation=${brief}`))
    figures.set(labels.listed(count, brief), median(taken))
  }
}

/** Users that one import through the Admin API brings. */
const usersAtOnce = 1_000

export async function importUsers(bench: Bench): Promise<string> {
  const { client, prefix, sizes, figures } = bench
  const realm = `${prefix}-users`
  await client.call('POST', '/realms', { realm, enabled: true, roles: { realm: [{ name: 'reader' }] } })
  const taken = await timed(async () => {
    for (let first = 0; first < sizes.users; first += usersAtOnce) {
      const users = Array.from({ length: Math.min(usersAtOnce, sizes.users - first) }, (_, index) => person(first + index))
      await client.call('POST', `/realms/${realm}/partialImport`, { ifResourceExists: 'FAIL', users })
    }
  })
  figures.set(labels.imported, sizes.users / (taken / 1_000))
  return realm
}

/** Pages and searches of a realm with so many people. */
export async function searchUsers({ client, sizes, figures, hasTime }: Bench, realm: string, count: number): Promise<void> {
  const some = Math.floor(count / 2)
  const queries: readonly (readonly [label: string, query: string])[] = [
    [labels.page(count), 'max=100'],
    [labels.search(count, 'piece of a name'), `search=person-${String(some).slice(0, -1)}&max=100`],
    [labels.search(count, 'user name'), `username=person-${some}&exact=true`],
    [labels.search(count, 'e-mail'), `email=person-${some}@example.com&exact=true`],
    [labels.search(count, 'last name'), `lastName=${family(some)}&max=100`],
  ]
  for (const [label, query] of queries) {
    if (!hasTime()) return
    figures.set(label, median(await timings(sizes.rounds, () => client.call('GET', `/realms/${realm}/users?${query}`))))
  }
}
