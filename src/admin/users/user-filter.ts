import { AdminError } from '../../http/errors.ts'
import type { Form } from '../../http/parameters.ts'
import type { SearchedColumn, UserFilter } from '../../storage/user-search.ts'
import { readAttributeQuery } from '../attribute-query.ts'
import { flagParameter } from '../bodies.ts'

/** Users who are named one by one, as `search=username:anna ivan` does. */
export interface NamedUsers {
  readonly by: 'id' | 'username' | 'email'
  readonly names: readonly string[]
}

/** Names in one search, and words in one: each is a statement or a condition. */
const namesMax = 1_000
const wordsMax = 20

/** What the query of a list or a count asks for. Of several parameters the reference lets `search` win over those of single members. */
export function readUserFilter(query: Form): NamedUsers | UserFilter {
  const search = query.get('search')
  const common = {
    enabled: given(query, 'enabled'),
    emailVerified: given(query, 'emailVerified'),
    createdFromMs: timeParameter(query, 'createdAfter', 0),
    createdUntilMs: timeParameter(query, 'createdBefore', dayMs - 1),
  }
  if (search !== undefined) {
    const named = namedUsers(search)
    return named ?? { ...common, words: wordsOf(search), serviceAccounts: false }
  }
  const { columns, attributes, ...flags } = membersOf(query)
  const exact = given(query, 'exact')
  const filter = { ...common, ...flags, columns, attributes, exact: exact ?? false, link: linkOf(query) }
  const asked = [...Object.values(columns), ...Object.values({ ...common, ...flags }), filter.link, exact].some(
    (value) => value !== undefined,
  )
  return { ...filter, serviceAccounts: asked || attributes.length > 0 }
}

/** An empty flag is none. */
const given = (query: Form, name: string): boolean | undefined => (query.get(name) === '' ? undefined : flagParameter(query, name))

function namedUsers(search: string): NamedUsers | undefined {
  const [, by, list = ''] = /^(id|username|email):(.*)$/s.exec(search) ?? []
  if (by === undefined) return undefined
  const names = list.trim().split(/\s+/)
  return { by: by as NamedUsers['by'], names: names.filter((name) => name !== '').slice(0, namesMax) }
}

function wordsOf(search: string): NonNullable<UserFilter['words']> {
  const words = search.trim().toLowerCase().split(/\s+/).slice(0, wordsMax)
  return words.flatMap((text) => {
    if (text === '') return []
    const exact = text.length >= 2 && text.startsWith('"') && text.endsWith('"')
    return [{ exact, text: exact ? text.slice(1, -1) : text }]
  })
}

function linkOf(query: Form): UserFilter['link'] {
  const provider = query.get('idpAlias') || undefined
  const externalId = query.get('idpUserId') || undefined
  return provider === undefined && externalId === undefined ? undefined : { provider, externalId }
}

const memberColumns: Readonly<Record<string, SearchedColumn>> = {
  username: 'username',
  email: 'email',
  firstName: 'first_name_lower',
  lastName: 'last_name_lower',
}

/** Members with parameters of their own; `q` names them like attributes, and wins. */
function membersOf(query: Form): Pick<UserFilter, 'enabled' | 'emailVerified'> & Required<Pick<UserFilter, 'columns' | 'attributes'>> {
  const columns: { [column in SearchedColumn]?: string } = {}
  for (const [name, column] of Object.entries(memberColumns)) {
    const text = query.get(name)
    if (text) columns[column] = text.toLowerCase()
  }
  const attributes: { name: string; value: string }[] = []
  const flags: { enabled?: boolean; emailVerified?: boolean } = {}
  for (const [name, value] of readAttributeQuery(query.get('q') ?? '')) {
    const column = memberColumns[name]
    if (column !== undefined) columns[column] = value.toLowerCase()
    else if (name === 'enabled' || name === 'emailVerified') flags[name] = value.toLowerCase() === 'true'
    else attributes.push({ name, value })
  }
  return { columns, attributes, ...flags }
}

const dayMs = 86_400_000
/** What 64 bits hold: beyond it a number is none. */
const longMax = 2n ** 63n - 1n

/** A day in UTC, or milliseconds since the epoch; of a day the moment that lies so many milliseconds after its beginning. */
function timeParameter(query: Form, name: string, ofDayMs: number): number | undefined {
  const text = query.get(name)
  if (text === undefined || text === '') return undefined
  if (/^\d{1,19}$/.test(text) && BigInt(text) <= longMax) return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(day))
    throw new AdminError(400, { error: `Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp` })
  return day + ofDayMs
}
