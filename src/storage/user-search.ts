import { escapedLike } from './like.ts'
import { passingStatement, type Row, type Sql, type SqlValue, type Statement, statement } from './sql.ts'
import { type UserRow, userColumns } from './users.ts'

/** One word of a search over username, e-mail, first and last name; in lower case and without blanks. */
export interface SearchWord {
  /** `exact`: one of them is the word. Otherwise one of them begins with it; `*` in it stands for anything. */
  readonly exact: boolean
  readonly text: string
}

/** An account at an identity provider. */
export interface UserLink {
  readonly provider?: string | undefined
  readonly externalId?: string | undefined
}

/** Which users are looked for; absent members ask for nothing. Texts are in lower case. */
export interface UserFilter {
  readonly words?: readonly SearchWord[]
  /** Pieces of the columns, or all of them. */
  readonly columns?: { readonly [column in SearchedColumn]?: string | undefined }
  readonly exact?: boolean
  readonly enabled?: boolean | undefined
  readonly emailVerified?: boolean | undefined
  /** Inclusive. */
  readonly createdFromMs?: number | undefined
  readonly createdUntilMs?: number | undefined
  readonly link?: UserLink | undefined
  /** Whole values in whatever letter case. */
  readonly attributes?: readonly { readonly name: string; readonly value: string }[]
  /** Service accounts are users, too. */
  readonly serviceAccounts: boolean
}

/** In the order of the lines of `words`. */
export const searchedColumns = ['username', 'email', 'first_name_lower', 'last_name_lower'] as const
export type SearchedColumn = (typeof searchedColumns)[number]

/**
 * Users that a filter by attribute or link fits. As long as they are no more than so many, they are found first and the rest of the
 * filter is asked of them alone; otherwise people are looked at in the order of their names, which soon fills a page.
 */
const candidatesMax = 2_000
/** Pieces between the stars of a word: each one multiplies the work of a comparison. */
const starsMax = 8
/** Characters of a value that the index holds. */
const indexedValueLength = 255

const attributeCandidates = statement(
  'user-search.attribute-candidates',
  `select a.user_id as id from user_attribute a join user_account u on u.id = a.user_id and u.realm_id = $1
   where a.name = $2 and substr(lower(a.value), 1, ${indexedValueLength}) in {{list $3}} and lower(a.value) in {{list $4}} limit ${candidatesMax + 1}`,
)
const linkColumns = 'from user_federated_identity f join user_account u on u.id = f.user_id and u.realm_id = $1 where'
const providerCandidates = statement(
  'user-search.provider-candidates',
  `select f.user_id as id ${linkColumns} f.identity_provider = $2 limit ${candidatesMax + 1}`,
)
const externalIdCandidates = statement(
  'user-search.external-id-candidates',
  `select f.user_id as id ${linkColumns} f.external_user_id = $2 limit ${candidatesMax + 1}`,
)
const linkCandidates = statement(
  'user-search.link-candidates',
  `select f.user_id as id ${linkColumns} f.identity_provider = $2 and f.external_user_id = $3 limit ${candidatesMax + 1}`,
)

/** The text of a condition and its values, numbered as they come. */
interface Query {
  readonly conditions: string[]
  readonly values: SqlValue[]
  readonly purpose: 'page' | 'count'
  /** True when a condition leaves few rows by itself, through an index of its own. */
  driven: boolean
  /** True when that one is a list of ids. */
  byIds: boolean
}

const value = (query: Query, given: SqlValue): string => `$${query.values.push(given)}`

const like = (query: Query, column: string, pattern: string): string => `${column} like ${value(query, pattern)} escape '!'`
const either = (parts: readonly string[]): string => `(${parts.join(' or ')})`

function addWord(query: Query, { exact, text }: SearchWord): void {
  const inWords = (...tests: readonly (readonly string[])[]): void => {
    for (const patterns of tests) query.conditions.push(either(patterns.map((pattern) => like(query, 'u.words', pattern))))
  }
  if (exact) {
    const whole = escapedLike(text)
    if (text === '') query.conditions.push('1 = 0')
    // The piece first: most rows go by one comparison instead of three.
    else inWords([`%${whole}%`], [`${whole}\n%`, `%\n${whole}\n%`, `%\n${whole}`])
    return
  }
  const middle = text
    .replace(/^\*+|\*+$/g, '')
    .split(/\*+/, starsMax)
    .join('*')
  const inner = escapedLike(middle).replaceAll('*', '%')
  const anywhere = text.startsWith('*')
  if (anywhere) inWords([`%${inner}%`])
  else inWords([`%${inner}%`], [`${inner}%`, `%\n${inner}%`])
  // A star in the middle could reach from one line to another.
  if (middle.includes('*'))
    query.conditions.push(either(searchedColumns.map((column) => like(query, `u.${column}`, `${anywhere ? '%' : ''}${inner}%`))))
}

function addColumns(query: Query, { columns = {}, exact = false }: UserFilter): void {
  for (const [line, column] of searchedColumns.entries()) {
    const text = columns[column]
    if (text === undefined) continue
    // Names have no index of their own.
    if (exact && (column === 'username' || column === 'email')) {
      query.conditions.push(`u.${column} = ${value(query, text)}`)
      query.driven = true
      continue
    }
    const piece = escapedLike(text)
    const lines = searchedColumns.map((_, at) => (at !== line ? '%' : exact ? piece : `%${piece}%`)).join('\n')
    query.conditions.push(like(query, 'u.words', `%${piece}%`), like(query, 'u.words', lines))
  }
}

/** SQLite writes letters of ASCII alone in lower case, so the usual spellings of the others are asked for as well. */
function spellings(text: string): readonly string[] {
  const lower = text.toLowerCase()
  const title = lower.replace(/^./u, (letter) => letter.toUpperCase())
  return [...new Set([text, lower, lower.toUpperCase(), title].map((one) => one.replace(/[A-Z]/g, (letter) => letter.toLowerCase())))]
}

const beginningOf = (text: string): string => Array.from(text).slice(0, indexedValueLength).join('')

type Attribute = NonNullable<UserFilter['attributes']>[number]

async function attributeIds(sql: Sql, realmId: string, { name, value: text }: Attribute): Promise<string[] | undefined> {
  const all = spellings(text)
  return few(await sql.all<{ id: string }>(attributeCandidates, realmId, name, JSON.stringify(all.map(beginningOf)), JSON.stringify(all)))
}

async function linkIds(sql: Sql, realmId: string, { provider, externalId }: UserLink): Promise<string[] | undefined> {
  if (provider === undefined) return few(await sql.all<{ id: string }>(externalIdCandidates, realmId, externalId ?? ''))
  if (externalId === undefined) return few(await sql.all<{ id: string }>(providerCandidates, realmId, provider))
  return few(await sql.all<{ id: string }>(linkCandidates, realmId, provider, externalId))
}

const few = (rows: readonly { readonly id: string }[]): string[] | undefined =>
  rows.length > candidatesMax ? undefined : rows.map(({ id }) => id)

/** As a question about each user for a page, which is soon full; for a count as the list of all who have it. */
function addAttribute(query: Query, { name, value: text }: Attribute): void {
  const all = spellings(text)
  if (query.purpose === 'page') {
    query.conditions.push(`exists (select 1 from user_attribute a where a.user_id = u.id and a.name = ${value(query, name)}
      and lower(a.value) in {{list ${value(query, JSON.stringify(all))}}})`)
    return
  }
  // Compared one by one: of a list PostgreSQL would not know how many rows it finds.
  const beginning = either(all.map((one) => `substr(lower(a.value), 1, ${indexedValueLength}) = ${value(query, beginningOf(one))}`))
  const whole = text.length < indexedValueLength ? '' : ` and lower(a.value) in {{list ${value(query, JSON.stringify(all))}}}`
  query.conditions.push(`u.id in (select a.user_id from user_attribute a where a.name = ${value(query, name)} and ${beginning}${whole})`)
  query.driven = true
  query.byIds = true
}

function addLink(query: Query, { provider, externalId }: UserLink): void {
  const of = provider === undefined ? '' : ` and f.identity_provider = ${value(query, provider)}`
  const as = externalId === undefined ? '' : ` and f.external_user_id = ${value(query, externalId)}`
  query.conditions.push(`exists (select 1 from user_federated_identity f where f.user_id = u.id${of}${as})`)
}

function addFlags(query: Query, filter: UserFilter): void {
  const { enabled, emailVerified, createdFromMs, createdUntilMs } = filter
  if (!filter.serviceAccounts) query.conditions.push('u.service_account_client_id is null')
  if (enabled !== undefined) query.conditions.push(`u.enabled = ${value(query, enabled ? 1 : 0)}`)
  if (emailVerified !== undefined) query.conditions.push(`u.email_verified = ${value(query, emailVerified ? 1 : 0)}`)
  if (createdFromMs !== undefined) query.conditions.push(`u.created_at_ms >= ${value(query, createdFromMs)}`)
  if (createdUntilMs !== undefined) query.conditions.push(`u.created_at_ms <= ${value(query, createdUntilMs)}`)
}

/** The conditions of a filter: one statement for each attribute and the link, whatever they find. */
async function queryOf(sql: Sql, realmId: string, filter: UserFilter, purpose: Query['purpose']): Promise<Query> {
  const query: Query = { conditions: [], values: [realmId], purpose, driven: false, byIds: false }
  addFlags(query, filter)
  addColumns(query, filter)
  for (const word of filter.words ?? []) addWord(query, word)
  const found: string[][] = []
  for (const attribute of filter.attributes ?? []) {
    const ids = await attributeIds(sql, realmId, attribute)
    if (ids === undefined) addAttribute(query, attribute)
    else found.push(ids)
  }
  if (filter.link !== undefined) {
    const ids = await linkIds(sql, realmId, filter.link)
    if (ids === undefined) addLink(query, filter.link)
    else found.push(ids)
  }
  const [first, ...others] = found.map((ids) => new Set(ids))
  if (first === undefined) return query
  const common = [...first].filter((id) => others.every((ids) => ids.has(id)))
  query.conditions.push(`u.id in {{list ${value(query, JSON.stringify(common))}}}`)
  query.driven = true
  query.byIds = true
  return query
}

const namedBy = (column: 'id' | 'username' | 'email'): Statement =>
  statement(
    `user-search.by-${column}`,
    `select ${userColumns('u')} from user_account u where u.realm_id = $1 and u.${column} in {{list $2}} order by u.username`,
  )
const named = { id: namedBy('id'), username: namedBy('username'), email: namedBy('email') } as const

/** The realm is no way to find users by who are listed already; SQLite would take it for one. */
const conditionsOf = ({ conditions, byIds }: Query): string =>
  [byIds ? '{{unindexed u.realm_id}} = $1' : 'u.realm_id = $1', ...conditions].join(' and ')

export const userSearch = (sql: Sql) => ({
  /** A page of the users that a filter fits, by their names. */
  async page(realmId: string, filter: UserFilter, page: { readonly max: number; readonly first: number }): Promise<UserRow[]> {
    const query = await queryOf(sql, realmId, filter, 'page')
    // Few are sorted quickly; SQLite would rather walk through all names in their order until the few have come by.
    const order = query.driven ? '{{unindexed u.username}}' : '{{name order}}'
    const text = `select ${userColumns('u')} from user_account u where ${conditionsOf(query)}
      order by ${order} limit ${value(query, page.max)} offset ${value(query, page.first)}`
    return sql.all<UserRow>(passingStatement('user-search.page', text), ...query.values)
  },
  /** How many users a filter fits. */
  async count(realmId: string, filter: UserFilter): Promise<number> {
    const query = await queryOf(sql, realmId, filter, 'count')
    const text = `select count(*) as n from user_account u where ${conditionsOf(query)}`
    return Number((await sql.one<{ n: number } & Row>(passingStatement('user-search.count', text), ...query.values))?.n ?? 0)
  },
  /** The users with these ids, usernames or e-mail addresses. */
  named: (realmId: string, by: keyof typeof named, names: readonly string[]) => sql.all<UserRow>(named[by], realmId, JSON.stringify(names)),
})
